// Ctrl-C, SIGTERM, SIGHUP: the images done are reported, nothing is half written, exit code 1.
#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "models/support/atomic_file.hpp"
#include "tests/system/program.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

/// Waits until file is there: waves.vcd appears when the first image is done.
bool appears(const fs::path& file) {
  for (int i = 0; i < 6000 && !fs::exists(file); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return fs::exists(file);
}

class Interrupted : public testing::TestWithParam<int> {};

TEST_P(Interrupted, ReportsTheImagesDone) {
  const TemporaryFolder folder;
  TramSim program(folder.path());
  program.start(quick_run({"--multiplier", "trunc6", "--vcd", "0:10"}, {.images = 2000}));
  ASSERT_TRUE(appears(program.out / "waves.vcd")) << program.errors_so_far();
  program.interrupt(GetParam());
  const ProgramResult result = program.wait();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.errors.find("tram_sim: interrupted after "), std::string::npos) << result.errors;
  EXPECT_NE(result.errors.find(" of 2000 images\n"), std::string::npos) << result.errors;

  const auto summary = nlohmann::json::parse(read_file(program.out / "summary.json"));
  const int images = summary["images"];
  EXPECT_GE(images, 1);
  EXPECT_LT(images, 2000);
  EXPECT_NE(result.errors.find("after " + std::to_string(images) + " of"), std::string::npos) << result.errors;
  EXPECT_EQ(summary["logit_mismatches"], 0);
  EXPECT_TRUE(summary["exact"].is_null()) << "the exact machine did not run";
  for (const auto& file : fs::directory_iterator(program.out))
    EXPECT_EQ(file.path().string().find(".part"), std::string::npos) << file.path();
}

INSTANTIATE_TEST_SUITE_P(Signals, Interrupted, testing::Values(SIGINT, SIGTERM, SIGHUP));

/// Also when the signal comes between the two machines.
TEST(Interrupt, OfTheMachineBesideLeavesNoHalfComparison) {
  const TemporaryFolder folder;
  TramSim program(folder.path());
  program.start(quick_run({"--multiplier", "trunc6"}, {.images = 40, .quiet = false}));
  for (int i = 0; i < 6000 && program.errors_so_far().find("trunc6: 40/40") == std::string::npos; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  program.interrupt();
  const ProgramResult result = program.wait();
  EXPECT_EQ(result.exit_code, 1) << result.errors;
  EXPECT_NE(result.errors.find(" of 40 images of the exact machine beside"), std::string::npos) << result.errors;
  const auto summary = nlohmann::json::parse(read_file(program.out / "summary.json"));
  EXPECT_EQ(summary["images"], 40);
  EXPECT_TRUE(summary["exact"].is_null());
}

}  // namespace
}  // namespace tram
