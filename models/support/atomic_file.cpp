#include "models/support/atomic_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "models/support/error.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

std::error_code last_error() { return {errno == 0 ? EIO : errno, std::generic_category()}; }

/// Forces a file or folder to the disk. A file system that knows no such thing is no error.
std::error_code force(const fs::path& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return last_error();
  std::error_code error;
  if (fsync(descriptor) != 0 && errno != EINVAL && errno != ENOSYS && errno != ENOTSUP) error = last_error();
  close(descriptor);
  return error;
}

/// A device or pipe, which a renamed file would replace.
bool is_written_directly(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  return fs::exists(status) && fs::is_other(status);
}

}  // namespace

std::error_code put_in_place(const fs::path& from, const fs::path& to) {
  if (const std::error_code error = force(from)) return error;
  std::error_code error;
  fs::rename(from, to, error);
  if (error) return error;
  force(to.has_parent_path() ? to.parent_path() : ".");  // a folder that may not be read has the file all the same
  return {};
}

AtomicFile::AtomicFile(fs::path path)
    : path_(std::move(path)),
      temporary_(is_written_directly(path_) ? path_ : fs::path(path_.string() + fmt::format(".part{}", getpid()))) {
  stream_.open(temporary_, std::ios::binary | std::ios::trunc);
  if (!stream_)
    throw InputError(path_.string(),
                     fmt::format("cannot be written: {}; a writable place is expected", std::strerror(errno)));
}

AtomicFile::~AtomicFile() {
  if (committed_ || temporary_ == path_) return;
  stream_.close();
  std::error_code ignored;
  fs::remove(temporary_, ignored);
}

void AtomicFile::fail(const char* what, const std::error_code& error) const {
  throw RunError(fmt::format("{}: {}: {}", path_.string(), what, error.message()));
}

void AtomicFile::close() {
  stream_.close();
  if (!stream_) fail("writing failed", last_error());
}

void AtomicFile::commit() {
  close();
  if (temporary_ != path_)
    if (const std::error_code error = put_in_place(temporary_, path_)) fail("cannot be put in place", error);
  committed_ = true;
}

void AtomicFile::commit_unforced() {
  close();
  std::error_code error;
  if (temporary_ != path_) fs::rename(temporary_, path_, error);
  if (error) fail("cannot be put in place", error);
  committed_ = true;
}

void write_file(const fs::path& path, std::string_view content) {
  AtomicFile file(path);
  file.stream().write(content.data(), static_cast<std::streamsize>(content.size()));
  file.commit_unforced();
}

std::string read_file(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) throw InputError(path.string(), "is a folder; a file is expected");
  std::ifstream in(path, std::ios::binary);
  if (!in)
    throw InputError(path.string(),
                     fmt::format("cannot be read: {}; an existing file is expected", std::strerror(errno)));
  std::string content((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (in.bad()) throw InputError(path.string(), fmt::format("reading failed: {}", std::strerror(errno)));
  return content;
}

}  // namespace tram
