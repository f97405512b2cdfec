#pragma once
#include <filesystem>
#include <vector>

namespace tram {

/// A folder that a program is about to make: at the end of this it goes again, with the parents made for it, if nothing was
/// written into it, as when the input is refused. One that was there before stays.
class NewFolder {
 public:
  explicit NewFolder(std::filesystem::path path) {
    std::error_code error;
    for (; !path.empty() && !std::filesystem::exists(path, error); path = path.parent_path()) made_.push_back(path);
  }
  ~NewFolder() {
    std::error_code not_empty;
    for (const std::filesystem::path& path : made_) std::filesystem::remove(path, not_empty);
  }
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;

 private:
  std::vector<std::filesystem::path> made_;  // the innermost first
};

}  // namespace tram
