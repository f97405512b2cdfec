// tram_sim end to end: what it prints and writes.
#include "tests/system/program_fixture.hpp"

namespace tram {
namespace {

using RunTest = ProgramTest;

TEST_F(RunTest, EmbeddedDefaultSaysSoAndAgreesWithGolden) {
  const ProcessResult result = simulate(small({"--multiplier", "trunc6"}));
  ASSERT_EQ(result.exit_code, 0) << result.output;
  EXPECT_NE(result.output.find("running the embedded set shapes with resnet8_shapes"), std::string::npos)
      << result.output;
  EXPECT_NE(result.output.find("scripts/get_data"), std::string::npos);
  const auto json = summary();
  for (const char* key :
       {"scenario", "images", "top1", "golden_top1", "logit_mismatches", "cycles", "latency_s", "macs", "energy_j",
        "multiplier_energy_j", "power_w", "engine", "multiplier", "library", "delay_model", "wall_s", "exact"})
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
  EXPECT_NE(read_file(out() / "report.txt").find("is below the critical path of the PE"), std::string::npos);
}

TEST_F(RunTest, AScenarioThatWasWrittenRunsAgain) {
  ASSERT_EQ(simulate(small({"--no-exact"})).exit_code, 0);
  const auto first = summary();
  std::filesystem::copy_file(out() / "scenario.yaml", folder_ / "again.yaml");
  ASSERT_EQ(simulate({"--scenario", (folder_ / "again.yaml").string(), "--no-exact"}).exit_code, 0);
  EXPECT_EQ(summary()["energy_j"], first["energy_j"]);
}

/// The best exact multiplier of the library is named, with adder cells or, as the key says, without.
TEST_F(RunTest, NamesTheExactCircuit) {
  for (const auto& [adders, circuit] :
       {std::pair{"library", "Dadda tree of adder cells FAX1, HAX1"}, {"gates", "Dadda tree of gates"}}) {
    ASSERT_EQ(simulate(small({"--no-exact", "--set", std::string("technology.adders=") + adders})).exit_code, 0);
    const auto json = summary();
    EXPECT_TRUE(json["exact_circuit"].get<std::string>().starts_with(circuit)) << json["exact_circuit"];
    EXPECT_EQ(json["multipliers"].size(), 1u);
    EXPECT_EQ(json["multipliers"][0]["uniform_ratio"], 1);
    EXPECT_GT(json["multipliers"][0]["uniform_j"], json["multipliers"][0]["uniform_zero_delay_j"]);
  }
}

/// Whatever it is called, it is not taken for the exact one.
TEST_F(RunTest, ANetlistFileIsAMultiplier) {
  const std::string file = (folder_ / "exact.blif").string();
  ASSERT_EQ(run_process({TRAM_AXM, "export", "dadda_trunc8", "--format", "blif", "--out", file}).exit_code, 0);
  ASSERT_EQ(simulate(small({"--multiplier", file})).exit_code, 0);
  const auto json = summary();
  EXPECT_EQ(json["logit_mismatches"], 0);
  EXPECT_EQ(json["multiplier"], "exact.blif");
  EXPECT_EQ(json["exact"]["multiplier"], "exact");
  EXPECT_LT(json["multiplier_energy_j"], json["exact"]["multiplier_energy_j"]);
}

/// CIFAR-10 alone, without weights beside it.
TEST_F(RunTest, EmbeddedWeightsServeWhereTheDataFolderHasNone) {
  const char* home = getenv("HOME");
  const auto images = std::filesystem::path(home != nullptr ? home : "") / ".cache/tram-data/cifar-10-batches-bin";
  if (!std::filesystem::exists(images / "test_batch.bin")) GTEST_SKIP() << images << " is not there";
  std::filesystem::create_directories(folder_ / "no_data");
  std::filesystem::create_directory_symlink(images, folder_ / "no_data" / "cifar-10-batches-bin");
  const ProcessResult result = simulate({"--scenario", "resnet20_cifar10", "--images", "10", "--engine", "table",
                                         "--no-exact", "--set", "quantise.images=64"});
  ASSERT_EQ(result.exit_code, 0) << result.output;
  EXPECT_NE(result.output.find("embedded weights, which this project trained"), std::string::npos) << result.output;
  EXPECT_EQ(summary()["network"], "resnet20_cifar10");
  EXPECT_EQ(summary()["logit_mismatches"], 0);
  EXPECT_GE(summary()["top1"], 0.8);
}

/// Weights of sign and magnitude, narrower ones on a wider array too, with an approximate multiplier of the magnitudes.
TEST_F(RunTest, SignAndMagnitude) {
  const auto run = [&](std::vector<std::string> words) {
    for (const char* setting : {"quantise.codes=sign_magnitude", "quantise.weight_bits=5", "quantise.activation_bits=6",
                                "quantise.layer_bits=first=8x8, layer2.*=3x4"})
      words.insert(words.end(), {"--set", setting});
    const ProcessResult result = simulate(small(words));
    ASSERT_EQ(result.exit_code, 0) << result.output;
    EXPECT_EQ(summary()["logit_mismatches"], 0);
  };
  run({"--engine", "rtl", "--no-exact"});
  run({"--engine", "table", "--set", "cosim=100", "--multiplier", "dadda_trunc2", "--set", "array.width=layer"});
}

TEST_F(RunTest, CompensationGivesTheExactLogitsWhereTheErrorIsNone) {
  ASSERT_EQ(simulate(small({"--no-exact", "--set", "quantise.compensation=mean_error"})).exit_code, 0);
  const auto compensated = summary();
  ASSERT_EQ(simulate(small({"--no-exact"})).exit_code, 0);
  EXPECT_EQ(summary()["energy_j"], compensated["energy_j"]);
}

/// A signed netlist that does not say so is refused for unsigned codes, with what runs it either way.
TEST_F(RunTest, SignedNetlistsAreNotTakenForUnsignedOnes) {
  const std::filesystem::path file = folder_ / "m.blif";
  ASSERT_EQ(
      run_process({TRAM_AXM, "export", "exact_signed_array_8x8", "--format", "blif", "--out", file.string()}).exit_code,
      0);
  const std::string text = read_file(file);
  write_file(file, text.substr(text.find('\n') + 1));  // without the line that tells its sign
  const std::vector<std::string> run = small({"--engine", "table", "--no-exact", "--multiplier", file.string()});
  expect_refused(simulate(run), {"m.blif", "signed", "quantise.codes", "multiplier_signed"});
  const auto with = [&](const std::string& key) {
    std::vector<std::string> words = run;
    words.insert(words.end(), {"--set", key});
    return simulate(words);
  };
  EXPECT_EQ(with("quantise.codes=signed").exit_code, 0);
  EXPECT_EQ(summary()["top1"], summary()["golden_top1"]);
  const ProcessResult forced = with("multiplier_signed=no");
  EXPECT_EQ(forced.exit_code, 0);
  EXPECT_NE(forced.output.find("read as signed"), std::string::npos) << forced.output;  // what would be nearer
}

}  // namespace
}  // namespace tram
