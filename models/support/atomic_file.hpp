#pragma once
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace tram {

/// A file that appears under its name only when complete: written beside it, renamed by commit().
/// Without commit() the temporary file is removed and an existing file stays as it was.
/// Throws InputError naming the path when it cannot be created, RunError when writing fails (disk full).
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  std::ostream& stream() { return stream_; }
  void commit();

 private:
  std::filesystem::path path_;
  std::filesystem::path temporary_;
  std::ofstream stream_;
  bool committed_ = false;
};

/// Writes content to path through an AtomicFile.
void write_file(const std::filesystem::path& path, std::string_view content);

/// The whole file as bytes; throws InputError naming the path and the system's reason.
std::string read_file(const std::filesystem::path& path);

}  // namespace tram
