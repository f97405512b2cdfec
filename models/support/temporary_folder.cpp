#include "models/support/temporary_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <mutex>
#include <set>
#include <system_error>
#include <vector>

#include "models/support/error.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view prefix = "tram_work.";
constexpr char name_before_lock[] = "tram_new.XXXXXX";

[[noreturn]] void fail(const std::string& chosen_by, const fs::path& parent, const std::error_code& error) {
  throw InputError(chosen_by,
                   fmt::format("no temporary folder can be made in '{}': {}; a folder to write to is expected",
                               parent.string(), error.message()));
}

fs::path system_folder() {
  std::error_code error;
  fs::path folder = fs::temp_directory_path(error);
  const char* const chosen = std::getenv("TMPDIR");
  if (error) fail("TMPDIR", chosen == nullptr ? "/tmp" : chosen, error);
  return folder;
}

/// The folder, locked; -1 when another process has it, or the file system knows no locks.
int lock(const fs::path& folder) {
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor < 0 || flock(descriptor, LOCK_EX | LOCK_NB) == 0) return descriptor;
  close(descriptor);
  return -1;
}

bool is_ours(const fs::path& folder) {
  struct stat status {};
  return lstat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == geteuid();
}

/// tram_work.<digits>.<random>
bool has_our_name(const fs::path& folder) {
  const std::string name = folder.filename().string();
  if (!name.starts_with(prefix)) return false;
  const size_t end = name.find_first_not_of("0123456789", prefix.size());
  return end != std::string::npos && end > prefix.size() && name[end] == '.';
}

/// Removes the folders that no living process has locked.
void remove_leftovers(const fs::path& parent) {
  std::error_code ignored;
  std::vector<fs::path> found;
  for (fs::directory_iterator entry(parent, ignored), end; entry != end; entry.increment(ignored))
    if (has_our_name(*entry) && is_ours(*entry)) found.push_back(*entry);
  for (const fs::path& folder : found) {
    const int locked = lock(folder);
    if (locked < 0) continue;
    fs::remove_all(folder, ignored);
    close(locked);
  }
}

/// Calls remove_leftovers once for each parent in the life of a process.
void remove_leftovers_once(const fs::path& parent) {
  static std::mutex mutex;
  static std::set<fs::path> seen;
  const std::lock_guard guard(mutex);
  if (seen.insert(parent).second) remove_leftovers(parent);
}

}  // namespace

TemporaryFolder::TemporaryFolder() : TemporaryFolder(system_folder(), "TMPDIR") {}

TemporaryFolder::TemporaryFolder(const fs::path& parent) : TemporaryFolder(parent, "temporary folder") {}

TemporaryFolder::TemporaryFolder(const fs::path& parent, const std::string& chosen_by) : maker_(getpid()) {
  std::error_code error;
  fs::create_directories(parent, error);  // mkdtemp says what is wrong
  remove_leftovers_once(parent);
  std::string made = (parent / name_before_lock).string();
  if (!mkdtemp(made.data())) fail(chosen_by, parent, {errno, std::generic_category()});
  lock_ = lock(made);
  const std::string random = made.substr(made.size() - 6);
  path_ = parent / fmt::format("{}{}.{}", prefix, maker_, random);
  fs::rename(made, path_, error);
  if (error) path_ = made;
}

TemporaryFolder::~TemporaryFolder() {
  if (maker_ == getpid()) {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  if (lock_ >= 0) close(lock_);
}

}  // namespace tram
