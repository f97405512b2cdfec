#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "models/support/atomic_file.hpp"
#include "sim/report/report.hpp"
#include "tests/report/sample_run.hpp"
#include "tests/support/source_dir.hpp"

namespace tram {
namespace {

TEST(TextReport, EqualsTheCommittedOne) {
  EXPECT_EQ(text_report(sample_run()), read_file(TRAM_SOURCE_DIR "/tests/report/sample_report.txt"));
}

TEST(TextReport, FitsATerminalAndIsAscii) {
  std::istringstream in(text_report(sample_run()));
  for (std::string line; std::getline(in, line);) {
    EXPECT_LE(line.size(), 150u) << line;
    for (const char c : line) EXPECT_TRUE(c >= ' ' && c < 127) << line;
  }
}

TEST(TextReport, WarnsOfAClockTooFast) {
  RunResult run = sample_run();
  EXPECT_EQ(text_report(run).find("warning"), std::string::npos);
  run.machine.critical_path_s = 12.5e-9;
  EXPECT_NE(
      text_report(run).find("warning: a clock period of 10 ns is below the critical path of the PE with trunc6 in "
                            "osu018, 12.5 ns; it works up to 80 MHz\n"),
      std::string::npos);
}

TEST(TextReport, WarnsOfLogitsUnlikeTheGoldenOnes) {
  RunResult run = sample_run();
  run.exact.images[0].logits_equal = false;
  EXPECT_NE(text_report(run).find("warning: 1 image with multiplier exact differs from golden inference\n"),
            std::string::npos);
}

TEST(TextReport, SaysThatTrainingQuantisedTheNetwork) {
  RunResult run = sample_run();
  run.quantisation_note = "Network quantised by its training on shapes";
  EXPECT_NE(text_report(run).find("\nNetwork quantised by its training on shapes\n"), std::string::npos);
}

/// Under the measured energy of a MAC.
TEST(TextReport, SaysWhatTheTrainingPredicted) {
  RunResult run = sample_run();
  EXPECT_EQ(text_report(run).find("predicted by training"), std::string::npos);
  EXPECT_TRUE(nlohmann::json::parse(json_summary(run))["predicted"].is_null());
  run.predicted = PredictedEnergy{"/a/folder/of/some/length/asap7.lib", 2.5e-15, 0.25};
  const std::string report = text_report(run);
  const size_t line = report.find("predicted by training for its own multipliers in asap7.lib, no weight loads"),
               end = report.find('\n', line);
  ASSERT_NE(line, std::string::npos);
  EXPECT_TRUE(report.substr(line, end - line).ends_with(" 2.5 fJ   0.250")) << report.substr(line, end - line);
  const size_t heading = report.find("Energy a multiplication");
  EXPECT_EQ(end - line, report.find('\n', heading) - heading);
  const auto json = nlohmann::json::parse(json_summary(run))["predicted"];
  EXPECT_EQ(json["joule_a_mac"], 2.5e-15);
  EXPECT_EQ(json["ratio"], 0.25);
}

TEST(TextReport, SaysThatTheEmbeddedDataStandsIn) {
  RunResult run = sample_run();
  run.data_note = "CIFAR-10 was not found; the embedded set stands in";
  EXPECT_NE(text_report(run).find("\nCIFAR-10 was not found; the embedded set stands in\n"), std::string::npos);
}

TEST(TextReport, SaysWhatImagesGoThrough) {
  RunResult run = sample_run();
  EXPECT_EQ(text_report(run).find("Images: "), std::string::npos);
  run.preprocessing = "mean 0.5, 0.5, 0.5, deviation 0.25, 0.25, 0.25";
  EXPECT_NE(text_report(run).find("\nImages: mean 0.5, 0.5, 0.5, deviation 0.25, 0.25, 0.25\n"), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(json_summary(run))["preprocessing"], run.preprocessing);
}

TEST(TextReport, AloneTheExactMachineHasOneColumn) {
  RunResult run = sample_run();
  run.machine = run.exact;
  const std::string report = text_report(run);
  EXPECT_EQ(report.find(" ratio\n"), std::string::npos);
  EXPECT_NE(report.find("top-1 accuracy"), std::string::npos);
}

TEST(TextReport, LongNamesOfFilesKeepTheColumns) {
  RunResult run = sample_run();
  run.machine.multiplier = "/some/folder/an_extremely_long_multiplier_name.blif";
  EXPECT_NE(text_report(run).find(" ..g_multiplier_name.blif                    exact    ratio\n"), std::string::npos);
}

TEST(TextReport, ARunWithoutImagesIsStillAReport) {
  RunResult run = sample_run();
  run.machine.images.clear();
  run.has_exact = false;
  EXPECT_NE(text_report(run).find("0 images"), std::string::npos);
}

}  // namespace
}  // namespace tram
