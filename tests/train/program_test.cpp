#include <fmt/format.h>

#include "models/support/atomic_file.hpp"
#include "models/support/process.hpp"
#include "tests/train/small_training.hpp"
#include "train/checkpoint/checkpoint.hpp"

namespace tram::train {
namespace {

/// tram_train as a user runs it.
class ProgramTest : public TrainingFolder {
 protected:
  using Arguments = std::vector<std::string>;

  /// Runs it to its end, or sends a signal to it after `seconds`.
  ProcessResult run(const Arguments& arguments, const std::string& signal = "", double seconds = 0) {
    Arguments command;
    if (!signal.empty()) command = {"timeout", "--preserve-status", "-s", signal, fmt::format("{}", seconds)};
    command.insert(command.end(), {TRAM_TRAIN});
    command.insert(command.end(), arguments.begin(), arguments.end());
    return run_process(command);
  }
  Arguments small(const std::string& name, const Arguments& more = {}, const std::string& epochs = "6") {
    Arguments all = {"--out", (folder_ / name).string(), "--train-images", "256", "--validation-images", "32",
                     "--test-images", "64", "--batch", "32", "--shard", "16", "--epochs", epochs};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  void expect_refused(const Arguments& arguments, const std::string& message) {
    const ProcessResult result = run(arguments);
    EXPECT_EQ(result.exit_code, 2) << result.output;
    EXPECT_NE(result.output.find(message), std::string::npos) << result.output;
    EXPECT_EQ(std::count(result.output.begin(), result.output.end(), '\n'), 1) << result.output;
  }
};

TEST_F(ProgramTest, TrainsAndWritesWeightsLogAndCheckpoints) {
  const ProcessResult result = run(small("a"));
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_NE(result.output.find("test accuracy"), std::string::npos);
  const std::string log = read_file(folder_ / "a" / "log.csv");
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 7);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "a" / "weights.safetensors"));
  EXPECT_EQ(Checkpoints::list(folder_ / "a").size(), 2U);
}

TEST_F(ProgramTest, HelpShowsDefaultsForBothDataSets) {
  const ProcessResult result = run({"--help"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_NE(result.output.find("(default 8; cifar10: 20)"), std::string::npos) << result.output;
}

/// Killed again and again at moments of no choice, it ends with the bytes of an undisturbed run.
TEST_F(ProgramTest, KilledAndResumedEqualsUndisturbed) {
  ASSERT_EQ(run(small("whole")).exit_code, 0);
  int kills = 0;
  for (double seconds = 0.15;; seconds += 0.1) {
    Arguments arguments = small("killed", {"--checkpoint-interval", "0.01"});
    if (!Checkpoints::list(folder_ / "killed").empty()) arguments.push_back("--resume");
    const ProcessResult result = run(arguments, "KILL", seconds);
    if (result.exit_code == 0) break;
    ASSERT_EQ(result.exit_code, 128 + 9) << result.output;
    ASSERT_LT(++kills, 200);
  }
  EXPECT_GT(kills, 0);
  const std::string whole = read_file(folder_ / "whole" / "weights.safetensors");
  EXPECT_TRUE(read_file(folder_ / "killed" / "weights.safetensors") == whole);
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "killed"))
    EXPECT_EQ(entry.path().string().find(".part"), std::string::npos) << entry.path();
}

TEST_F(ProgramTest, InterruptSavesACheckpointAndSaysHowToGoOn) {
  const ProcessResult result = run(small("a", {}, "100000"), "INT", 2);
  EXPECT_EQ(result.exit_code, 1) << result.output;
  EXPECT_NE(result.output.find("--resume"), std::string::npos) << result.output;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "a" / "weights.safetensors"));
  const auto path = Checkpoints::list(folder_ / "a").at(0).filename().string();
  EXPECT_NE(path, "checkpoint_000000_000000.safetensors");
}

/// A file-size limit of 8 KiB stands for a full disk.
TEST_F(ProgramTest, FullDiskFailsAndLeavesNothingHalfWritten) {
  std::string command = "trap '' XFSZ; ulimit -f 8; exec " TRAM_TRAIN;
  for (const std::string& argument : small("a")) command += " " + argument;
  const ProcessResult result = run_process({"bash", "-c", command});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.output.find("writing failed: File too large"), std::string::npos) << result.output;
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "a"));
}

TEST_F(ProgramTest, DivergenceNamesTheLayerAndTheLastGoodCheckpoint) {
  const ProcessResult result = run(small("a", {"--lr", "1e30", "--warmup", "0"}));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.output.find("is not finite in epoch 1, step"), std::string::npos) << result.output;
  EXPECT_NE(result.output.find("the last good checkpoint is"), std::string::npos) << result.output;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "a" / "weights.safetensors"));
  EXPECT_EQ(run(small("a", {"--lr", "1e30", "--warmup", "0", "--resume"})).exit_code, 1);
}

TEST_F(ProgramTest, BadInputIsOneLineAndExitCode2) {
  expect_refused({"--epoch", "3"}, "did you mean '--epochs'?");
  expect_refused({"--epochs", "three"}, "--epochs");
  expect_refused({"--epochs", "0"}, "--epochs: 0; 1 to ");
  expect_refused({"--lr", "nan"}, "--lr: nan; ");
  expect_refused({"--depth", "9"}, "--depth: 9; 6 n + 2 is expected");
  expect_refused({"--width", "12"}, "--width: 12; a multiple of 8");
  expect_refused({"--shard", "48"}, "--shard: 48; a divisor of the batch (128)");
  expect_refused({"--data", "cifar"}, "did you mean 'cifar10'?");
  expect_refused({"--threads", "-1"}, "--threads: -1; ");
  expect_refused({"--resume", "--out", (folder_ / "absent").string()}, "--resume: no usable checkpoint");
  expect_refused({"stray"}, "command line: ");
}

TEST_F(ProgramTest, AFolderIsNotTrainedIntoTwice) {
  ASSERT_EQ(run(small("a", {}, "1")).exit_code, 0);
  expect_refused(small("a"), "already holds a training");
}

TEST_F(ProgramTest, AbsentDataIsNamed) {
  const std::string folder = folder_.string();
  const ProcessResult result = run({"--data", "cifar10", "--data-folder", folder, "--out", (folder_ / "a").string()});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.output.find("data_batch_1.bin"), std::string::npos) << result.output;
}

TEST_F(ProgramTest, AnUnwritablePlaceIsNamed) {
  std::ofstream(folder_ / "file") << "x";
  const ProcessResult result = run({"--out", (folder_ / "file" / "a").string()});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.output.find("--out: "), std::string::npos) << result.output;
}

}  // namespace
}  // namespace tram::train
