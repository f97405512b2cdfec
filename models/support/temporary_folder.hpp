#pragma once
#include <sys/types.h>

#include <filesystem>
#include <string>

namespace tram {

/// A new folder of its own below parent, removed with all it holds at the end. Without a parent it lies in the
/// system's temporary folder ($TMPDIR). InputError where it cannot be made.
///
/// It is called tram_work.<process>.<random> and locked as long as the process lives, so those that killed processes of
/// this user left there are known, and removed by the next process that makes one.
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
  TemporaryFolder(const std::filesystem::path& parent, const std::string& chosen_by);

  std::filesystem::path path_;
  int lock_ = -1;     ///< the folder, open and locked
  pid_t maker_ = -1;  ///< a forked process removes nothing
};

}  // namespace tram
