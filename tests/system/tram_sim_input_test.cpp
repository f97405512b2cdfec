// Bad input: one line, exit code 2, nothing half written.
#include "tests/system/program_fixture.hpp"

namespace tram {
namespace {

using InputTest = ProgramTest;

TEST_F(InputTest, UnknownScenarioNamesTheNearest) {
  expect_refused(simulate({"--scenario", "resnet20_cifar"}), {"resnet20_cifar", "resnet20_cifar10"});
}

TEST_F(InputTest, MisspeltKeyInAFileAndByOption) {
  const auto file = write("s.yaml", "network: resnet8_shapes\ndata: { set: shapes }\narray:\n  rwos: 8\n");
  expect_refused(simulate({"--scenario", file.string()}), {"s.yaml:4", "array.rwos", "array.rows"});
  expect_refused(simulate(small({"--set", "array.rwos=8"})), {"--set", "array.rwos", "array.rows"});
}

TEST_F(InputTest, WrongTypeUnitAndRange) {
  expect_refused(simulate(small({"--set", "array.rows=many"})), {"array.rows", "many"});
  expect_refused(simulate(small({"--set", "array.clock=5 ns"})), {"array.clock"});
  expect_refused(simulate(small({"--set", "array.rows=0"})), {"array.rows", "1"});
  expect_refused(simulate({"--scenario", "shapes_embedded", "--images", "0"}), {"--images"});
  expect_refused(simulate(small({"--vcd", "5:2"})), {"--vcd"});
  expect_refused(simulate(small({"--threads", "0"})), {"--threads"});
  expect_refused(simulate({"--scenario"}), {"scenario"});
  expect_refused(simulate({"--scenaro", "x"}), {"scenario"});
}

TEST_F(InputTest, MissingNamedData) {
  std::filesystem::create_directories(folder_ / "data");
  expect_refused(simulate(small({"--set", "data.folder=" + (folder_ / "data").string()})), {"test_batch.bin"});
  expect_refused(simulate(small({"--set", "data.folder=/no/such/folder"})), {"/no/such/folder"});
}

TEST_F(InputTest, TruncatedImagesAndCorruptWeights) {
  const auto data = folder_ / "data";
  std::filesystem::create_directories(data / "cifar-10-batches-bin");
  std::filesystem::create_directories(data / "weights");
  write_file(data / "cifar-10-batches-bin" / "test_batch.bin", "cut short");
  write_file(data / "cifar-10-batches-bin" / "data_batch_1.bin", "cut short");
  write_file(data / "weights" / "resnet20_cifar10.safetensors", "not a tensor in sight");
  expect_refused(simulate(small({"--set", "data.folder=" + data.string()})), {"resnet20_cifar10.safetensors"});
  setenv("TRAM_DATA", data.c_str(), 1);  // present but damaged: never replaced by the embedded set
  expect_refused(simulate(small()), {"resnet20_cifar10.safetensors"});
}

TEST_F(InputTest, LibertyThatIsNoneOrLacksCells) {
  expect_refused(simulate(small({"--liberty", write("g.lib", "library (x) {\n  cell (a) {\n").string()})), {"g.lib:"});
  const auto empty = write("e.lib", "library (x) {\n  time_unit : \"1ns\";\n  voltage_unit : \"1V\";\n  current_unit : \"1mA\";\n"
                                    "  leakage_power_unit : \"1nW\";\n  capacitive_load_unit (1, pf);\n  nom_voltage : 1.0;\n  cell (b) { area : 1; pin (A) { direction : input; capacitance : 1; } pin (Y) { direction : output; function : \"A\"; } }\n}\n");
  expect_refused(simulate(small({"--liberty", empty.string()})), {"e.lib", "inverter"});
  expect_refused(simulate(small({"--liberty", "osu081"})), {"osu081", "osu018"});
}

TEST_F(InputTest, MultiplierThatIsNoneOrOfAnotherWidth) {
  expect_refused(simulate(small({"--multiplier", "trunk6"})), {"trunk6", "trunc6"});
  expect_refused(simulate(small({"--multiplier", write("m.blif", ".model m\n.inputs A[0] B[0]\n.outputs Z[0]\n"
                                                               ".names A[0] B[0] Z[0]\n11 1\n.end\n").string()})), {"8 x 8"});
  expect_refused(simulate(small({"--multiplier", (folder_ / "none.blif").string()})), {"none.blif"});
}

TEST_F(InputTest, OutputFolderThatCannotBe) {
  const auto file = write("file", "");
  expect_refused(run_process({TRAM_SIM, "--quiet", "--scenario", "shapes_embedded", "--out", (file / "out").string()}), {"--out"});
}

TEST_F(InputTest, MemoriesTooSmallForTheNetwork) {
  expect_refused(simulate(small({"--set", "memory.outputs=64 B"})), {"memory.outputs"});
}

TEST_F(InputTest, MissingToolsAreNamedWithTheirPackage) {
  setenv("TRAM_CACHE", (folder_ / "cache").c_str(), 1);
  std::filesystem::create_directories(folder_ / "bin");
  const std::string path = std::getenv("PATH");
  setenv("PATH", (folder_ / "bin").c_str(), 1);
  expect_refused(simulate(small()), {"yosys", "Debian package yosys"});
  for (const char* tool : {"yosys", "yosys-abc", "berkeley-abc"}) {
    setenv("PATH", path.c_str(), 1);
    const auto found = find_program(tool);
    if (!found.empty()) std::filesystem::create_symlink(found, folder_ / "bin" / tool);
  }
  setenv("PATH", (folder_ / "bin").c_str(), 1);
  expect_refused(simulate(small()), {"verilator", "Debian package verilator"});
  setenv("PATH", path.c_str(), 1);
}

TEST_F(InputTest, HelpListKeysAndVersionEndWell) {
  for (const char* option : {"--help", "--list", "--keys", "--version"}) {
    const ProcessResult result = run_process({TRAM_SIM, option}, folder_);
    EXPECT_EQ(result.exit_code, 0) << option;
    EXPECT_FALSE(result.output.empty()) << option;
  }
}

}  // namespace
}  // namespace tram
