// Every kind of bad scenario: the whole message, with file and line.
#include <gtest/gtest.h>

#include "models/network/safetensors.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "sim/config/raw_scenario.hpp"
#include "sim/config/resolve_scenario.hpp"
#include "tests/config/scratch_folder.hpp"
#include "tests/support/source_dir.hpp"

namespace tram {
namespace {

class ScenarioErrors : public testing::Test {
 protected:
  /// What is said about this file, the name of its folder cut off.
  std::string refusal(const std::string& yaml, std::vector<std::string> assignments = {}) {
    const std::filesystem::path file = folder_.write("bad.yaml", "technology: { liberty: cells.lib }\n" + yaml);
    folder_.write("cells.lib", "library (cells) {}\n");
    std::string message = message_of<InputError>([&] {
      std::vector<RawValue> overrides;
      for (const std::string& assignment : assignments) overrides.push_back(parse_override(assignment));
      resolve_scenario(load_scenario_file(file), overrides);
    });
    const std::string prefix = folder_.path().string() + "/";
    for (size_t at; (at = message.find(prefix)) != std::string::npos;) message.erase(at, prefix.size());
    return message;
  }

  ScratchFolder folder_;
};

TEST_F(ScenarioErrors, GoodFileHasNone) { EXPECT_EQ(refusal("array: { rows: 32 }\n"), ""); }

TEST_F(ScenarioErrors, UnknownKey) {
  EXPECT_EQ(refusal("array:\n  rwos: 3\n"), "bad.yaml:3: unknown key 'array.rwos'; did you mean 'array.rows'?");
  EXPECT_EQ(refusal("aray: { rows: 3 }\n"), "bad.yaml:2: unknown key 'aray'; did you mean 'array'?");
  EXPECT_EQ(refusal("clock: 5 MHz\n"), "bad.yaml:2: unknown key 'clock'; did you mean 'array.clock'?");
  EXPECT_EQ(refusal("xyzzyxyzzyxyzzy: 1\n"),
            "bad.yaml:2: unknown key 'xyzzyxyzzyxyzzy'; one of those that --keys lists is expected");
}

TEST_F(ScenarioErrors, WeightsBesideANetworkThatHasItsOwn) {
  folder_.write("net.onnx", "");
  folder_.write("layers.csv", "");
  write_safetensors(folder_.path() / "w.safetensors", {{"x", {{1}, {1}}}});
  EXPECT_EQ(refusal("network: net.onnx\nnetwork_weights: w.safetensors\n"),
            "bad.yaml:3: network_weights: 'w.safetensors' with network: net.onnx, which has its own weights; "
            "no network_weights is expected");
  EXPECT_EQ(refusal("network: layers.csv\nnetwork_weights: w.safetensors\n"),
            "bad.yaml:3: network_weights: 'w.safetensors' with network: layers.csv, which has shapes only; no "
            "network_weights is expected");
}

TEST_F(ScenarioErrors, CheckpointsOfPyTorchAreCalledSo) {
  folder_.write("net.th", std::string("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46", 8));
  EXPECT_TRUE(refusal("network_weights: net.th\n").starts_with("net.th: a PyTorch checkpoint, which scripts/"))
      << refusal("network_weights: net.th\n");
}

TEST_F(ScenarioErrors, Preprocessing) {
  const std::string imagenet = "data.set: imagenet\n";
  EXPECT_EQ(refusal(imagenet + "data: { mean: [0.5, 0.4, 0.3], deviation: 0.5, resize: 0, crop: 160,\n"
                               "  interpolation: bilinear }\n"),
            "");
  EXPECT_EQ(refusal("data.mean: 0.1, 0.2, 0.3\ndata.deviation: 0.25\n"), "");
  EXPECT_EQ(refusal("data.mean: [0.5, [1], 0]\n"),
            "bad.yaml:2: data.mean: a list; one number of 0 to 1, or three separated by commas is expected");
  EXPECT_EQ(refusal("data.mean: [124, 116, 104]\n"),
            "bad.yaml:2: data.mean: '124,116,104'; one number of 0 to 1, for pixels of 0 to 1, or three separated by "
            "commas are expected");
  EXPECT_TRUE(refusal("data.deviation: 0\n").starts_with("bad.yaml:2: data.deviation: '0'; one number of 0.001 to "));
  EXPECT_EQ(refusal("data.crop: 28\n"),
            "bad.yaml:2: data.crop: '28' with data.set: cifar10, whose images are not resized; data.set: "
            "imagenet or no data.crop is expected");
  EXPECT_EQ(refusal(imagenet + "data.interpolation: nearest\n"),
            "bad.yaml:3: data.interpolation: 'nearest'; one of bicubic, bilinear is expected");
}

/// A file keeps keys for another engine, the command line asks for something.
TEST_F(ScenarioErrors, OverridesWithoutEffect) {
  EXPECT_EQ(refusal("cosim: 5\n"), "");
  EXPECT_EQ(refusal("engine: table\n", {"cosim=5"}), "");
  EXPECT_EQ(refusal("", {"cosim=1"}), "");
  EXPECT_EQ(refusal("", {"cosim=5"}),
            "--set cosim: '5' with engine: rtl has no effect; engine: table or no cosim is expected");
  EXPECT_EQ(refusal("", {"quantise.percentile=99"}),
            "--set quantise.percentile: '99' with quantise.calibrate: mse has no effect; quantise.calibrate: "
            "percentile or no quantise.percentile is expected");
}

TEST_F(ScenarioErrors, KeyTwice) {
  EXPECT_EQ(refusal("engine: rtl\nengine: rtl\n"),
            "bad.yaml:3: engine: given twice, first in line 2; once is expected");
  EXPECT_EQ(refusal("array: { rows: 3, rows: 3 }\n"),
            "bad.yaml:2: array.rows: given twice, first in line 2; once is expected");
  EXPECT_EQ(refusal("array.rows: 3\narray:\n  columns: 4\n  rows: 3\n"),
            "bad.yaml:5: array.rows: given twice, first in line 2; once is expected");
}

TEST_F(ScenarioErrors, WrongType) {
  EXPECT_EQ(refusal("array: { rows: many }\n"),
            "bad.yaml:2: array.rows: 'many' is not a whole number; 1 to 1024 is expected");
  EXPECT_EQ(refusal("array: { rows: 2.5 }\n"),
            "bad.yaml:2: array.rows: '2.5' is not a whole number; 1 to 1024 is expected");
  EXPECT_EQ(refusal("array:\n  rows:\n"), "bad.yaml:3: array.rows: no value; 1 to 1024 is expected");
  EXPECT_EQ(refusal("array: { rows: [1, 2] }\n"), "bad.yaml:2: array.rows: a list; 1 to 1024 is expected");
  EXPECT_EQ(refusal("array: { rows: { size: 1 } }\n"), "bad.yaml:2: array.rows: a map; 1 to 1024 is expected");
  EXPECT_EQ(refusal("array: 64\n"), "bad.yaml:2: array: no map; one such as array: { rows: 64 } is expected");
  EXPECT_EQ(refusal("quantise: { percentile: high }\n"),
            "bad.yaml:2: quantise.percentile: 'high' is not a number; 50 to 100 is expected");
}

TEST_F(ScenarioErrors, WrongUnit) {
  EXPECT_EQ(refusal("array: { clock: 100 }\n"),
            "bad.yaml:2: array.clock: '100' has no unit; a frequency such as 100 MHz is expected");
  EXPECT_EQ(refusal("array: { clock: 100 KiB }\n"),
            "bad.yaml:2: array.clock: '100 KiB' is a size; a frequency such as 100 MHz is expected");
  EXPECT_EQ(refusal("memory: { weights: 0.3 KiB }\n"),
            "bad.yaml:2: memory.weights: '0.3 KiB' is not a whole number of bytes; 1 KiB to 1 GiB is expected");
}

TEST_F(ScenarioErrors, OutOfRange) {
  EXPECT_EQ(refusal("array: { rows: 0 }\n"), "bad.yaml:2: array.rows: '0' is out of range; 1 to 1024 is expected");
  EXPECT_EQ(refusal("array: { columns: 1025 }\n"),
            "bad.yaml:2: array.columns: '1025' is out of range; 1 to 1024 is expected");
  EXPECT_EQ(refusal("array: { clock: 1 THz }\n"),
            "bad.yaml:2: array.clock: '1 THz' is out of range; 1 kHz to 100 GHz is expected");
  EXPECT_EQ(refusal("memory: { weights: 1e30 B }\n"),
            "bad.yaml:2: memory.weights: '1e30 B' is out of range; 1 KiB to 1 GiB is expected");
  EXPECT_EQ(refusal("quantise: { bits: 9 }\n"), "bad.yaml:2: quantise.bits: '9' is out of range; 2 to 8 is expected");
}

TEST_F(ScenarioErrors, NoSuchChoice) {
  EXPECT_EQ(refusal("array: { dataflow: row_stationary }\n"),
            "bad.yaml:2: array.dataflow: 'row_stationary'; one of weight_stationary, input_stationary is expected; did "
            "you mean 'input_stationary'?");
  EXPECT_EQ(refusal("array: { dataflow: input_stationary }\nquantise: { codes: sign_magnitude }\n"),
            "bad.yaml:2: array.dataflow: 'input_stationary' with quantise.codes: sign_magnitude; weight_stationary, or "
            "unsigned or signed codes are expected");
  EXPECT_EQ(
      refusal("memory: { dram: ddr4_2440 }\n"),
      "bad.yaml:2: memory.dram: 'ddr4_2440'; one of lpddr4_3200, lpddr5_6400, ddr4_2400, hbm2, ideal is expected; "
      "did you mean 'ddr4_2400'?");
  EXPECT_EQ(refusal("network: vgg16\n"),
            "bad.yaml:2: network: unknown network 'vgg16'; resnet<depth>_<data set>, such as "
            "resnet20_cifar10 or resnet8_shapes, a vision transformer's name, such as deit_tiny_patch16_224, an ONNX "
            "file, or (engine: timing) a topology file of SCALE-Sim, .csv is expected");
  EXPECT_EQ(refusal("network: absent.onnx\n"),
            "bad.yaml:2: network: 'absent.onnx' is not there; an existing file is expected");
  EXPECT_EQ(refusal("multiplier: trunc16\n"),
            "bad.yaml:2: multiplier: unknown multiplier 'trunc16'; a built-in name (tram_axm list has "
            "them) or a .axm.json, .blif, .v or .sv file is expected; did you mean 'trunc1'?");
}

TEST_F(ScenarioErrors, MissingFiles) {
  EXPECT_EQ(refusal("multiplier: my.blif\n"),
            "bad.yaml:2: multiplier: 'my.blif' is not there; an existing file is expected");
  EXPECT_EQ(refusal("network_weights: w.safetensors\n"),
            "bad.yaml:2: network_weights: 'w.safetensors' is not there; an existing file is expected");
  EXPECT_EQ(refusal("data: { folder: cells.lib }\n"),
            "bad.yaml:2: data.folder: 'cells.lib' is not there; an existing folder is expected");
  EXPECT_EQ(refusal("data: { folder: '' }\n"),
            "bad.yaml:2: data.folder: '' is not there; an existing folder is expected");
}

TEST_F(ScenarioErrors, NoYaml) {
  EXPECT_EQ(refusal("array: { rows: 3\n"),
            "bad.yaml:3: no YAML: end of map flow not found; 'key: value' lines are expected");
  EXPECT_EQ(refusal("array:\n\trows: 3\n").substr(0, 20), "bad.yaml:3: no YAML:");
  EXPECT_EQ(refusal("---\nengine: rtl\n"), "bad.yaml:3: a second document; one scenario a file is expected");
  EXPECT_EQ(refusal("network: \"a\\nb\"\n"),
            "bad.yaml:2: control characters or over 1000 characters; a line of text is expected");
}

TEST_F(ScenarioErrors, SettingsThatDoNotGoTogether) {
  EXPECT_EQ(refusal("multiplier: dadda_trunc8\nquantise:\n  bits: 4\n"),
            "bad.yaml:4: quantise.bits: multiplier 'dadda_trunc8' for codes of 4 x 4 bits: dadda_trunc8: 8 truncated "
            "columns; 1 to 7 are expected");
  EXPECT_EQ(refusal("multiplier: exact_dadda_4x6\n", {"quantise.bits=5"}),
            "--set quantise.bits: codes of 5 x 5 bits with the built-in multiplier 'exact_dadda_4x6', whose operands "
            "have 4 x 6; at most those are expected");
  EXPECT_EQ(refusal("multiplier: trunc3\nquantise: { codes: signed }\n"),
            "bad.yaml:3: quantise.codes: 'signed' with the built-in multiplier 'trunc3', whose operands are unsigned; "
            "unsigned or another multiplier is expected");
  EXPECT_EQ(refusal("multiplier: signed_trunc3\n"),
            "default of quantise.codes: 'unsigned' with the built-in multiplier 'signed_trunc3', whose operands are "
            "signed; signed or another multiplier is expected");
  EXPECT_EQ(refusal("quantise: { codes: signed }\nmultiplier_layers: head=exact_dadda\n"),
            "bad.yaml:2: quantise.codes: 'signed' with the built-in multiplier 'exact_dadda', whose operands are "
            "unsigned; unsigned or another multiplier is expected");
  EXPECT_EQ(
      refusal("quantise: { layer_bits: conv1=8 }\n"),
      "bad.yaml:2: quantise.layer_bits: 'conv1=8'; bits of weights x activations, 2 to 8 each, such as conv1=4x8, "
      "are expected");
  EXPECT_EQ(refusal("quantise: { layer_bits: conv1 }\n"),
            "bad.yaml:2: quantise.layer_bits: 'conv1'; LAYER=WxX is expected");
  EXPECT_EQ(refusal("quantise: { weight_bits: 1 }\n"),
            "bad.yaml:2: quantise.weight_bits: '1' is out of range; 2 to 8 is expected");
  EXPECT_EQ(refusal("quantise: { stream_bits: 7 }\n"),
            "bad.yaml:2: quantise.stream_bits: '7' with quantise.bits: 8; 8 to 16 is expected");
  EXPECT_EQ(refusal("quantise: { score_bits: 17 }\n"),
            "bad.yaml:2: quantise.score_bits: '17' is out of range; 4 to 16 is expected");
}

TEST_F(ScenarioErrors, CodesAndMultipliersThatGoTogether) {
  EXPECT_EQ(refusal("quantise: { codes: signed }\n"), "");
  EXPECT_EQ(refusal("quantise: { codes: signed, bits: 4, stream_bits: 8 }\nmultiplier_layers: head=exact\n"), "");
  EXPECT_EQ(refusal("quantise: { codes: signed, bits: 6 }\nmultiplier: signed_trunc3_6x6\n"), "");
  EXPECT_EQ(refusal("quantise: { bits: 6 }\nmultiplier: exact_dadda_6x6\n"), "");
}

TEST_F(ScenarioErrors, Overrides) {
  EXPECT_EQ(refusal("", {"array.rows=0"}), "--set array.rows: '0' is out of range; 1 to 1024 is expected");
  EXPECT_EQ(refusal("", {"array.rwos=3"}), "--set: unknown key 'array.rwos'; did you mean 'array.rows'?");
  EXPECT_EQ(refusal("", {"array=3"}),
            "--set: 'array' is a group of keys; one of them, as --keys lists them, is expected");
  EXPECT_EQ(refusal("", {"array.rows"}),
            "--set: 'array.rows' has no '='; key=value, such as array.rows=32, is expected");
}

TEST_F(ScenarioErrors, AFileIsCheckedWhereAnOverrideReplacesIt) {
  EXPECT_EQ(refusal("array: { rows: 0 }\n", {"array.rows=8"}),
            "bad.yaml:2: array.rows: '0' is out of range; 1 to 1024 is expected");
}

TEST_F(ScenarioErrors, Garbage) {
  std::string bytes(4096, '\0');
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 2654435761u >> 13);
  const std::string message = refusal(bytes);
  EXPECT_EQ(message.substr(0, 9), "bad.yaml:");
  EXPECT_EQ(message.find('\n'), std::string::npos);
  EXPECT_EQ(refusal(std::string(2 << 20, ' ')), "bad.yaml: is over 1 MiB; a scenario file is expected");
}

TEST_F(ScenarioErrors, EveryTruncationLoadsOrIsRefusedInOneLine) {
  const std::string whole = read_file(TRAM_SOURCE_DIR "/scenarios/resnet20_cifar10.yaml");
  for (size_t length = 0; length <= whole.size(); ++length) {
    const std::filesystem::path file = folder_.write("cut.yaml", whole.substr(0, length));
    const std::string message = message_of<InputError>([&] { load_scenario_file(file); });
    EXPECT_TRUE(message.empty() || message.starts_with(file.string() + ":")) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  }
}

TEST_F(ScenarioErrors, NoMapAtAll) {
  const auto load = [&](const std::string& yaml) {
    const std::filesystem::path file = folder_.write("list.yaml", yaml);
    return message_of<InputError>([&] { load_scenario_file(file); });
  };
  const std::string file = (folder_.path() / "list.yaml").string();
  EXPECT_EQ(load("- 1\n- 2\n"), file + ":1: no map; lines such as 'engine: rtl' are expected");
  EXPECT_EQ(load("hello\n"), file + ":1: no map; lines such as 'engine: rtl' are expected");
  EXPECT_EQ(load("? { a: b }\n: 1\n"), file + ":1: a map or list as a key; a word is expected");
  EXPECT_EQ(load(""), "");
  EXPECT_EQ(load("# nothing but a comment\n"), "");
}

}  // namespace
}  // namespace tram
