#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

#include "models/support/atomic_file.hpp"
#include "models/support/content_hash.hpp"
#include "models/support/error.hpp"
#include "models/support/nearest.hpp"
#include "models/support/parallel.hpp"
#include "models/support/process.hpp"
#include "models/support/temporary_folder.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

class AtomicFileTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / fmt::format("tram_support_{}", getpid());
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  size_t files() const { return static_cast<size_t>(std::distance(fs::directory_iterator(folder_), {})); }
  fs::path folder_;
};

TEST_F(AtomicFileTest, AppearsOnlyWhenCommitted) {
  AtomicFile file(folder_ / "a");
  file.stream() << "new";
  EXPECT_FALSE(fs::exists(folder_ / "a"));
  file.commit();
  EXPECT_EQ(read_file(folder_ / "a"), "new");
  EXPECT_EQ(files(), 1u);
}

TEST_F(AtomicFileTest, WithoutCommitTheOldFileStays) {
  write_file(folder_ / "a", "old");
  { AtomicFile(folder_ / "a").stream() << "half"; }
  EXPECT_EQ(read_file(folder_ / "a"), "old");
  EXPECT_EQ(files(), 1u);
}

TEST_F(AtomicFileTest, FailedWriteIsARunErrorAndLeavesNothing) {
  {
    AtomicFile file(folder_ / "a");
    file.stream().setstate(std::ios::badbit);  // what a full disk leaves behind
    EXPECT_THROW(file.commit(), RunError);
  }
  EXPECT_EQ(files(), 0u);
}

TEST_F(AtomicFileTest, NamesThePathThatCannotBeWritten) {
  try {
    AtomicFile file("/proc/no/such/place");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_EQ(std::string(error.what()),
              "/proc/no/such/place: cannot be written: No such file or directory; a writable place is expected");
  }
}

TEST_F(AtomicFileTest, ReadingAFolderOrNothingIsAnInputError) {
  EXPECT_THROW(read_file(folder_), InputError);
  EXPECT_THROW(read_file(folder_ / "none"), InputError);
}

TEST(ContentHash, KnownValueAndSensitivity) {
  EXPECT_EQ(content_hash(""), "99aa06d3014798d86001c324468d497f");  // XXH3-128 of nothing, from its specification
  EXPECT_NE(content_hash("a"), content_hash("b"));
}

TEST(Nearest, FindsMisspeltNamesAndNothingFar) {
  const std::vector<std::string> names = {"array.rows", "array.columns", "engine"};
  EXPECT_EQ(nearest("array.rwos", names), "array.rows");
  EXPECT_EQ(nearest("engin", names), "engine");
  EXPECT_EQ(nearest("zzz", names), "");
  EXPECT_EQ(did_you_mean("engin", names), "; did you mean 'engine'?");
}

TEST(Process, GivesOutputAndExitCode) {
  const ProcessResult result = run_process({"sh", "-c", "echo out; echo err >&2; exit 3"});
  EXPECT_EQ(result.output, "out\nerr\n");
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(run_process({"no_such_program_here"}).exit_code, 127);
  EXPECT_EQ(run_process({"sh", "-c", "kill -9 $$"}).exit_code, 128 + 9);
}

/// Ctrl-C goes to the whole process group: what such a program has called still ends in its own time.
TEST(Process, IgnoresSignalsThatTheCallerHandles) {
  const auto before = std::signal(SIGINT, [](int) {});
  const ProcessResult result = run_process({"sh", "-c", "kill -INT $$; echo survived"});
  std::signal(SIGINT, before);
  EXPECT_EQ(result.output, "survived\n");
  EXPECT_EQ(run_process({"sh", "-c", "kill -INT $$; echo survived"}).exit_code, 128 + SIGINT);
}

TEST(Process, FindsProgramsOnPath) {
  EXPECT_FALSE(find_program("sh").empty());
  EXPECT_TRUE(find_program("no_such_program_here").empty());
}

TEST(TemporaryFolder, IsItsOwnAndGoesWithItsContent) {
  fs::path path;
  {
    const TemporaryFolder one, two;
    EXPECT_NE(one.path(), two.path());
    path = one.path();
    write_file(path / "a", "content");
    const TemporaryFolder below(path / "new");
    EXPECT_EQ(below.path().parent_path(), path / "new");
  }
  EXPECT_FALSE(fs::exists(path));
  EXPECT_THROW(TemporaryFolder("/proc/no/such/place"), InputError);
}

TEST(Parallel, EachIndexOnceAndTheFirstErrorIsThrown) {
  std::vector<int> seen(1000, 0);
  parallel_for(1000, 4, [&](int64_t i) { ++seen[size_t(i)]; });
  EXPECT_EQ(std::count(seen.begin(), seen.end(), 1), 1000);
  EXPECT_THROW(parallel_for(10, 3, [](int64_t i) { if (i == 5) throw RunError("five"); }), RunError);
}

}  // namespace
}  // namespace tram
