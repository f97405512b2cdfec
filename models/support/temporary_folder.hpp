#pragma once
#include <filesystem>

namespace tram {

/// A new folder of its own below parent, removed with all it holds at the end. Without a parent it lies in the
/// system's temporary folder ($TMPDIR). Throws RunError when it cannot be made.
class TemporaryFolder {
 public:
  TemporaryFolder();
  /// parent is made when it is not there; what is renamed from here into it stays on one file system.
  explicit TemporaryFolder(const std::filesystem::path& parent);
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace tram
