#include "models/support/content_cache.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <vector>

#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/temporary_folder.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

const CacheKind kind{"test", 3, ".txt"};

class ContentCacheTest : public testing::Test {
 protected:
  CacheEntry entry(const std::string& made_from = "one", const CacheKind& of = kind) const {
    return {of, made_from, cache_};
  }
  size_t files() const { return static_cast<size_t>(std::distance(fs::directory_iterator(cache_), {})); }
  /// What the entry holds, "nothing" when there is none; stderr of reading it goes to said_.
  std::string found(const CacheEntry& of) {
    testing::internal::CaptureStderr();
    const std::optional<CachedFile> file = of.find();
    said_ = testing::internal::GetCapturedStderr();
    return file ? std::string(file->content) : "nothing";
  }

  TemporaryFolder folder_;
  fs::path cache_ = folder_.path() / "a" / "cache";
  std::string said_;
};

TEST_F(ContentCacheTest, KeepsByWhatItWasMadeFrom) {
  EXPECT_EQ(found(entry()), "nothing");
  EXPECT_EQ(said_, "");
  entry().store("content");
  entry("two").store("");
  EXPECT_EQ(found(entry()), "content");
  EXPECT_EQ(found(entry("two")), "");
  EXPECT_EQ(found(entry("three")), "nothing");
  EXPECT_EQ(found(entry("one", {"test", 4, ".txt"})), "nothing");
  EXPECT_EQ(found(entry("one", {"other", 3, ".txt"})), "nothing");
  EXPECT_EQ(said_, "");
  EXPECT_EQ(files(), 2U) << "nothing else is left in the folder";
  entry().store("another");
  EXPECT_EQ(found(entry()), "another");
}

/// A cut, longer, changed or foreign file, and one line about it.
TEST_F(ContentCacheTest, AnyDamageIsFoundAndTold) {
  entry().store("content");
  entry("two").store("content");
  const fs::path path = entry().path();
  const std::string whole = read_file(path);
  EXPECT_TRUE(whole.starts_with("content\n")) << whole;
  std::vector<std::string> damaged{whole + "x", "x" + whole, read_file(entry("two").path()), std::string(99, '\0')};
  for (size_t i = 0; i < whole.size(); ++i) {
    damaged.push_back(whole.substr(0, i));
    damaged.push_back(whole);
    damaged.back()[i] = static_cast<char>(damaged.back()[i] ^ 4);
  }
  for (size_t i = 0; i < damaged.size(); ++i) {
    write_file(path, damaged[i]);
    EXPECT_EQ(found(entry()), "nothing") << i;
    const std::string line = fmt::format("warning: {}: is damaged; it is made anew\n", path.string());
    EXPECT_EQ(said_, i == 0 ? line : "") << "once";
  }
  entry().store("content");
  EXPECT_EQ(read_file(path), whole);
  EXPECT_EQ(found(entry()), "content");
}

TEST_F(ContentCacheTest, AFolderInTheWayIsNotAFile) {
  fs::create_directories(entry().path() / "below");
  EXPECT_EQ(found(entry()), "nothing");
  EXPECT_EQ(said_, fmt::format("warning: {}: is no file; it is made anew\n", entry().path().string()));
}

TEST_F(ContentCacheTest, MakesOnlyWhatIsNotThere) {
  int made = 0;
  const auto make = [&](std::ostream& out) { out << "made " << ++made; };
  EXPECT_EQ(entry().find_or_make(make).content, "made 1");
  const CachedFile again = entry().find_or_make(make);
  EXPECT_EQ(again.content, "made 1");
  EXPECT_EQ(again.path, entry().path());
  EXPECT_THROW(entry("two").find_or_make([](std::ostream&) { throw InputError("x", "bad"); }), InputError);
  EXPECT_EQ(files(), 1U);
}

/// Told once, with the way out; the entries live as long as the process.
TEST_F(ContentCacheTest, AFolderThatCannotBeWrittenIsToldOnce) {
  write_file(folder_.path() / "a", "a file where the folder should be");
  testing::internal::CaptureStderr();
  entry().store("content");
  entry("two").store("other");
  EXPECT_EQ(entry("three").find_or_make([](std::ostream& out) { out << "third"; }).content, "third");
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_TRUE(said.starts_with(fmt::format("warning: the cache {} cannot be written (", cache_.string()))) << said;
  EXPECT_NE(said.find("TRAM_CACHE=FOLDER"), std::string::npos) << said;
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << said;
  EXPECT_EQ(found(entry()), "content");
  EXPECT_EQ(found(entry("two")), "other");
}

TEST_F(ContentCacheTest, WithoutAnyFolderTheVariableIsNamed) {
  for (const char* name : {"TRAM_CACHE", "XDG_CACHE_HOME", "HOME"}) unsetenv(name);
  EXPECT_EQ(default_cache_folder(), "");
  testing::internal::CaptureStderr();
  const CacheEntry homeless(kind, "one");
  homeless.store("content");
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_NE(said.find("TRAM_CACHE=FOLDER"), std::string::npos) << said;
  EXPECT_EQ(found(homeless), "content");
}

TEST_F(ContentCacheTest, WithoutATemporaryFolderEitherOnlyWhatNeedsTheFileFails) {
  write_file(folder_.path() / "a", "a file where the folder should be");
  setenv("TMPDIR", "/proc", 1);
  testing::internal::CaptureStderr();
  entry().store("content");
  std::string message;
  try {
    entry().find_or_make([](std::ostream& out) { out << "x"; });
  } catch (const std::runtime_error& error) {
    message = error.what();
  }
  testing::internal::GetCapturedStderr();
  EXPECT_NE(message.find("TMPDIR"), std::string::npos) << message;
}

/// Four processes make and read one entry for a while: each finds it whole, always.
TEST_F(ContentCacheTest, ProcessesDoNotDisturbEachOther) {
  const std::string content(200'000, 'c');
  const auto reads_and_writes = [&] {
    for (int i = 0; i < 20; ++i) {
      if (entry().find_or_make([&](std::ostream& out) { out << content; }).content != content) return false;
      entry().store(content);
    }
    return true;
  };
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    children.push_back(fork());
    if (children.back() == 0) _exit(reads_and_writes() ? 0 : 1);
  }
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(files(), 1U);
}

TEST(CacheFolder, FollowsTheEnvironment) {
  setenv("TRAM_CACHE", "/c", 1);
  EXPECT_EQ(default_cache_folder(), "/c");
  unsetenv("TRAM_CACHE");
  setenv("XDG_CACHE_HOME", "/x", 1);
  EXPECT_EQ(default_cache_folder(), "/x/tram");
  unsetenv("XDG_CACHE_HOME");
  setenv("HOME", "/h", 1);
  EXPECT_EQ(default_cache_folder(), "/h/.cache/tram");
}

}  // namespace
}  // namespace tram
