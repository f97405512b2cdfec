#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include "models/support/mapped_file.hpp"

namespace tram {

/// $TRAM_CACHE, else $XDG_CACHE_HOME/tram, else $HOME/.cache/tram; empty when none of them is set.
std::filesystem::path default_cache_folder();

/// Kind of content: a word for the files' names, a number that is raised whenever content or form change, and the
/// ending of the names, such as ".bin".
struct CacheKind {
  std::string name;
  int version = 1;
  std::string ending;
};

/// An entry's file, whole as it was written. The content lies at the file's beginning, so a shared object can be
/// loaded from it; it stays readable as long as this lives.
struct CachedFile {
  std::filesystem::path path;
  std::shared_ptr<const MappedFile> file;
  std::string_view content;
};

/// One result kept in a cache folder, by what it was made from: NAME-vVERSION-<hash of that>ENDING.
///
/// The file is the content and a last line of kind, version, key, size and hash of the content, all checked whenever it
/// is read: a damaged file is told of on stderr, once, and counts as absent. It appears whole or not at all (written
/// beside, forced to the disk, renamed), so that processes that make it at the same time do not disturb each other.
///
/// A folder that cannot be written, or none at all (default_cache_folder), is told of once with TRAM_CACHE as the way
/// out; entries then lie in a temporary folder until the process ends.
class CacheEntry {
 public:
  /// made_from: everything that determines the content. An empty folder: default_cache_folder().
  CacheEntry(const CacheKind& kind, std::string_view made_from, const std::filesystem::path& folder = {});

  /// File of the entry, present or not: its name alone when there is no folder.
  std::filesystem::path path() const { return folder_ / name_; }

  /// The entry; nothing when it is absent or damaged.
  std::optional<CachedFile> find() const;

  /// Writes the content. Where no place takes it, nothing is kept: that costs time, not the result.
  void store(std::string_view content) const;

  using Write = std::function<void(std::ostream&)>;
  /// The entry, made by write() when it is not there. RunError when no place takes it; passes on what write() throws.
  CachedFile find_or_make(const Write& write) const;

 private:
  std::optional<CachedFile> find_in(const std::filesystem::path& folder) const;
  std::string last_line(std::string_view content) const;
  void put(const std::filesystem::path& folder, const Write& write) const;
  std::string keep(const Write& write) const;

  CacheKind kind_;
  std::string key_, name_;
  std::filesystem::path folder_;
};

}  // namespace tram
