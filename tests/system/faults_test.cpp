// What ends a run from outside: killed and hanging workers, memory, full disks. Nothing hangs; what is done is kept.
#include <gtest/gtest.h>
#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/process.hpp"
#include "tests/system/program.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

bool becomes(const std::function<bool()>& condition) {
  for (int i = 0; i < 6000 && !condition(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return condition();
}

/// The first child of a process; 0 when there is none.
pid_t child_of(pid_t process) {
  pid_t child = 0;
  std::ifstream(fmt::format("/proc/{0}/task/{0}/children", process)) >> child;
  return child;
}

class Faults : public testing::Test {
 protected:
  /// Starts a long run with one worker and waits for its first image.
  void start() {
    program_.start(quick_run({"--multiplier", "trunc6", "--vcd", "0:10"}, {.images = 2000}));
    ASSERT_TRUE(becomes([&] { return fs::exists(program_.out / "waves.vcd"); })) << program_.errors_so_far();
  }
  /// How it ended: exit code 1, the message, and a report of some images.
  void expect_report(const std::string& message) {
    const ProgramResult result = program_.wait();
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_NE(result.errors.find(message), std::string::npos) << result.errors;
    EXPECT_NE(result.errors.find(" of 2000 images\n"), std::string::npos) << result.errors;
    EXPECT_GE(nlohmann::json::parse(read_file(program_.out / "summary.json"))["images"], 1);
  }

  TemporaryFolder folder_;
  TramSim program_{folder_.path()};
};

TEST_F(Faults, AWorkerKilledTwiceLeavesAReport) {
  start();
  const pid_t first = child_of(program_.process());
  kill(first, SIGKILL);
  const auto next = [&] {
    const pid_t child = child_of(program_.process());
    return child == first ? 0 : child;
  };
  ASSERT_TRUE(becomes([&] { return next() != 0; })) << program_.errors_so_far();
  kill(next(), SIGKILL);
  expect_report("a worker ended with signal 9 (Killed) while it ran image ");
}

TEST_F(Faults, AWorkerThatHangsLeavesAReport) {
  program_.environment.emplace("TRAM_WORKER_TIMEOUT", "2");
  start();
  kill(child_of(program_.process()), SIGSTOP);
  expect_report("a worker made no progress for 2 s while it ran image ");
}

/// With whatever memory: a line and an exit code in the end, not a hang or a signal.
TEST_F(Faults, TooLittleMemoryIsSaid) {
  for (const int mebibytes : {60, 120, 180, 240}) {
    const std::string command = fmt::format(
        "ulimit -v {}; exec timeout 120 {} --scenario resnet20_cifar10 --multiplier trunc6 --set array.rows=16 "
        "--set array.columns=16 --images 1 --threads 2 --quiet --out out",
        mebibytes * 1024, TRAM_SIM);
    const ProcessResult result = run_process({"sh", "-c", command}, folder_.path());
    EXPECT_TRUE(result.exit_code == 1 || result.exit_code == 0) << mebibytes << " MiB: " << result.exit_code << "\n"
                                                                << result.output;
    EXPECT_EQ(result.exit_code == 1, result.output.find("out of memory") != std::string::npos) << result.output;
  }
}

TEST_F(Faults, AFullStandardOutputIsSaidAndTheFilesAreThere) {
  for (const char* arguments : {"--keys", "--scenario resnet20_cifar10 --set engine=timing --images 1"}) {
    const std::string command = fmt::format("{} {} > /dev/full", TRAM_SIM, arguments);
    const ProcessResult result = run_process({"sh", "-c", command}, folder_.path());
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_NE(result.output.find("tram_sim: standard output cannot be written\n"), std::string::npos) << result.output;
  }
}

/// One policy for all engines: here the one that compiles.
TEST_F(Faults, ACacheThatCannotBeWrittenIsAWarning) {
  program_.environment.emplace("TRAM_CACHE", "/proc/cache");
  const ProgramResult result = program_.run(
      quick_run({"--multiplier", "trunc12", "--engine", "rtl", "--no-exact", "--set", "technology.delays=zero"}));
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_TRUE(result.errors.find("warning: the cache /proc/cache cannot be written (") != std::string::npos)
      << result.errors;
}

}  // namespace
}  // namespace tram
