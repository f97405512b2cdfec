// What the system refuses or ends: memory, threads, disks, signals, killed processes.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <fstream>

#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/heartbeat.hpp"
#include "models/support/memory.hpp"
#include "models/support/parallel.hpp"
#include "models/support/program_exit.hpp"
#include "models/support/signals.hpp"
#include "models/support/temporary_folder.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

/// The exit code of a forked process that runs body, or 128 + its signal.
int in_child(const std::function<int()>& body) {
  const pid_t child = fork();
  if (child == 0) _exit(body());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/// Leaves this process so much more memory than it has.
void limit_memory(size_t more) {
  size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  const rlim_t bytes = pages * static_cast<size_t>(sysconf(_SC_PAGESIZE)) + more;
  const rlimit limit{bytes, bytes};
  setrlimit(RLIMIT_AS, &limit);
}

/// 64 stacks of 8 MiB have no room in 30 MiB: fewer threads do the same work.
TEST(Parallel, GoesOnWithTheThreadsThatThereIsRoomFor) {
  EXPECT_EQ(in_child([] {
              limit_memory(size_t{30} << 20);
              std::atomic<int64_t> sum = 0;
              parallel_for(1000, 64, [&](int64_t i) { sum += i; });
              return sum == 499'500 ? 0 : 1;
            }),
            0);
}

TEST(Memory, RunningOutSaysWhatWasUnderWay) {
  try {
    within_memory("counting", "4 MiB are needed", []() -> int { throw std::bad_alloc(); });
    FAIL();
  } catch (const RunError& error) {
    EXPECT_STREQ(error.what(), "out of memory while counting; 4 MiB are needed");
  }
  EXPECT_EQ(within_memory("", "", [] { return 3; }), 3);
}

TEST(Program, ExceptionsAreALineAndAnExitCode) {
  const auto ends = [](const std::function<int()>& body) {
    testing::internal::CaptureStderr();
    const int code = run_program("tram_x", body);
    return fmt::format("{} {}", code, testing::internal::GetCapturedStderr());
  };
  EXPECT_EQ(ends([] { return 3; }), "3 ");
  EXPECT_EQ(ends([]() -> int { throw InputError("key", "bad"); }), "2 tram_x: key: bad\n");
  EXPECT_EQ(ends([]() -> int { throw RunError("went wrong"); }), "1 tram_x: went wrong\n");
  EXPECT_EQ(ends([]() -> int { throw std::bad_alloc(); }), "1 tram_x: out of memory; fewer --threads need less\n");
}

TEST(AtomicFile, WritesDevicesDirectly) {
  try {
    AtomicFile file("/dev/full");
    file.stream() << "x";
    file.commit();
    FAIL() << "no error";
  } catch (const RunError& error) {
    EXPECT_STREQ(error.what(), "/dev/full: writing failed: No space left on device");
  }
  EXPECT_TRUE(fs::is_character_file("/dev/full"));
  write_file("/dev/null", "x");
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST(PutInPlace, RenamesOrSaysWhyNot) {
  const TemporaryFolder folder;
  write_file(folder.path() / "a", "x");
  EXPECT_FALSE(put_in_place(folder.path() / "a", folder.path() / "b"));
  EXPECT_EQ(read_file(folder.path() / "b"), "x");
  EXPECT_TRUE(put_in_place(folder.path() / "a", folder.path() / "b"));
  fs::create_directories(folder.path() / "c" / "d");
  EXPECT_TRUE(put_in_place(folder.path() / "b", folder.path() / "c"));
}

size_t entries(const fs::path& folder) {
  return static_cast<size_t>(std::distance(fs::directory_iterator(folder), {}));
}

/// kill -9 leaves a folder; the next process of the user removes it, and nothing that lives or is not ours.
TEST(TemporaryFolder, LeftoversOfKilledProcessesGo) {
  const TemporaryFolder parent;
  EXPECT_EQ(in_child([&] {
              const TemporaryFolder killed(parent.path());
              write_file(killed.path() / "file", "x");
              return std::raise(SIGKILL);
            }),
            128 + SIGKILL);
  ASSERT_EQ(entries(parent.path()), 1U);
  fs::create_directories(parent.path() / "tram_work.12");
  fs::create_directories(parent.path() / "tram_work.other");
  EXPECT_EQ(in_child([&] {
              const TemporaryFolder living(parent.path());
              return in_child([&] {  // another process
                const TemporaryFolder next(parent.path());
                return fs::exists(living.path()) && entries(parent.path()) == 4 ? 0 : 1;
              });
            }),
            0);
  EXPECT_EQ(entries(parent.path()), 2U) << "those that have no name of ours";
}

TEST(TemporaryFolder, AForkedProcessRemovesNothing) {
  std::optional<TemporaryFolder> folder(std::in_place);
  EXPECT_EQ(in_child([&] {
              folder.reset();
              return 0;
            }),
            0);
  EXPECT_TRUE(fs::exists(folder->path()));
}

TEST(TemporaryFolder, NamesTheVariableThatChoosesItsPlace) {
  setenv("TMPDIR", "/no/such/folder", 1);
  try {
    const TemporaryFolder folder;
    FAIL();
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(),
                 "TMPDIR: no temporary folder can be made in '/no/such/folder': No such file or directory; "
                 "a folder to write to is expected");
  }
  unsetenv("TMPDIR");
}

volatile std::sig_atomic_t noted = 0;

TEST(Signals, AllThatAskForTheEndAreNotedAndDoAsBeforeAfterwards) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    EXPECT_EQ(in_child([&] {
                std::signal(number, SIG_DFL);
                {
                  const EndingSignals signals([](int) { noted = 1; }, EndingSignals::Calls::once);
                  std::raise(number);
                }
                if (noted == 0) return 1;
                std::raise(number);
                return 2;
              }),
              128 + number);
  }
}

TEST(Signals, NohupStays) {
  EXPECT_EQ(in_child([] {
              std::signal(SIGHUP, SIG_IGN);
              const EndingSignals signals([](int) { noted = 1; }, EndingSignals::Calls::always);
              std::raise(SIGHUP);
              return noted == 0 ? 0 : 1;
            }),
            0);
}

TEST(Heartbeat, IsToldAtMostOnceASecond) {
  int told = 0;
  heartbeat();
  listen_to_heartbeats([&] { ++told; });
  for (int i = 0; i < 1000; ++i) heartbeat();
  listen_to_heartbeats({});
  heartbeat();
  EXPECT_EQ(told, 1);
}

}  // namespace
}  // namespace tram
