// Several runs in one process give what the program writes for each.
#include "sim/app/run_scenario.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/process.hpp"
#include "models/support/temporary_folder.hpp"
#include "sim/config/command_line.hpp"
#include "sim/report/report.hpp"

namespace tram {
namespace {

using Json = nlohmann::json;
using Words = std::vector<std::string>;

/// Arguments of tram_sim: drawn shapes on a small array.
Words quick(const Words& more, const std::string& images = "2") {
  Words words = {
      "tram_sim", "--scenario",       "shapes_embedded", "--images",         images, "--set", "array.rows=16",
      "--set",    "array.columns=16", "--set",           "quantise.images=4"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

Scenario scenario_of(const Words& words) {
  std::vector<const char*> argv;
  for (const std::string& word : words) argv.push_back(word.c_str());
  return resolve(parse_command_line(static_cast<int>(argv.size()), argv.data()));
}

/// Without what no two runs have in common: times.
Json figures(const std::string& summary) {
  Json json = Json::parse(summary);
  json.erase("startup_s");
  json.erase("wall_s");
  if (!json["exact"].is_null()) json["exact"].erase("wall_s");
  return json;
}

Json figures_of_program(Words words) {
  const TemporaryFolder folder;
  words.front() = TRAM_SIM;
  const std::string out = (folder.path() / "out").string();
  words.insert(words.end(), {"--quiet", "--threads", "2", "--out", out});
  const ProcessResult done = run_process(words, folder.path());
  EXPECT_EQ(done.exit_code, 0) << done.output;
  return figures(read_file(out + "/summary.json"));
}

RunOptions two_threads() {
  RunOptions options;
  options.threads = 2;
  return options;
}

TEST(RunScenario, InALoopGivesWhatTheProgramWrites) {
  const Words runs[] = {quick({"--engine", "timing"}), quick({"--engine", "table", "--multiplier", "trunc6"}),
                        quick({"--engine", "table", "--set", "array.rows=8"}), quick({"--engine", "timing"})};
  for (const Words& words : runs)
    EXPECT_EQ(figures(json_summary(run_scenario(scenario_of(words), two_threads()))), figures_of_program(words))
        << words.back();
}

/// Neither images nor calibration decide what the machine does when: a transformer's zero points do, and its shapes.
TEST(RunScenario, TimingWithoutCalibrationHasTheCyclesOfTable) {
  for (const char* network : {"resnet8_shapes", "vit_shapes"})
    for (const char* codes : {"unsigned", "signed"}) {
      SCOPED_TRACE(std::string(network) + " " + codes);
      const auto cycles = [&](const char* engine) {
        const RunResult run = run_scenario(
            scenario_of(quick({"--engine", engine, "--no-exact", "--set", std::string("network=") + network, "--set",
                               std::string("quantise.codes=") + codes},
                              "1")),
            two_threads());
        std::vector<double> of_layers;
        for (const LayerResult& layer : run.machine.images.at(0).layers) of_layers.push_back(layer.cycles);
        return of_layers;
      };
      EXPECT_EQ(cycles("timing"), cycles("table"));
    }
}

TEST(RunScenario, AfterAnErrorRunsAsBefore) {
  const Scenario good = scenario_of(quick({"--engine", "timing"}));
  const Json before = figures(json_summary(run_scenario(good, two_threads())));
  Scenario missing = good;
  missing.network.weights = "no_such.safetensors";
  EXPECT_THROW(run_scenario(missing, two_threads()), InputError) << "in this process";
  Scenario small = good;
  small.outputs.bytes = 64;
  EXPECT_THROW(run_scenario(small, two_threads()), InputError) << "in a worker process";
  EXPECT_EQ(figures(json_summary(run_scenario(good, two_threads()))), before);
}

TEST(RunScenario, TellsHowFarEachMachineIs) {
  std::vector<std::string> steps;
  RunOptions options;
  options.progress = [&](const std::string& multiplier, int done, int images) {
    steps.push_back(fmt::format("{} {}/{}", multiplier, done, images));
  };
  run_scenario(scenario_of(quick({"--engine", "timing", "--multiplier", "trunc6"})), options);
  EXPECT_EQ(steps, (Words{"trunc6 0/2", "trunc6 1/2", "trunc6 2/2", "exact 0/2", "exact 1/2", "exact 2/2"}));
  steps.clear();
  options.exact_beside = false;
  run_scenario(scenario_of(quick({"--engine", "timing", "--multiplier", "trunc6"}, "1")), options);
  EXPECT_EQ(steps, (Words{"trunc6 0/1", "trunc6 1/1"}));
}

/// The worker that records knows how large the waves can be; its line arrives here.
TEST(RunScenario, BringsMessagesOfWorkers) {
  const TemporaryFolder folder;
  std::vector<std::string> lines;
  RunOptions options;
  options.waves = {0, 10, folder.path() / "waves.vcd", 1e9};
  options.message = [&](const std::string& line) { lines.push_back(line); };
  run_scenario(scenario_of(quick({"--engine", "timing"})), options);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_TRUE(lines[0].starts_with("--vcd: waves.vcd takes at most ")) << lines[0];
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "waves.vcd"));
  options.waves->most_bytes = 10;
  EXPECT_THROW(run_scenario(scenario_of(quick({"--engine", "timing"})), options), InputError);
}

TEST(RunScenario, AStopKeepsTheImagesDone) {
  int done = 0;
  RunOptions options;
  options.progress = [&](const std::string&, int images, int) { done = images; };
  options.stop = [&] { return done > 0; };
  const RunResult run = run_scenario(scenario_of(quick({"--engine", "timing"}, "2000")), options);
  EXPECT_GT(run.machine.images.size(), 0U);
  EXPECT_LT(run.machine.images.size(), 2000U);
  EXPECT_EQ(run.stopped_by, fmt::format("interrupted after {} of 2000 images", run.machine.images.size()));
  EXPECT_FALSE(run.has_exact);
}

}  // namespace
}  // namespace tram
