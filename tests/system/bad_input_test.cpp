// Bad input through the real program: exit code 2, one line on stderr, nothing on stdout, no results.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "models/data/embedded/embedded.hpp"
#include "models/network/resnet.hpp"
#include "models/network/safetensors.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/process.hpp"
#include "tests/system/program.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

class BadInputTest : public testing::Test {
 protected:
  fs::path write(const std::string& name, const std::string& text) const {
    fs::create_directories((folder_.path() / name).parent_path());
    write_file(folder_.path() / name, text);
    return folder_.path() / name;
  }

  void expect_refused(const std::vector<std::string>& arguments, const std::vector<std::string>& texts) {
    const ProgramResult result = program_.run(arguments);
    EXPECT_EQ(result.exit_code, 2) << result.errors;
    EXPECT_EQ(result.output, "");
    EXPECT_TRUE(result.errors.starts_with("tram_sim: ")) << result.errors;
    EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1) << result.errors;
    for (const std::string& text : texts)
      EXPECT_NE(result.errors.find(text), std::string::npos) << text << " in " << result.errors;
    EXPECT_FALSE(fs::exists(program_.out)) << "left behind: " << program_.out;
  }

  /// A data folder that names the embedded network's weights as those of the scenario: complete but for test images.
  fs::path data_folder_with(const std::string& weights, uint64_t test_bytes) const {
    write("data/weights/resnet8_shapes.safetensors", weights);
    const fs::path images = folder_.path() / "data/cifar-10-batches-bin";
    fs::create_directories(images);
    const auto sized = [&](const std::string& name, uint64_t bytes) {
      write_file(images / name, "");
      fs::resize_file(images / name, bytes);  // a hole: label 0, black
    };
    for (int i = 1; i <= 5; ++i) sized(fmt::format("data_batch_{}.bin", i), 30'730'000);
    sized("test_batch.bin", test_bytes);
    return folder_.path() / "data";
  }

  std::vector<std::string> cifar_run(const fs::path& data) const {
    return quick_run({"--set", "network=resnet8_shapes", "--set", "data.folder=" + data.string()});
  }

  /// A PATH with these programs only.
  std::string path_with(const std::vector<std::string>& programs) const {
    const fs::path bin = folder_.path() / "bin";
    fs::create_directories(bin);
    for (const std::string& program : programs)
      if (const auto found = find_program(program); !found.empty()) fs::create_symlink(found, bin / program);
    return bin;
  }

  TemporaryFolder folder_;
  TramSim program_{folder_.path()};
};

TEST_F(BadInputTest, Scenario) {
  expect_refused({"--scenario", "resnet20_cifar11"},
                 {"--scenario", "'resnet20_cifar11'", "did you mean 'resnet20_cifar10'?"});
  expect_refused({"--scenario", "none/such.yaml"}, {"none/such.yaml"});
  expect_refused({}, {"--scenario", "not given"});
  expect_refused({"--scenario", write("tab.yaml", "array:\n\trows: 8\n")}, {"tab.yaml:2"});
}

TEST_F(BadInputTest, KeysAndValues) {
  expect_refused({"--scenario", write("a.yaml", "data: { set: shapes }\narray:\n  rwos: 8\n")},
                 {"a.yaml:3", "array.rwos", "did you mean 'array.rows'?"});
  expect_refused({"--scenario", write("b.yaml", "data: { set: shapes }\narray: { rows: eight }\n")},
                 {"b.yaml:2", "array.rows", "eight"});
  expect_refused({"--scenario", write("c.yaml", "array:\n  rows: 4096\n")}, {"c.yaml:2", "1 to 1024"});
  expect_refused(quick_run({"--set", "array.columms=8"}), {"--set", "did you mean 'array.columns'?"});
  expect_refused(quick_run({"--set", "array.clock=5 ns"}), {"--set array.clock", "5 ns"});
  expect_refused(quick_run({"--set", "array.columns=0"}), {"--set array.columns", "1 to 1024"});
  expect_refused(quick_run({"--images", "2"}), {"--images", "more than once"});
  expect_refused(quick_run({}, {.images = 0}), {"--images", "out of range"});
  expect_refused(quick_run({}, {.threads = 5000}), {"--threads", "0 to 4096"});
  expect_refused(quick_run({"--vcd", "5:2"}), {"--vcd", "5:2"});
  expect_refused(quick_run({"--set", "array.weight_load=later"}), {"--set array.weight_load", "exposed, hidden"});
  expect_refused(quick_run({"--set", "array.gating=none", "--set", "array.weight_load=hidden"}),
                 {"--set array.weight_load", "array.gating: clock or zero is expected"});
  expect_refused(quick_run({"stray"}), {"tram_sim: command line: stray 'stray'; options only are expected"});
  expect_refused({"--benchmark", "--images", "3"}, {"--images", "no effect"});
}

TEST_F(BadInputTest, WavesLargerThanTheLimitBeforeTheRun) {
  expect_refused(quick_run({"--set", "data.set=shapes", "--set", "network=resnet8_shapes", "--engine", "timing",
                            "--vcd", "0:1000000000", "--vcd-limit", "2 MiB"}),
                 {"--vcd: waves.vcd takes at most ",
                  " in 1000000000 cycles; a shorter window, or a --vcd-limit "
                  "above 2 MiB is expected"});
}

TEST_F(BadInputTest, WhatATerminalWouldActOnIsShown) {
  expect_refused(quick_run({"--set", "network=\x1b]0;title\x07\x1b[31m"}), {"'\\x1b]0;title\\x07\\x1b[31m'"});
}

TEST_F(BadInputTest, MissingDataThatIsNamed) {
  const fs::path data = data_folder_with("", 0);
  fs::remove(data / "cifar-10-batches-bin/test_batch.bin");
  expect_refused(cifar_run(data), {"test_batch.bin", "does not exist"});
  expect_refused(quick_run({"--set", "network_weights=/nonexistent/w.safetensors"}), {"/nonexistent/w.safetensors"});
}

/// Only the network whose weights scripts/get_data fetches has a stand-in.
TEST_F(BadInputTest, MissingWeightsOfTheNetworkThatIsNamed) {
  expect_refused(quick_run({"--set", "network=resnet56_cifar10"}), {"does not exist", "weights of resnet56_cifar10"});
}

TEST_F(BadInputTest, TruncatedImages) {
  const fs::path data = data_folder_with(std::string(embedded_weights("resnet8_shapes")), 30'729'999);
  expect_refused(cifar_run(data), {"test_batch.bin", "30729999"});
}

TEST_F(BadInputTest, CorruptWeights) {
  const std::string good(embedded_weights("resnet8_shapes"));
  expect_refused(cifar_run(data_folder_with("not a tensor in sight", 30'730'000)), {"resnet8_shapes.safetensors"});
  expect_refused(cifar_run(data_folder_with(good.substr(0, good.size() / 2), 30'730'000)),
                 {"resnet8_shapes.safetensors"});
  expect_refused(cifar_run(data_folder_with("", 30'730'000)), {"resnet8_shapes.safetensors"});
  const fs::path cut = write("cut.safetensors", good.substr(0, good.size() - 1));
  expect_refused(quick_run({"--set", "network_weights=" + cut.string(), "--set", "data.set=shapes", "--set",
                            "network=resnet8_shapes"}),
                 {"cut.safetensors"});
}

TEST_F(BadInputTest, ANetworkOfOtherClassesIsNotScored) {
  NamedTensors tensors;
  resnet_cifar(ResnetCifar{.blocks = 1, .width = 8, .classes = 100}, [&](const std::string& name, const Shape& shape) {
    return tensors.emplace_back(name, zeros(shape)).second;
  });
  const fs::path file = write("hundred.safetensors", to_safetensors(tensors));
  const std::vector<std::string> run = quick_run(
      {"--set", "network_weights=" + file.string(), "--set", "data.set=shapes", "--set", "network=resnet8_shapes"});
  expect_refused(run, {"network: resnet8_shapes tells 100 classes apart; 10, those of data set shapes, are expected"});
  tensors.emplace_back("layer2.0.shortcut.0.weight", Tensor{{1}, {1}});
  write("hundred.safetensors", to_safetensors(tensors));
  expect_refused(run, {"hundred.safetensors: tensor layer2.0.shortcut.0.weight has no place in resnet8_shapes"});
}

TEST_F(BadInputTest, DamagedDataIsNeverReplacedByTheEmbeddedSet) {
  const fs::path data = data_folder_with("", 30'730'000);
  fs::rename(data / "weights/resnet8_shapes.safetensors", data / "weights/resnet20_cifar10.safetensors");
  program_.environment["TRAM_DATA"] = data;
  expect_refused(quick_run(), {"resnet20_cifar10.safetensors"});
}

TEST_F(BadInputTest, Liberty) {
  const std::string header =
      "library (x) {\n  time_unit : \"1ns\";\n  voltage_unit : \"1V\";\n  current_unit : \"1mA\";\n"
      "  leakage_power_unit : \"1nW\";\n  capacitive_load_unit (1, pf);\n  nom_voltage : 1.0;\n";
  const auto cell = [](const std::string& name, const std::string& function) {
    const std::string values = " (scalar) { values (\"1\"); } ";
    return "  cell (" + name + ") { area : 1; cell_leakage_power : 1;\n" +
           "    pin (A) { direction : input; capacitance : 0.01; }\n" +
           "    pin (Y) { direction : output; function : \"" + function + "\";\n" +
           "      timing () { related_pin : \"A\"; cell_rise" + values + "cell_fall" + values + "}\n" +
           "      internal_power () { related_pin : \"A\"; power" + values + "} } }\n";
  };
  const std::string buffer = cell("BUF", "A"), inverter = cell("INV", "!A");
  expect_refused(quick_run({"--liberty", write("garbage.lib", "library (x) {\n  cell (a) {\n    area = 3;\n  }\n}\n")}),
                 {"garbage.lib:3"});
  expect_refused(quick_run({"--liberty", write("none.lib", header + buffer + "}\n")}), {"none.lib", "inverter"});
  expect_refused(quick_run({"--liberty", write("inv.lib", header + inverter + "}\n")}), {"inv.lib", "NAND"});
  expect_refused(quick_run({"--liberty", write("empty.lib", "")}), {"empty.lib"});
  expect_refused(quick_run({"--liberty", "osu081"}), {"--liberty", "osu081", "osu018"});
}

TEST_F(BadInputTest, Multiplier) {
  expect_refused(quick_run({"--multiplier", "trunc16"}), {"--multiplier", "trunc16", "tram_axm list"});
  expect_refused(quick_run({"--multiplier", write("bad.blif", ".model m\n.inputs a[0]\n.lines\n")}), {"bad.blif:3"});
  expect_refused(quick_run({"--multiplier", write("bad.v", "module m (\n")}), {"bad.v"});
  expect_refused(quick_run({"--multiplier", write("small.blif",
                                                  ".model m\n.inputs a[0] b[0]\n.outputs y[0]\n"
                                                  ".names a[0] b[0] y[0]\n11 1\n.end\n")}),
                 {"8"});
}

TEST_F(BadInputTest, Output) {
  program_.out = write("file", "") / "out";
  expect_refused(quick_run(), {"--out"});
  program_.out = "/proc/out";
  expect_refused(quick_run(), {"--out", "/proc/out"});
}

TEST_F(BadInputTest, MissingTools) {
  program_.environment["TRAM_CACHE"] = folder_.path() / "cache";
  program_.environment["PATH"] = path_with({});
  expect_refused(quick_run(), {"yosys", "not found on PATH", "Debian package yosys"});
  program_.environment["PATH"] =
      path_with({"yosys", "yosys-abc", "berkeley-abc", "verilator", "verilator_bin", "perl"});
  expect_refused(quick_run(), {"c++", "not found on PATH", "Debian package g++"});
  fs::remove(folder_.path() / "bin/verilator");
  expect_refused(quick_run(), {"verilator", "not found on PATH", "Debian package verilator"});
}

}  // namespace
}  // namespace tram
