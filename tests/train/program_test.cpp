#include "models/multiplier/export_netlist.hpp"
#include "models/multiplier/structure/structure.hpp"
#include "models/network/resnet.hpp"
#include "models/network/safetensors.hpp"
#include "models/support/atomic_file.hpp"
#include "tests/train/program_runs.hpp"
#include "train/checkpoint/checkpoint.hpp"

namespace tram::train {
namespace {

class ProgramTest : public ProgramRuns {
 protected:
  static void expect_refused(const Arguments& arguments, const std::string& message) {
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
  const std::string log = read_file(folder_ / "a" / "fp32" / "log.csv");
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 7);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "a" / "weights.safetensors"));
  EXPECT_EQ(Checkpoints::list(folder_ / "a" / "fp32").size(), 2U);
}

TEST_F(ProgramTest, HelpShowsDefaultsByDataSet) {
  const ProcessResult result = run({"--help"});
  EXPECT_EQ(result.exit_code, 0);
  std::istringstream words(result.output);  // lines break anywhere
  std::string text;
  for (std::string word; words >> word;) text += word + ' ';
  EXPECT_NE(text.find("(default 8; cifar10: 20)"), std::string::npos) << text;
  EXPECT_NE(text.find("(default osu018; cifar10: asap7; imagenet: asap7)"), std::string::npos) << text;
}

TEST_F(ProgramTest, SignalsThatAskForTheEndSaveACheckpointAndSayHowToGoOn) {
  for (const std::string signal : {"INT", "TERM", "HUP"}) {
    const ProcessResult result = run(small(signal, {}, "100000"), signal, 2);
    EXPECT_EQ(result.exit_code, 1) << result.output;
    EXPECT_NE(result.output.find("--resume"), std::string::npos) << result.output;
    EXPECT_FALSE(std::filesystem::exists(folder_ / signal / "weights.safetensors"));
    const auto path = Checkpoints::list(folder_ / signal / "fp32").at(0).filename().string();
    EXPECT_NE(path, "checkpoint_000000_000000.safetensors");
  }
}

TEST_F(ProgramTest, AFullStandardOutputIsSaid) {
  std::string command = TRAM_TRAIN;
  for (const std::string& argument : small("a", {}, "1")) command += " " + argument;
  const ProcessResult result = run_process({"sh", "-c", command + " > /dev/full"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.output, "tram_train: standard output cannot be written\n");
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
  expect_refused({"--epochs", "0"}, "tram_train: --epochs: '0' is out of range; 1 to 100000 is expected");
  expect_refused({"--lr", "nan"}, "--lr: 'nan' is out of range; ");
  expect_refused({"--depth", "9"}, "--depth: 9; 6 n + 2 is expected");
  expect_refused({"--width", "12"}, "--width: 12; a multiple of 8");
  expect_refused({"--shard", "48"}, "--shard: 48; a divisor of the batch (128)");
  expect_refused({"--data", "cifar"}, "did you mean 'cifar10'?");
  expect_refused({"--threads", "-1"}, "--threads: '-1' is out of range; ");
  expect_refused({"--resume", "--out", (folder_ / "absent").string()}, "--resume: no training in");
  expect_refused({"--teacher-network", "resnet56_cifar10"}, "--teacher: 0; more is expected with --teacher-network");
  expect_refused({"--teacher", "1", "--teacher-network", "resnet56_cifar10"}, "--teacher-weights: none; ");
  expect_refused({"--teacher", "1", "--teacher-weights", "w"}, "--teacher-network: none; ");
  expect_refused({"--network", "net.onnx", "--weights", "w"}, "--network: net.onnx, an ONNX file; ");
  expect_refused({"--method", "fp32", "--weights", "w"}, "--weights: w; none is expected with --method fp32");
  expect_refused({"stray"}, "tram_train: command line: stray 'stray'; options only are expected");
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

TEST_F(ProgramTest, AbsentWeightsAreNamedAndNotTrained) {
  const std::string absent = (folder_ / "absent.safetensors").string();
  expect_refused(small("a", {"--method", "qat", "--weights", absent}), absent + ": no such file; ");
  EXPECT_FALSE(std::filesystem::exists(absent));
}

TEST_F(ProgramTest, WeightsForOtherClassesAreNamed) {
  NamedTensors tensors;
  resnet_cifar(ResnetCifar{.blocks = 1, .width = 8, .classes = 7}, [&](const std::string& name, const Shape& shape) {
    return tensors.emplace_back(name, zeros(shape)).second;
  });
  write_safetensors(folder_ / "seven.safetensors", tensors);
  expect_refused(small("a", {"--method", "qat", "--weights", (folder_ / "seven.safetensors").string()}),
                 "--network: resnet8_shapes, for images of 32x32x3 and 7 classes; one for images of 32x32x3 and 10 "
                 "classes is expected");
}

TEST_F(ProgramTest, AnUnwritablePlaceIsNamed) {
  std::ofstream(folder_ / "file") << "x";
  const ProcessResult result = run({"--out", (folder_ / "file" / "a").string()});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.output.find("--out: "), std::string::npos) << result.output;
}

TEST_F(ProgramTest, ASignedMultiplierIsRefusedBeforeTheFirstStep) {
  const std::filesystem::path file = folder_ / "m.blif";
  const std::string text = to_blif(build_multiplier(exact_structure(8, 8, true)));
  write_file(file, text.substr(text.find('\n') + 1));  // without the line that tells its sign
  const ProcessResult result = run(small("a", {"--method", "fixed", "--multiplier", file.string()}));
  EXPECT_EQ(result.exit_code, 2) << result.output;
  EXPECT_NE(result.output.find("--multiplier-signed no"), std::string::npos) << result.output;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "a" / "settings.json"));
}

}  // namespace
}  // namespace tram::train
