// tram_sim end to end: what it prints and writes.
#include <csignal>
#include <fstream>
#include <sstream>

#include "models/data/dataset.hpp"
#include "tests/system/program_fixture.hpp"

namespace tram {
namespace {

using RunTest = ProgramTest;

/// Rows of a CSV file as maps from column to text.
std::vector<std::map<std::string, std::string>> rows_of(const std::filesystem::path& file) {
  std::istringstream lines(read_file(file));
  std::vector<std::string> columns;
  std::vector<std::map<std::string, std::string>> rows;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::vector<std::string> values;
    for (std::string value; std::getline(fields, value, ',');) values.push_back(value);
    if (columns.empty()) {
      columns = values;
      continue;
    }
    rows.emplace_back();
    for (size_t i = 0; i < columns.size() && i < values.size(); ++i) rows.back()[columns[i]] = values[i];
  }
  return rows;
}

TEST_F(RunTest, EmbeddedDefaultSaysSoAndAgreesWithGolden) {
  const ProcessResult result = simulate(small({"--multiplier", "trunc6"}));
  ASSERT_EQ(result.exit_code, 0) << result.output;
  EXPECT_NE(result.output.find("running the embedded set shapes with resnet8_shapes"), std::string::npos) << result.output;
  EXPECT_NE(result.output.find("scripts/get_data"), std::string::npos);
  const auto json = summary();
  for (const char* key : {"scenario", "images", "top1", "golden_top1", "logit_mismatches", "cycles", "latency_s", "macs",
                          "energy_j", "multiplier_energy_j", "power_w", "engine", "multiplier", "library", "delay_model",
                          "wall_s", "exact"})
    EXPECT_TRUE(json.contains(key)) << key;
  EXPECT_EQ(json["images"], 2);
  EXPECT_EQ(json["top1"], json["golden_top1"]);
  EXPECT_EQ(json["logit_mismatches"], 0);
  EXPECT_EQ(json["exact"]["logit_mismatches"], 0);
  EXPECT_EQ(json["multiplier"], "trunc6");
  EXPECT_EQ(json["engine"], "rtl");
  EXPECT_LT(json["multiplier_energy_j"], json["exact"]["multiplier_energy_j"]);
  EXPECT_LT(json["energy_j"], json["exact"]["energy_j"]);
  EXPECT_EQ(json["cycles"], json["exact"]["cycles"]);
}

TEST_F(RunTest, ResultDoesNotDependOnThreads) {
  ASSERT_EQ(simulate(small({"--no-exact", "--threads", "1"})).exit_code, 0);
  auto one = summary();
  ASSERT_EQ(simulate(small({"--no-exact", "--threads", "2"})).exit_code, 0);
  auto two = summary();
  for (auto* json : {&one, &two}) {
    json->erase("wall_s");
    (*json)["exact"].erase("wall_s");
  }
  EXPECT_EQ(one, two);
}

TEST_F(RunTest, LayersAndPowerTraceAddUpToTheSummary) {
  ASSERT_EQ(simulate(small({"--no-exact"})).exit_code, 0);
  const auto json = summary();
  double cycles = 0, energy = 0;
  const auto layers = rows_of(out() / "layers.csv");
  ASSERT_GT(layers.size(), 8u);
  for (auto row : layers) {
    cycles += std::stod(row["cycles"]);
    for (const auto& [column, value] : row)
      if (column.find("total") != std::string::npos && column.find("_j") != std::string::npos) energy += std::stod(value);
  }
  EXPECT_NEAR(cycles, json["cycles"], 0.5);
  EXPECT_NEAR(energy / json["energy_j"].get<double>(), 1, 1e-5);
}

/// Every value change of waves.vcd, checked for order; the scopes and one PE's signals are there and move.
TEST_F(RunTest, VcdHoldsBusArrayAndPes) {
  ASSERT_EQ(simulate(small({"--no-exact", "--vcd", "0:4000"})).exit_code, 0);
  std::istringstream lines(read_file(out() / "waves.vcd"));
  std::vector<std::string> scope;
  std::map<std::string, std::string> names;
  std::map<std::string, int> changes;
  long time = -1;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string first, second, width, code, name;
    words >> first;
    if (first == "$scope") words >> second >> name, scope.push_back(name);
    else if (first == "$upscope") scope.pop_back();
    else if (first == "$var") {
      words >> second >> width >> code >> name;
      for (auto part = scope.rbegin(); part != scope.rend(); ++part) name = *part + "." + name;
      names[code] = name;
    } else if (first[0] == '#') {
      ASSERT_GT(std::stol(first.substr(1)), time);
      time = std::stol(first.substr(1));
    } else if (first[0] == 'b') {
      words >> code;
      ++changes[names.at(code)];
    } else if (first[0] == '0' || first[0] == '1') {
      ++changes[names.at(first.substr(1))];
    }
  }
  EXPECT_EQ(time, 4000);
  EXPECT_GT(changes["machine.array.row0.pe0.weight_o"], 1);
  EXPECT_GT(changes["machine.array.row15.pe0.psum_o"], 10);
  EXPECT_GT(changes["machine.array.row3.pe15.activation_o"], 10);
  EXPECT_GT(changes["machine.array.state"], 2);
  EXPECT_GT(changes["machine.bus.valid"] + changes["machine.bus.address"], 10);
}

TEST_F(RunTest, OddShapesAndWideArrays) {
  for (const char* shape : {"1x1", "3x5", "9x70"}) {
    const std::string text = shape, rows = text.substr(0, text.find('x')), columns = text.substr(text.find('x') + 1);
    const ProcessResult result = simulate({"--scenario", "shapes_embedded", "--images", "1", "--no-exact", "--set",
                                           "array.rows=" + rows, "--set", "array.columns=" + columns});
    ASSERT_EQ(result.exit_code, 0) << shape << ": " << result.output;
    EXPECT_EQ(summary()["logit_mismatches"], 0) << shape;
  }
}

TEST_F(RunTest, TooFastAClockIsPointedOut) {
  ASSERT_EQ(simulate(small({"--no-exact", "--set", "array.clock=10 GHz"})).exit_code, 0);
  EXPECT_NE(read_file(out() / "report.txt").find("is shorter than the longest path of the PE"), std::string::npos);
}

TEST_F(RunTest, AScenarioThatWasWrittenRunsAgain) {
  ASSERT_EQ(simulate(small({"--no-exact"})).exit_code, 0);
  const auto first = summary();
  std::filesystem::copy_file(out() / "scenario.yaml", folder_ / "again.yaml");
  ASSERT_EQ(simulate({"--scenario", (folder_ / "again.yaml").string(), "--no-exact"}).exit_code, 0);
  EXPECT_EQ(summary()["energy_j"], first["energy_j"]);
}

TEST_F(RunTest, ANetlistFileIsAMultiplier) {
  ASSERT_EQ(run_process({TRAM_AXM, "export", "trunc4", "--format", "blif", "--out", (folder_ / "t4.blif").string()}).exit_code, 0);
  ASSERT_EQ(simulate(small({"--no-exact", "--multiplier", (folder_ / "t4.blif").string()})).exit_code, 0);
  EXPECT_EQ(summary()["logit_mismatches"], 0);
  EXPECT_EQ(summary()["multiplier"], "t4");
}

TEST_F(RunTest, CompensationGivesTheExactLogitsWhereTheErrorIsNone) {
  ASSERT_EQ(simulate(small({"--no-exact", "--set", "quantise.compensation=mean_error"})).exit_code, 0);
  const auto compensated = summary();
  ASSERT_EQ(simulate(small({"--no-exact"})).exit_code, 0);
  EXPECT_EQ(summary()["energy_j"], compensated["energy_j"]);
}

/// Ctrl-C: what is done is reported, nothing is half written, exit code 1.
TEST_F(RunTest, InterruptReportsWhatIsDone) {
  const std::string command = fmt::format(
      "timeout -s INT 6 {} --quiet --out {} --scenario shapes_embedded --images 500 --no-exact --threads 1", TRAM_SIM, out().string());
  const ProcessResult result = run_process({"sh", "-c", "exec " + command}, folder_);
  EXPECT_NE(result.output.find("interrupted after "), std::string::npos) << result.output;
  for (const auto& file : std::filesystem::directory_iterator(out()))
    EXPECT_EQ(file.path().string().find(".part"), std::string::npos) << file.path();
  const auto json = summary();
  EXPECT_GT(json["images"], 0);
  EXPECT_LT(json["images"], 500);
  EXPECT_EQ(json["logit_mismatches"], 0);
}

TEST_F(RunTest, RealDataEqualsGolden) {
  unsetenv("TRAM_DATA");
  if (const char* data = std::getenv("TRAM_TEST_DATA")) setenv("TRAM_DATA", data, 1);
  if (!std::filesystem::exists(data_folder() / "cifar-10-batches-bin" / "test_batch.bin"))
    GTEST_SKIP() << "real data not found in $TRAM_TEST_DATA or ~/.cache/tram-data";
  ASSERT_EQ(simulate({"--scenario", "resnet20_cifar10", "--images", "2", "--no-exact"}).exit_code, 0);
  const auto json = summary();
  EXPECT_EQ(json["network"], "resnet20_cifar10");
  EXPECT_EQ(json["logit_mismatches"], 0);
  EXPECT_EQ(json["top1"], json["golden_top1"]);
  EXPECT_EQ(json["macs"], 40551040);
}

}  // namespace
}  // namespace tram
