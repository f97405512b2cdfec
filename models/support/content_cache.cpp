#include "models/support/content_cache.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <set>
#include <system_error>

#include "models/support/atomic_file.hpp"
#include "models/support/content_hash.hpp"
#include "models/support/error.hpp"
#include "models/support/temporary_folder.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

/// A place does not take an entry, and why.
struct Unwritable {
  std::string reason;
};

/// The folder that holds this process's entries when the cache's takes none.
class TemporaryEntries {
 public:
  /// Temporary folder, empty where it was never needed.
  fs::path path() {
    const std::lock_guard lock(mutex_);
    return folder_ ? folder_->path() : fs::path();
  }
  /// RunError when there is no temporary folder either.
  fs::path make() {
    const std::lock_guard lock(mutex_);
    if (!folder_) folder_.emplace();
    return folder_->path();
  }

 private:
  std::mutex mutex_;
  std::optional<TemporaryFolder> folder_;
};

TemporaryEntries& last_resort() {
  static TemporaryEntries folder;
  return folder;
}

/// "warning: TEXT" as a line on stderr; the same text once in the life of a process and of those it forks later.
void warn_once(const std::string& text) {
  static std::mutex mutex;
  static std::set<std::string> said;
  const std::lock_guard lock(mutex);
  if (said.insert(text).second) std::fprintf(stderr, "warning: %s\n", text.c_str());
}

std::string_view text_of(const MappedFile& file) {
  return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
}

}  // namespace

fs::path default_cache_folder() {
  const auto from = [](const char* name) {
    const char* const value = std::getenv(name);
    return fs::path(value == nullptr ? "" : value);
  };
  if (!from("TRAM_CACHE").empty()) return from("TRAM_CACHE");
  if (!from("XDG_CACHE_HOME").empty()) return from("XDG_CACHE_HOME") / "tram";
  if (!from("HOME").empty()) return from("HOME") / ".cache" / "tram";
  return {};
}

CacheEntry::CacheEntry(const CacheKind& kind, std::string_view made_from, const fs::path& folder)
    : kind_(kind), key_(content_hash(made_from)),
      name_(fmt::format("{}-v{}-{}{}", kind.name, kind.version, key_, kind.ending)),
      folder_(folder.empty() ? default_cache_folder() : folder) {
  std::error_code error;
  if (const fs::path whole = fs::absolute(folder_, error); !folder_.empty() && !error) folder_ = whole;
}

/// Last line of an entry, of one length for all contents of a kind so that it is found at the end.
std::string CacheEntry::last_line(std::string_view content) const {
  return fmt::format("\nTRAM cache 1, {} {}, key {}, {:020} bytes, hash {}\n", kind_.name, kind_.version, key_,
                     content.size(), content_hash(content));
}

std::optional<CachedFile> CacheEntry::find_in(const fs::path& folder) const {
  const fs::path path = folder / name_;
  std::error_code error;
  if (folder.empty() || !fs::exists(path, error)) return std::nullopt;
  try {
    if (!fs::is_regular_file(path, error)) throw InputError(path.string(), "is no file");
    CachedFile entry{path, std::make_shared<const MappedFile>(path), {}};
    const std::string_view all = text_of(*entry.file);
    const size_t line = last_line({}).size();
    entry.content = all.substr(0, all.size() - std::min(all.size(), line));
    if (last_line(entry.content) == all.substr(entry.content.size())) return entry;
    throw InputError(path.string(), "is damaged");
  } catch (const InputError& failure) {
    warn_once(fmt::format("{}; it is made anew", failure.what()));
  }
  return std::nullopt;
}

std::optional<CachedFile> CacheEntry::find() const {
  if (auto entry = find_in(folder_)) return entry;
  return find_in(last_resort().path());
}

/// Throws Unwritable where the folder does not take the entry.
void CacheEntry::put(const fs::path& folder, const Write& write) const {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw Unwritable{error.message()};
  std::optional<TemporaryFolder> work;
  try {
    work.emplace(folder);
  } catch (const InputError& refused) {
    throw Unwritable{refused.what()};
  }
  const fs::path part = work->path() / name_;
  errno = 0;
  std::ofstream stream(part, std::ios::binary);
  if (stream) write(stream);
  if (stream.flush()) stream << last_line(text_of(MappedFile(part)));
  stream.close();
  if (!stream) throw Unwritable{std::generic_category().message(errno == 0 ? EIO : errno)};
  error = put_in_place(part, folder / name_);
  if (error) throw Unwritable{error.message()};
}

/// Reason for which no folder takes the entry; empty when one does.
std::string CacheEntry::keep(const Write& write) const {
  if (folder_.empty()) {
    warn_once(
        "TRAM_CACHE, XDG_CACHE_HOME and HOME are not set: nothing is kept for later runs; TRAM_CACHE=FOLDER "
        "names a place");
  } else {
    try {
      put(folder_, write);
      return {};
    } catch (const Unwritable& error) {
      warn_once(
          fmt::format("the cache {} cannot be written ({}): nothing is kept for later runs; TRAM_CACHE=FOLDER "
                      "names another place",
                      folder_.string(), error.reason));
    }
  }
  try {
    put(last_resort().make(), write);
    return {};
  } catch (const Unwritable& error) {
    return error.reason;
  }
}

void CacheEntry::store(std::string_view content) const {
  try {
    keep([&](std::ostream& out) { out.write(content.data(), static_cast<std::streamsize>(content.size())); });
  } catch (const std::runtime_error&) {  // no temporary folder either
  }
}

CachedFile CacheEntry::find_or_make(const Write& write) const {
  if (auto entry = find()) return *std::move(entry);
  const std::string failure = keep(write);
  if (!failure.empty())
    throw RunError(fmt::format("{} can be kept nowhere: {}; TRAM_CACHE=FOLDER or TMPDIR=FOLDER names a place with room",
                               name_, failure));
  if (auto entry = find()) return *std::move(entry);
  throw RunError(
      fmt::format("{}: was just written and is damaged; the disk or its memory may be faulty", path().string()));
}

}  // namespace tram
