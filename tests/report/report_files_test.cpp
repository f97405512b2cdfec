#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "sim/report/report.hpp"
#include "tests/report/sample_run.hpp"

namespace tram {
namespace {

using Json = nlohmann::json;

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> result;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) result.push_back(line);
  return result;
}

TEST(JsonSummary, HasItsKeysAndUnits) {
  const Json json = Json::parse(json_summary(sample_run()));
  for (const char* key : {"scenario",    "images",    "top1",       "golden_top1", "logit_mismatches",
                          "cycles",      "latency_s", "macs",       "energy_j",    "multiplier_energy_j",
                          "power_w",     "engine",    "multiplier", "library",     "library_conditions",
                          "delay_model", "wall_s",    "startup_s",  "exact",       "units",
                          "network",     "data_set",  "data_note"})
    EXPECT_TRUE(json.contains(key)) << key;
  EXPECT_EQ(json["scenario"], "sample");
  EXPECT_EQ(json["images"], 2);
  EXPECT_EQ(json["top1"], 0.5);
  EXPECT_EQ(json["logit_mismatches"], 0);
  EXPECT_EQ(json["cycles"], 600);
  EXPECT_DOUBLE_EQ(json["latency_s"], 6e-6);
  EXPECT_NEAR(json["energy_j"].get<double>(), 103e-9, 1e-20);
  EXPECT_NEAR(json["multiplier_energy_j"].get<double>(), 20e-9, 1e-20);
  EXPECT_NEAR(json["exact"]["multiplier_energy_j"].get<double>(), 40e-9, 1e-20);
  EXPECT_EQ(json["exact"]["multiplier"], "exact");
  for (const auto& [key, value] : json.items())
    EXPECT_TRUE(!value.is_number() || key == "rows" || key == "columns" || json["units"].contains(key)) << key;
}

TEST(JsonSummary, WithoutValuesThereIsNoAccuracy) {
  RunResult run = sample_run();
  run.machine.has_values = false;
  for (ImageResult& image : run.machine.images) image.logits_equal = false;
  const Json json = Json::parse(json_summary(run));
  for (const char* key : {"top1", "golden_top1", "logit_mismatches"}) EXPECT_TRUE(json.at(key).is_null()) << key;
  EXPECT_EQ(json["exact"]["top1"], 0.5);
}

TEST(JsonSummary, HasTheStartUpTimeOfTheRun) {
  RunResult run = sample_run();
  run.startup_s = 1.25;
  EXPECT_EQ(Json::parse(json_summary(run))["startup_s"], 1.25);
  EXPECT_NE(text_report(run).find("\nStart-up: 1.25 s from the start of the run to the first layer\n"),
            std::string::npos);
}

TEST(JsonSummary, BothMachinesHaveTheSameFigures) {
  const Json json = Json::parse(json_summary(sample_run()));
  for (const auto& [key, value] : json["exact"].items()) EXPECT_TRUE(json.contains(key)) << key;
}

TEST(JsonSummary, WithoutAnExactMachineItIsNull) {
  RunResult run = sample_run();
  run.has_exact = false;
  EXPECT_TRUE(Json::parse(json_summary(run))["exact"].is_null());
  run.machine.multiplier = "exact";
  EXPECT_EQ(Json::parse(json_summary(run))["exact"]["multiplier"], "exact");
}

TEST(LayersCsv, OneRowALayerAndMachine) {
  RunResult run = sample_run();
  for (MachineResult* machine : {&run.machine, &run.exact})
    for (ImageResult& image : machine->images) image.layers[1].name = "block \"a\", conv";
  const std::vector<std::string> rows = lines(layers_csv(run));
  ASSERT_EQ(rows.size(), 5u);
  EXPECT_EQ(
      rows[0],
      "multiplier,layer,kind,layer_multiplier,m,k,n,macs,cycles,array_busy_cycles,fold_cycles,"
      "utilisation_percent,dram_bytes,sram_bytes,bank_wait_cycles,codes,weight_bits,activation_bits,"
      "stream_cycles,drain_cycles,weight_load_cycles,vector_cycles,dma_cycles,wait_cycles,"
      "multiplier_j,adder_j,registers_j,clock_j,array_leakage_j,accumulators_j,sram_j,dram_j,vector_unit_j,total_j");
  EXPECT_TRUE(
      rows[1].starts_with("trunc6,conv1,conv,trunc6,10,4,8,3200,400,100,200,25,4096,8192,10,unsigned,8,8,"
                          "100,0,0,200,0,100,"))
      << rows[1];
  EXPECT_EQ(rows[2].substr(0, 26), "trunc6,\"block \"\"a\"\", conv\"");
  EXPECT_EQ(rows[3].substr(0, 12), "exact,conv1,");
}

TEST(LayersCsv, NamesAreNoFormulas) {
  RunResult run = sample_run();
  for (MachineResult* machine : {&run.machine, &run.exact})
    for (ImageResult& image : machine->images) image.layers[0].name = "=1+1";
  EXPECT_EQ(lines(layers_csv(run))[1].substr(0, 15), "trunc6,\"'=1+1\",");
}

/// A machine whose engine has no energies of PEs.
RunResult timing_run() {
  RunResult run = sample_run();
  run.has_exact = false;
  run.machine.engine = "timing";
  run.machine.delay_model = "none";
  run.machine.has_values = run.machine.has_pe_energy = false;
  return run;
}

TEST(NotMeasured, IsNullInJson) {
  const Json json = Json::parse(json_summary(timing_run()));
  for (const char* key : {"energy_j", "multiplier_energy_j", "array_energy_j", "power_w", "tops_per_watt",
                          "sampled_energy_j", "sampled_interval_width", "sampled_share_of_pes"})
    EXPECT_TRUE(json.at(key).is_null()) << key;
  for (const auto& [component, joule] : json["energy_by_component_j"].items())
    EXPECT_EQ(joule.is_null(), component != "sram" && component != "dram" && component != "vector_unit") << component;
  EXPECT_NEAR(json["memory_energy_j"]["dram_background"].get<double>(), 2 * 2 * 1e-9, 1e-20);
  EXPECT_NEAR(json["energy_by_access_j"].get<double>(), 2 * 2 * (5e-9 + 6e-9 + 0.25e-9), 1e-20);
}

TEST(NotMeasured, IsEmptyInCsv) {
  const std::string layer = lines(layers_csv(timing_run()))[1];
  EXPECT_EQ(layer.substr(layer.find("8192,")), "8192,10,unsigned,8,8,100,0,0,200,0,100,,,,,,,1e-08,1.2e-08,5e-10,");
  const std::string window = lines(power_trace_csv(timing_run()))[1];
  EXPECT_EQ(window.substr(window.find("1e-06,")), "1e-06,,,,,,,0.005,0.006,0.00025,");
}

TEST(NotMeasured, IsSaidInTheReport) {
  const std::string text = text_report(timing_run());
  EXPECT_NE(text.find("PE energy: not measured by engine timing\n"), std::string::npos) << text;
  for (const char* row : {"\nenergy  ", "\nPE energy, with leakage", "\npower  ", "\nTOPS/W  "}) {
    const size_t at = text.find(row);
    ASSERT_NE(at, std::string::npos) << row;
    EXPECT_NE(text.substr(at, text.find('\n', at + 1) - at).find("not measured"), std::string::npos) << row;
  }
  EXPECT_NE(text.find("\nenergy by access, no PEs "), std::string::npos);
  EXPECT_EQ(text.find(" 0 J"), std::string::npos) << text;
}

TEST(PowerTraceCsv, MeanPowerOfEachWindow) {
  const std::vector<std::string> rows = lines(power_trace_csv(sample_run()));
  ASSERT_EQ(rows.size(), 5u);
  EXPECT_EQ(rows[0],
            "multiplier,start_s,length_s,multiplier_w,adder_w,registers_w,clock_w,array_leakage_w,accumulators_w,sram_"
            "w,dram_w,"
            "vector_unit_w,total_w");
  // 5 nJ in 1 us: 5 mW; in 2 us: 2.5 mW.
  const auto third_value = [](const std::string& row) {
    std::istringstream in(row);
    std::string value;
    for (int i = 0; i < 4; ++i) std::getline(in, value, ',');
    return std::stod(value);
  };
  EXPECT_NEAR(third_value(rows[1]), 5e-3, 1e-12);
  EXPECT_NEAR(third_value(rows[2]), 2.5e-3, 1e-12);
  EXPECT_NEAR(third_value(rows[3]), 10e-3, 1e-12);
}

class WriteReport : public testing::Test {
 protected:
  WriteReport() : folder_(std::filesystem::temp_directory_path() / ("tram_report_test." + std::to_string(getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~WriteReport() override { std::filesystem::remove_all(folder_); }

  std::vector<std::string> names() const {
    std::vector<std::string> result;
    for (const auto& entry : std::filesystem::directory_iterator(folder_))
      result.push_back(entry.path().filename().string());
    std::ranges::sort(result);
    return result;
  }

  std::filesystem::path folder_;
};

TEST_F(WriteReport, LeavesItsFilesAndNothingElse) {
  write_report(sample_run(), folder_);
  EXPECT_EQ(names(), (std::vector<std::string>{"layers.csv", "power_trace.csv", "report.txt", "summary.json"}));
  EXPECT_EQ(read_file(folder_ / "report.txt"), text_report(sample_run()));
}

TEST_F(WriteReport, AFaultyRunLeavesWhatWasThere) {
  write_report(sample_run(), folder_);
  const std::string before = read_file(folder_ / "summary.json");
  RunResult faulty = sample_run();
  faulty.machine.images[1].layers.pop_back();
  EXPECT_THROW(write_report(faulty, folder_), RunError);
  EXPECT_EQ(read_file(folder_ / "summary.json"), before);
  EXPECT_EQ(names().size(), 4u);
}

TEST_F(WriteReport, AMissingFolderIsBadInput) {
  EXPECT_THROW(write_report(sample_run(), folder_ / "not/there"), InputError);
}

}  // namespace
}  // namespace tram
