// What a run says and writes, and that its figures agree with each other.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "models/data/dataset.hpp"
#include "models/support/atomic_file.hpp"
#include "tests/system/program.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using Rows = std::vector<std::map<std::string, std::string>>;

Json summary_in(const fs::path& folder) { return Json::parse(read_file(folder / "summary.json")); }

/// The rows of one multiplier in a CSV file, by column; no field here has a comma in it.
Rows rows_of(const fs::path& file, const std::string& multiplier) {
  std::istringstream lines(read_file(file));
  std::vector<std::string> columns;
  Rows rows;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::vector<std::string> values;
    for (std::string value; std::getline(fields, value, ',');) values.push_back(value);
    if (columns.empty()) {
      columns = values;
      continue;
    }
    EXPECT_EQ(values.size(), columns.size()) << line;
    if (values.size() != columns.size() || values[0] != multiplier) continue;
    rows.emplace_back();
    for (size_t i = 0; i < columns.size(); ++i) rows.back()[columns[i]] = values[i];
  }
  return rows;
}

double sum(const Rows& rows, const std::string& column) {
  double total = 0;
  for (const auto& row : rows) total += std::stod(row.at(column));
  return total;
}

void expect_close(double actual, double expected, const std::string& what) {
  EXPECT_NEAR(actual, expected, 1e-9 * std::abs(expected)) << what;
}

/// Layers add up to the totals of one machine.
void expect_layers_add_up(const fs::path& out, const Json& figures) {
  const Rows layers = rows_of(out / "layers.csv", figures["multiplier"]);
  ASSERT_EQ(layers.size(), 14u);  // of resnet8
  for (const char* column : {"macs", "cycles"}) expect_close(sum(layers, column), figures[column], column);
  expect_close(sum(layers, "total_j"), figures["energy_j"], "energy_j");
  for (const auto& [component, joules] : figures["energy_by_component_j"].items())
    expect_close(sum(layers, component + "_j"), joules, component);
  expect_close(figures["energy_j"].get<double>() / figures["latency_s"].get<double>(), figures["power_w"], "power_w");
  expect_close(figures["cycles"].get<double>() / figures["clock_hz"].get<double>(), figures["latency_s"], "latency_s");
}

/// Power times time of the trace is the energy of the one image, and its windows touch.
void expect_trace_integrates(const fs::path& out, const Json& figures) {
  const Rows windows = rows_of(out / "power_trace.csv", figures["multiplier"]);
  ASSERT_GT(windows.size(), 10u);
  double end = 0, energy = 0;
  for (const auto& window : windows) {
    EXPECT_NEAR(std::stod(window.at("start_s")), end, 1e-12);
    const double length = std::stod(window.at("length_s"));
    end = std::stod(window.at("start_s")) + length;
    energy += length * std::stod(window.at("total_w"));
  }
  expect_close(end, figures["latency_s"], "end of the trace");
  expect_close(energy, figures["energy_j"], "energy of the trace");
}

TEST(Results, FiguresOfBothMachinesAgreeWithEachOther) {
  const TemporaryFolder folder;
  TramSim program(folder.path());
  const ProgramResult result = program.run(quick_run({"--multiplier", "trunc6"}));
  ASSERT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_EQ(result.errors,
            "tram_sim: /nonexistent/cifar-10-batches-bin/test_batch.bin is not there: running the "
            "embedded set shapes with resnet8_shapes instead; scripts/get_data fetches the real data\n");
  EXPECT_EQ(result.output, "");
  const Json summary = summary_in(program.out);
  for (const Json* figures : {&summary, &summary["exact"]}) {
    for (const char* key :
         {"images", "top1", "golden_top1", "logit_mismatches", "cycles", "latency_s", "macs", "energy_j",
          "multiplier_energy_j", "power_w", "engine", "multiplier", "library", "delay_model", "wall_s"})
      EXPECT_TRUE(figures->contains(key)) << key;
    EXPECT_EQ((*figures)["logit_mismatches"], 0);
    EXPECT_EQ((*figures)["top1"], (*figures)["golden_top1"]);
    EXPECT_EQ((*figures)["delay_model"], "library");
    expect_layers_add_up(program.out, *figures);
    expect_trace_integrates(program.out, *figures);
  }
  EXPECT_LT(summary["multiplier_energy_j"], summary["exact"]["multiplier_energy_j"]);
  EXPECT_LT(summary["energy_j"], summary["exact"]["energy_j"]);
}

TEST(Results, AreTheSameFromAnotherFolderAndWithMoreThreads) {
  const TemporaryFolder folder;
  TramSim program(folder.path());
  std::vector<Json> summaries;
  fs::create_directories(folder.path() / "deep/er");
  for (const auto& [current, threads] : {std::pair{folder.path(), 1}, {folder.path() / "deep/er", 2}}) {
    program.current_folder = current;
    ASSERT_EQ(program.run(quick_run({"--multiplier", "trunc6"}, {.images = 3, .threads = threads})).exit_code, 0);
    Json summary = summary_in(program.out);
    for (Json* figures : {&summary, &summary["exact"]}) figures->erase("wall_s");
    summary.erase("startup_s");
    summaries.push_back(summary);
  }
  EXPECT_EQ(summaries[0], summaries[1]);
}

/// Each image on its own has the energy it has among others: the machine starts each one from reset.
TEST(Results, DoNotDependOnTheImagesBefore) {
  const TemporaryFolder folder;
  TramSim program(folder.path());
  double alone = 0;
  for (const char* first : {"0", "1"}) {
    ASSERT_EQ(program.run(quick_run({"--first-image", first})).exit_code, 0);
    alone += summary_in(program.out)["energy_j"].get<double>() / 2;
  }
  ASSERT_EQ(program.run(quick_run({}, {.images = 2})).exit_code, 0);
  expect_close(summary_in(program.out)["energy_j"], alone, "mean energy");
}

TEST(Results, ReportFitsATerminalAndNamesItsModels) {
  const TemporaryFolder folder;
  TramSim program(folder.path());
  const ProgramResult result =
      program.run(quick_run({"--multiplier", "trunc6", "--set", "array.clock=10 GHz"}, {.quiet = false}));
  ASSERT_EQ(result.exit_code, 0) << result.errors;
  const std::string report = read_file(program.out / "report.txt");
  EXPECT_TRUE(result.output.starts_with(report));
  for (const char* text : {"with the library's delays; stimulus", "PE clock: the registers that hold something new",
                           "clock tree above the gates", "Energy by access: ",
                           "warning: a clock period of 100 ps is below the critical path of the PE"})
    EXPECT_NE(report.find(text), std::string::npos) << text << " in\n" << report;
  std::istringstream lines(report);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 150u) << line;
}

TEST(Results, RealImagesEqualGolden) {
  const fs::path data = data_folder();
  if (!fs::exists(data / "cifar-10-batches-bin/data_batch_1.bin") ||
      !fs::exists(data / "weights/resnet20_cifar10.safetensors"))
    GTEST_SKIP() << "real data not found in $TRAM_DATA or ~/.cache/tram-data";
  const TemporaryFolder folder;
  TramSim program(folder.path());
  program.environment["TRAM_DATA"] = data;
  const ProgramResult result = program.run({"--scenario", "resnet20_cifar10", "--images", "2", "--quiet"});
  ASSERT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_EQ(result.errors, "");
  const Json summary = summary_in(program.out);
  EXPECT_EQ(summary["network"], "resnet20_cifar10");
  EXPECT_EQ(summary["data_set"], "cifar10");
  EXPECT_EQ(summary["images"], 2);
  EXPECT_EQ(summary["logit_mismatches"], 0);
  EXPECT_EQ(summary["top1"], summary["golden_top1"]);
  EXPECT_EQ(summary["macs"], 40551040);
}

}  // namespace
}  // namespace tram
