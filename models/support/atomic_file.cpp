#include "models/support/atomic_file.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "models/support/error.hpp"

namespace tram {

AtomicFile::AtomicFile(std::filesystem::path path)
    : path_(std::move(path)), temporary_(path_.string() + fmt::format(".part{}", getpid())) {
  stream_.open(temporary_, std::ios::binary | std::ios::trunc);
  if (!stream_)
    throw InputError(path_.string(), fmt::format("cannot be written: {}; a writable place is expected", std::strerror(errno)));
}

AtomicFile::~AtomicFile() {
  if (committed_) return;
  stream_.close();
  std::error_code ignored;
  std::filesystem::remove(temporary_, ignored);
}

void AtomicFile::commit() {
  stream_.close();
  if (!stream_) throw RunError(fmt::format("{}: writing failed: {}", path_.string(), std::strerror(errno)));
  std::error_code error;
  std::filesystem::rename(temporary_, path_, error);
  if (error) throw RunError(fmt::format("{}: cannot be put in place: {}", path_.string(), error.message()));
  committed_ = true;
}

void write_file(const std::filesystem::path& path, std::string_view content) {
  AtomicFile file(path);
  file.stream().write(content.data(), static_cast<std::streamsize>(content.size()));
  file.commit();
}

std::string read_file(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error))
    throw InputError(path.string(), "is a folder; a file is expected");
  std::ifstream in(path, std::ios::binary);
  if (!in) throw InputError(path.string(), fmt::format("cannot be read: {}; an existing file is expected", std::strerror(errno)));
  std::string content((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (in.bad()) throw InputError(path.string(), fmt::format("reading failed: {}", std::strerror(errno)));
  return content;
}

}  // namespace tram
