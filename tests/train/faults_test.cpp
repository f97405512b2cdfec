// Kills, damaged files and full disks, on the real program.
#include <chrono>
#include <fstream>
#include <random>

#include "models/support/atomic_file.hpp"
#include "tests/train/program_runs.hpp"
#include "train/checkpoint/checkpoint.hpp"
#include "train/config/options.hpp"

namespace tram::train {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

class FaultsTest : public ProgramRuns {
 protected:
  /// Runs a training to its end, killed at random moments, each after a third of `seconds` at most, but no more than
  /// most_kills times; returns how often.
  static int run_with_kills(const Arguments& arguments, const fs::path& folder, double seconds, uint32_t seed) {
    constexpr int most_kills = 15;
    std::mt19937 random(seed);
    for (int kills = 0;; ++kills) {
      Arguments now = arguments;
      if (fs::exists(folder / settings_file)) now.push_back("--resume");
      const double moment = seconds / 3 * static_cast<double>(random()) / static_cast<double>(std::mt19937::max());
      const ProcessResult result = kills < most_kills ? run(now, "KILL", std::max(moment, 0.01)) : run(now);
      if (result.exit_code == 0) return kills;
      EXPECT_EQ(result.exit_code, 128 + 9) << result.output;
      if (HasFailure()) return kills;
    }
  }

  /// Trains undisturbed and killed again and again; all result files must be equal to the last bit.
  void expect_nothing_lost(const Arguments& more, const std::vector<std::string>& results) {
    const auto start = Clock::now();
    const ProcessResult whole = run(small("whole", more));
    ASSERT_EQ(whole.exit_code, 0) << whole.output;
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    Arguments often = more;
    often.insert(often.end(), {"--checkpoint-interval", "0.01"});
    EXPECT_GE(run_with_kills(small("killed", often), folder_ / "killed", seconds, 7), 2);
    for (const std::string& file : results)
      EXPECT_TRUE(read_file(folder_ / "killed" / file) == read_file(folder_ / "whole" / file)) << file;
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / "killed"))
      EXPECT_EQ(entry.path().string().find(".part"), std::string::npos) << entry.path();
  }

  /// Checkpoints of a training stopped after some steps, newest first.
  std::vector<fs::path> stopped_training(const std::string& name) {
    const ProcessResult result = run(small(name, {"--checkpoint-interval", "0.01"}, "100000"), "INT", 1.5);
    EXPECT_EQ(result.exit_code, 1) << result.output;
    const std::vector<fs::path> checkpoints = Checkpoints::list(folder_ / name / "fp32");
    EXPECT_EQ(checkpoints.size(), 2U);
    return checkpoints;
  }
};

TEST_F(FaultsTest, KilledAtRandomMomentsNothingIsLost) { expect_nothing_lost({}, {"weights.safetensors"}); }

/// In any phase.
TEST_F(FaultsTest, StructureTrainingKilledAtRandomMomentsLosesNothing) {
  expect_nothing_lost({"--method", "tram", "--explore-epochs", "3", "--recover-epochs", "3", "--calibrate", "32"},
                      {"weights.safetensors", "explore/values.safetensors", "structures/multiplier.axm.json",
                       "recover/values.safetensors", "network.safetensors", "scenario.yaml", "multiplier.v"});
}

/// The newest checkpoint cut off, or with a bit flipped, at random places.
TEST_F(FaultsTest, ADamagedCheckpointIsPassedOverByName) {
  const std::vector<fs::path> checkpoints = stopped_training("a");
  const std::string whole = read_file(checkpoints[0]), before = read_file(checkpoints[1]);
  std::mt19937 random(11);
  for (int i = 0; i < 4; ++i) {
    std::string damaged = whole;
    const size_t place = random() % whole.size();
    if (i % 2 == 0) damaged.resize(place);
    else damaged[place] = static_cast<char>(damaged[place] ^ (1 << random() % 8));
    fs::remove_all(folder_ / "a" / "fp32");
    fs::create_directories(folder_ / "a" / "fp32");
    std::ofstream(checkpoints[0], std::ios::binary) << damaged;
    std::ofstream(checkpoints[1], std::ios::binary) << before;
    const ProcessResult result = run({"--resume", "--out", (folder_ / "a").string()}, "INT", 1.5);
    EXPECT_EQ(result.exit_code, 1) << result.output;
    EXPECT_NE(result.output.find("warning: " + checkpoints[0].string()), std::string::npos) << result.output;
    EXPECT_NE(result.output.find("; passed over"), std::string::npos) << result.output;
    EXPECT_GT(Checkpoints::list(folder_ / "a" / "fp32").at(0), checkpoints[1]);
  }
}

/// A file-size limit of 8 KiB stands for a full disk.
class FullDisk : public FaultsTest {
 protected:
  ProcessResult run_on_full_disk(const Arguments& arguments) {
    std::string command = "trap '' XFSZ; ulimit -f 8; exec " TRAM_TRAIN;
    for (const std::string& argument : arguments) command += " " + argument;
    return run_process({"bash", "-c", command});
  }
  static void expect_one_error(const ProcessResult& result) {
    EXPECT_EQ(result.exit_code, 1) << result.output;
    const std::string error = ".safetensors: writing failed: File too large\n";
    EXPECT_NE(result.output.find(error), std::string::npos) << result.output;
    EXPECT_EQ(result.output.find("failed"), result.output.rfind("failed")) << result.output;
  }
};

TEST_F(FullDisk, AtTheStartLeavesNothingHalfWritten) {
  expect_one_error(run_on_full_disk(small("a")));
  for (const auto& entry : fs::recursive_directory_iterator(folder_ / "a"))
    EXPECT_TRUE(entry.is_directory() || entry.path().filename() == settings_file) << entry.path();
}

TEST_F(FullDisk, LaterOnLeavesTheCheckpointsAsTheyAre) {
  const std::vector<fs::path> checkpoints = stopped_training("a");
  const std::string newest = read_file(checkpoints[0]), before = read_file(checkpoints[1]);
  expect_one_error(run_on_full_disk({"--resume", "--out", (folder_ / "a").string()}));
  EXPECT_EQ(Checkpoints::list(folder_ / "a" / "fp32"), checkpoints);
  EXPECT_TRUE(read_file(checkpoints[0]) == newest);
  EXPECT_TRUE(read_file(checkpoints[1]) == before);
  const ProcessResult again = run({"--resume", "--out", (folder_ / "a").string()}, "INT", 1.5);
  EXPECT_EQ(again.exit_code, 1) << again.output;
  EXPECT_EQ(again.output.find("warning"), std::string::npos) << again.output;
  EXPECT_GT(Checkpoints::list(folder_ / "a" / "fp32").at(0), checkpoints[0]);
}

}  // namespace
}  // namespace tram::train
