// tram_train to the end, and tram_sim on what it leaves: the loop as a user closes it.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "models/data/embedded/embedded.hpp"
#include "models/network/safetensors.hpp"
#include "models/support/atomic_file.hpp"
#include "tests/train/program_runs.hpp"

namespace tram::train {
namespace {

class WholeWay : public ProgramRuns {
 protected:
  void SetUp() override {
    if (find_program("yosys").empty()) GTEST_SKIP() << "yosys is not installed";
    write_file(folder_ / "resnet8.safetensors", embedded_weights("resnet8_shapes"));
  }

  /// Trains with four bits from the embedded weights; what is printed.
  std::string train(Arguments more) {
    more.insert(more.end(), {"--weights", (folder_ / "resnet8.safetensors").string(), "--bits", "4", "--calibrate",
                             "16", "--liberty", "osu018", "--recover-epochs", "1", "--recover-lr", "1e-3"});
    const ProcessResult training = run(small("out", more));
    EXPECT_EQ(training.exit_code, 0) << training.output;
    return training.output;
  }
  /// Runs the machine on the test images too, and returns its summary.
  nlohmann::json train_and_simulate(const Arguments& more) {
    const std::string text = train(more), before = "test accuracy ";
    const size_t at = text.rfind(before) + before.size();
    accuracy_ = text.substr(at, text.find('%', at) - at);
    const ProcessResult machine = run_process({TRAM_SIM, "--scenario", (folder_ / "out" / "scenario.yaml").string(),
                                               "--quiet", "--out", (folder_ / "run").string()});
    EXPECT_EQ(machine.exit_code, 0) << machine.output;
    return nlohmann::json::parse(read_file(folder_ / "run" / "summary.json"));
  }
  /// The machine has the trainer's accuracy on the same images, and needs what the training predicted, near enough.
  void expect_loop_closes(const nlohmann::json& summary) const {
    EXPECT_EQ(summary["images"], 64);
    EXPECT_EQ(summary["logit_mismatches"], 0);
    EXPECT_EQ(fmt::format("{:.2f} ", 100 * summary["top1"].get<double>()), accuracy_);
    ASSERT_FALSE(summary["predicted"].is_null());
    EXPECT_EQ(summary["predicted"]["library"], "osu018");
    const double measured = summary["multiplier_energy_j"].get<double>() / summary["macs"].get<double>();
    const double predicted = summary["predicted"]["joule_a_mac"];
    EXPECT_NEAR(measured, predicted, 0.25 * predicted);  // weight loads, other images
  }

  std::string accuracy_;
};

TEST_F(WholeWay, StructureCodesAndWeightsForLittleEnergy) {
  const nlohmann::json summary =
      train_and_simulate({"--method", "tram+", "--budget", ".7", "--correlated", "1", "--teacher", "1", "--temperature",
                          "2", "--activation-energy", ".1"});
  expect_loop_closes(summary);
  EXPECT_LT(summary["predicted"]["ratio"], 0.9);
  EXPECT_TRUE(summary["exact"].is_null());  // recoded
}

TEST_F(WholeWay, GatesThatWereSubstituted) {
  const nlohmann::json summary = train_and_simulate({"--method", "tram+", "--budget", ".6", "--substitute", "2"});
  expect_loop_closes(summary);
  EXPECT_EQ(summary["multiplier"], "multiplier.blif");
  EXPECT_LT(summary["predicted"]["ratio"], 0.75);
}

/// Without the machine, which would compile eight rows (closed_loop_test runs it with several multipliers).
TEST_F(WholeWay, AMultiplierForEachLayer) {
  const std::string text = train({"--method", "tram+", "--budget", ".7", "--tables", "layer-wise"});
  std::smatch found;
  ASSERT_TRUE(
      std::regex_search(text, found, std::regex("all layers: ([0-9.]+) with a circuit each, ([0-9.]+) with one")));
  const double own = std::stod(found[1]), gated = std::stod(found[2]);
  EXPECT_LE(own, 0.7 + 5e-4);  // as printed
  EXPECT_GT(own, 0.6);
  EXPECT_GE(gated, own);
  const std::string scenario = read_file(folder_ / "out" / "scenario.yaml");
  for (const char* expected : {"multiplier: 'conv1.axm.json'\nmultiplier_scope: 'conv1'\n", "linear=linear.axm.json"})
    EXPECT_NE(scenario.find(expected), std::string::npos) << scenario;
}

TEST_F(WholeWay, ExactMultipliersAndCheapActivations) {
  const nlohmann::json summary = train_and_simulate({"--method", "qat", "--activation-energy", ".1"});
  expect_loop_closes(summary);
  EXPECT_EQ(summary["predicted"]["ratio"], 1);
}

TEST_F(WholeWay, ColumnsOfATree) {
  const nlohmann::json summary = train_and_simulate({"--method", "tram", "--tree", "dadda", "--explore-epochs", "1"});
  expect_loop_closes(summary);
  EXPECT_EQ(summary["multiplier"], "multiplier.axm.json");
}

TEST_F(WholeWay, AnotherNetworkTeaches) {
  const std::string own = (folder_ / "resnet8.safetensors").string(), other = (folder_ / "vit.safetensors").string();
  write_file(other, embedded_weights("vit_shapes"));
  const auto taught_by = [&](const std::string& name, Arguments teacher) {
    teacher.insert(teacher.end(), {"--method", "qat", "--weights", own, "--calibrate", "16", "--liberty", "osu018",
                                   "--recover-epochs", "1", "--teacher", "1", "--temperature", "2"});
    const ProcessResult result = run(small(name, teacher));
    EXPECT_EQ(result.exit_code, 0) << result.output;
    return SafeTensors(folder_ / name / "recover" / "values.safetensors").read("conv1.weight").data;
  };
  const std::vector<float> by_itself = taught_by("itself", {});
  EXPECT_EQ(taught_by("named", {"--teacher-network", "resnet8_shapes", "--teacher-weights", own}), by_itself);
  EXPECT_NE(taught_by("other", {"--teacher-network", "vit_shapes", "--teacher-weights", other}), by_itself);
}

TEST_F(WholeWay, AnUnknownTreeOrLibraryIsNamedBeforeTheWork) {
  EXPECT_EQ(run(small("out", {"--method", "tram", "--tree", "oak"})).output,
            "tram_train: --tree: 'oak'; one of array, wallace, dadda is expected\n");
  const ProcessResult result = run(small("other", {"--method", "qat", "--liberty", "nowhere.lib"}));
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.output.find("nowhere.lib"), std::string::npos) << result.output;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "other" / "fp32"));
}

}  // namespace
}  // namespace tram::train
