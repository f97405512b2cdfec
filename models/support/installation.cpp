#include "models/support/installation.hpp"

namespace tram {

std::string version_text(const std::string& program) { return program + " " + TRAM_VERSION + "\n"; }

std::filesystem::path installed(const std::string& name) {
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  std::filesystem::path shared = folder.parent_path() / "share" / "tram" / name;
  if (std::filesystem::exists(shared, error)) return shared;
  return folder.parent_path().parent_path().parent_path() / name;
}

}  // namespace tram
