#pragma once
#include <filesystem>
#include <utility>

namespace tram {

/// A folder that a program is about to make: at the end of this it goes again if nothing was written into it, as when the
/// input is refused. One that was there before stays.
class NewFolder {
 public:
  explicit NewFolder(std::filesystem::path path) : path_(std::move(path)) {
    std::error_code error;
    was_there_ = std::filesystem::exists(path_, error);
  }
  ~NewFolder() {
    std::error_code not_empty;
    if (!was_there_) std::filesystem::remove(path_, not_empty);
  }
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;

 private:
  std::filesystem::path path_;
  bool was_there_;
};

}  // namespace tram
