#pragma once
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

namespace tram {

/// Forces a file to the disk, renames it and forces the new name there too, so that even after a loss of power the name
/// stands for the whole file or for what it stood for before. The system's error where that fails.
std::error_code put_in_place(const std::filesystem::path& from, const std::filesystem::path& to);

/// A file that appears under its name only when complete: written beside it, renamed by commit().
/// Without commit() the temporary file is removed and an existing file stays as it was. What is no regular file
/// (/dev/stdout, a pipe) is written directly.
/// Throws InputError naming the path when it cannot be created, RunError when writing fails (disk full).
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  std::ostream& stream() { return stream_; }
  /// Puts the file in place, safe from a loss of power too: see put_in_place().
  void commit();

 private:
  friend void write_file(const std::filesystem::path& path, std::string_view content);
  void close();
  void commit_unforced();
  [[noreturn]] void fail(const char* what, const std::error_code& error) const;

  std::filesystem::path path_;
  std::filesystem::path temporary_;  ///< path_ where that is written directly
  std::ofstream stream_;
  bool committed_ = false;
};

/// Writes content to path through an AtomicFile, without forcing it to the disk.
void write_file(const std::filesystem::path& path, std::string_view content);

/// The whole file as bytes; throws InputError naming the path and the system's reason.
std::string read_file(const std::filesystem::path& path);

}  // namespace tram
