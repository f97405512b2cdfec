#include "models/support/data_folder.hpp"

#include <cstdlib>

namespace tram {

std::filesystem::path data_folder() {
  const char* chosen = std::getenv("TRAM_DATA");
  if (chosen != nullptr && *chosen != '\0') return chosen;
  const char* home = std::getenv("HOME");
  return std::filesystem::path(home != nullptr ? home : ".") / ".cache" / "tram-data";
}

}  // namespace tram
