#include "models/support/warning.hpp"

#include <cstdio>
#include <mutex>
#include <set>

namespace tram {

void warn_once(const std::string& text) {
  static std::mutex mutex;
  static std::set<std::string> said;
  const std::lock_guard lock(mutex);
  if (said.insert(text).second) std::fprintf(stderr, "warning: %s\n", text.c_str());
}

}  // namespace tram
