#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "models/support/atomic_file.hpp"
#include "models/support/content_hash.hpp"
#include "models/support/error.hpp"
#include "models/support/nearest.hpp"
#include "models/support/parallel.hpp"
#include "models/support/process.hpp"
#include "models/support/temporary_folder.hpp"
#include "tests/support/message_of.hpp"

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

std::string limit_of(const std::vector<std::string>& arguments, const ProcessLimits& limits) {
  return message_of<LimitError>([&] { run_process(arguments, ".", limits); });
}

TEST(Process, LimitsEndItAndNameWhatSetsThem) {
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(limit_of({"sh", "-c", "sleep 30 & sleep 30"}, {.seconds = 0.2}),
            "sh: ended after 0.2 s, its limit; $TRAM_TOOL_SECONDS sets another");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
  EXPECT_EQ(limit_of({"yes"}, {.output = 1'000'000}), "yes: ended after it had printed 1 MB, its limit");
  EXPECT_EQ(limit_of({"sh", "-c", "head -c 300000000 /dev/zero | tail"}, {.memory = 100'000'000}),
            "sh: failed for want of memory, of which 100 MB is its limit; $TRAM_TOOL_MEMORY sets another");
  EXPECT_EQ(run_process({"echo", "x"}, ".", {.seconds = 60, .memory = 1'000'000'000, .output = 2}).output, "x\n");
}

/// Whether a process of this command line is left after some time.
bool is_left(const std::string& command) {
  const auto found = [&] { return run_process({"pgrep", "-f", "^" + command + "$"}).exit_code == 0; };
  for (int i = 0; i < 50 && found(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(100));
  return found();
}

TEST(Process, NothingOfAProgramIsLeftAtItsTimeLimitOrWhenTheCallerIsKilled) {
  const std::string ended = fmt::format("sleep 1{}", getpid()), killed = fmt::format("sleep 2{}", getpid());
  limit_of({"sh", "-c", ended + " & " + ended}, {.seconds = 0.2});
  EXPECT_FALSE(is_left(ended));
  const pid_t caller = fork();
  if (caller == 0) {
    run_process({"sh", "-c", killed + " & echo; " + killed});
    _exit(0);
  }
  while (run_process({"pgrep", "-f", "^" + killed + "$"}).exit_code != 0) {}
  kill(caller, SIGKILL);
  waitpid(caller, nullptr, 0);
  EXPECT_FALSE(is_left(killed));
}

TEST(Process, LimitsOfToolsComeFromTheEnvironment) {
  EXPECT_EQ(tool_limits().seconds, 900);
  EXPECT_EQ(tool_limits().memory, 8'000'000'000U);
  setenv("TRAM_TOOL_SECONDS", "0.25", 1);
  setenv("TRAM_TOOL_MEMORY", "2 GiB", 1);
  EXPECT_EQ(tool_limits().seconds, 0.25);
  EXPECT_EQ(tool_limits().memory, uint64_t{1} << 31);
  setenv("TRAM_TOOL_SECONDS", "soon", 1);
  EXPECT_EQ(message_of<InputError>(tool_limits),
            "$TRAM_TOOL_SECONDS: 'soon'; seconds above 0, such as 900, are expected");
  unsetenv("TRAM_TOOL_SECONDS");
  setenv("TRAM_TOOL_MEMORY", "2 s", 1);
  EXPECT_EQ(message_of<InputError>(tool_limits),
            "$TRAM_TOOL_MEMORY: '2 s' is a time; a size such as 256 KiB is expected");
  unsetenv("TRAM_TOOL_MEMORY");
}

TEST(Process, ToolsHaveTheirTemporaryFilesInTheFolder) {
  const TemporaryFolder folder;
  EXPECT_EQ(run_tool({"sh", "-c", "echo $TMPDIR; pwd"}, folder.path()).output, ".\n" + folder.path().string() + "\n");
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
  EXPECT_THROW(parallel_for(10, 3,
                            [](int64_t i) {
                              if (i == 5) throw RunError("five");
                            }),
               RunError);
}

}  // namespace
}  // namespace tram
