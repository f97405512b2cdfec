#pragma once
#include <cstdint>
#include <filesystem>
#include <span>

namespace tram {

/// A file's bytes, mapped read-only: the system reads a page when it is first used and shares it between processes.
/// The file must not be shortened while it is mapped (ours are only ever replaced whole, by renaming).
class MappedFile {
 public:
  /// InputError names the path and the system's reason; std::bad_alloc where there is no room for the mapping.
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const uint8_t> bytes() const { return bytes_; }

 private:
  std::span<const uint8_t> bytes_;
};

}  // namespace tram
