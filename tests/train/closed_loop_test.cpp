// From a trained network to the machine: what export_folder writes, tram_sim runs with the same result.
#include "train/export/export_folder.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "models/data/synthetic.hpp"
#include "models/multiplier/catalogue.hpp"
#include "models/quant/predicted_energy.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/npy.hpp"
#include "models/support/process.hpp"
#include "models/support/temporary_folder.hpp"
#include "tests/train/quantised_graphs.hpp"
#include "train/export/export_network.hpp"
#include "train/onednn/single_thread.hpp"
#include "train/quantised/quantised_layers.hpp"

namespace tram::train {
namespace {

constexpr int images = 20;

/// With weights and ranges moved a little from where training begins.
TrainedNetwork trained(const NetworkGraph& fp32, int bits = 8) {
  onednn::use_single_thread();
  const Shapes training(Split::train, 32);
  const QuantiseOptions options{.bits = bits, .images = 32};
  const NetworkGraph graph = prepare_graph(fp32, training, options);
  const std::vector<Affine> activations = calibrate_activations(graph, training, options);
  const auto network = make_quantised_network(graph, {.bits = bits}, 1);
  std::vector<float> values = initial_quantised_values(network->parameters(), graph, activations, {.bits = bits});
  RandomItem random(5, 0, 0);
  for (float& value : values) value *= 1 + 0.1F * (random.unit() - 0.5F);
  TrainedNetwork result = trained_network(network->parameters(), values, graph, activations, options);
  result.data = "shapes";
  return result;
}

MultiplierStructure named(const std::string& built_in, const std::string& name) {
  MultiplierStructure structure = find_structure(built_in).value();
  structure.name = name;
  return structure;
}

/// As a netlist without structure.
Netlist netlist(const std::string& built_in, const std::string& name) {
  Netlist result = find_multiplier(built_in);
  result.name = name;
  return result;
}

class ClosedLoop : public testing::Test {
 protected:
  std::filesystem::path exported() const { return folder_.path() / "exported"; }

  GoldenScore score(const TrainedNetwork& network, const std::vector<LayerMultiplierSource>& layers) const {
    const IntegerNetwork integers = quantise(network);
    const MultiplierChoice choice = choose_multipliers(integers, layers);
    return golden_score(integers, choice.assignment, choice.tables, Shapes(Split::test, images), 0, images, 2);
  }
  ProcessResult simulate(std::vector<std::string> options = {}) const {
    options.insert(options.begin(), {TRAM_SIM, "--scenario", (exported() / "scenario.yaml").string(), "--quiet",
                                     "--no-exact", "--out", (folder_.path() / "out").string()});
    return run_process(options, folder_.path());
  }
  nlohmann::json summary() const { return nlohmann::json::parse(read_file(folder_.path() / "out" / "summary.json")); }
  /// The machine gives the accuracy of golden inference, and its logits.
  void expect_loop_closes(const TrainedNetwork& network, const std::vector<LayerMultiplierSource>& layers) {
    const GoldenScore golden = score(network, layers);
    export_folder(exported(), network, layers, {.images = images, .score = golden, .liberty = "osu018"});
    const ProcessResult result = simulate();
    ASSERT_EQ(result.exit_code, 0) << result.output;
    const nlohmann::json json = summary();
    EXPECT_EQ(json["images"], images);
    EXPECT_EQ(json["top1"], golden.accuracy());
    EXPECT_EQ(json["logit_mismatches"], 0);
    EXPECT_EQ(json["network"], network.graph.name);
    EXPECT_NE(json["quantisation_note"].get<std::string>().find("Network quantised by its training on shapes"),
              std::string::npos);
    EXPECT_GT(json["multiplier_energy_j"], 0);
  }

  TemporaryFolder folder_;
};

TEST_F(ClosedLoop, OneTruncatedStructureForAllLayers) {
  const TrainedNetwork network = trained(trained_resnet8());
  const std::vector<LayerMultiplierSource> layers{{"linear", named("trunc6", "learnt")}};
  EXPECT_GT(score(network, layers).accuracy(), 0.5);
  expect_loop_closes(network, layers);
  EXPECT_EQ(summary()["multiplier"], "learnt.axm.json");
}

/// Recoded weights are other weights on exact multipliers.
TEST_F(ClosedLoop, NoExactMachineRunsBesideARecodedNetwork) {
  for (const bool recoded : {false, true}) {
    TrainedNetwork network = trained(trained_resnet8());
    if (recoded) network.notes[recoded_note] = "yes";
    add_prediction(network, {"osu018", 1.5e-12, 0.75});
    const std::filesystem::path exported = folder_.path() / (recoded ? "recoded" : "plain"), out = exported / "run";
    export_folder(exported, network, std::vector<LayerMultiplierSource>{{"linear", "trunc6"}},
                  {.images = 1, .liberty = "osu018"});
    const ProcessResult result = run_process(
        {TRAM_SIM, "--scenario", (exported / "scenario.yaml").string(), "--out", out.string()}, folder_.path());
    ASSERT_EQ(result.exit_code, 0) << result.output;
    EXPECT_EQ(result.output.find("its weights are codes chosen") != std::string::npos, recoded) << result.output;
    EXPECT_EQ(nlohmann::json::parse(read_file(out / "summary.json"))["exact"].is_null(), recoded);
    EXPECT_EQ(nlohmann::json::parse(read_file(out / "summary.json"))["predicted"]["joule_a_mac"], 1.5e-12);
    EXPECT_NE(result.output.find("predicted by training for its own multipliers in osu018"), std::string::npos);
  }
}

/// Codes of six bits on multipliers of eight.
TEST_F(ClosedLoop, MultipliersByLayerAndFewerBits) {
  const TrainedNetwork network = trained(trained_resnet8(), 6);
  expect_loop_closes(network, {{"linear", named("trunc5", "learnt")},
                               {"conv1", "exact"},
                               {"layer1.*, layer2.0.conv1", named("trunc6", "cheaper")},
                               {"layer3.0.conv2", netlist("trunc3", "other")}});
  const auto note = summary()["circuits_note"].get<std::string>();
  EXPECT_TRUE(
      note.starts_with("Multipliers by layer: exact in 1 layer, cheaper.axm.json in 3 layers, learnt.axm.json "
                       "in 3 layers, other.blif in 1 layer;"))
      << note;
}

TEST_F(ClosedLoop, ATransformer) {
  expect_loop_closes(trained(random_vit()), {{"linear", named("trunc6", "learnt")}, {"attention", "trunc3"}});
}

TEST_F(ClosedLoop, KeysThatContradictTheFileAreNamed) {
  export_folder(exported(), trained(trained_resnet8()), {}, {.images = 1, .liberty = "osu018"});
  const std::string file = (exported() / "network.safetensors").string();
  const auto expect_refused = [&](const std::string& key, const std::string& value, const std::string& trained_with) {
    const ProcessResult result = simulate({"--set", key + "=" + value});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.output, fmt::format("tram_sim: --set {0}: '{1}' with network_weights: {2}, whose quantisers were "
                                         "trained with '{3}'; that, or no {0} is expected\n",
                                         key, value, file, trained_with));
  };
  expect_refused("quantise.bits", "6", "8");
  expect_refused("quantise.codes", "signed", "unsigned");
  expect_refused("quantise.equalise", "no", "yes");
  expect_refused("quantise.images", "256", "32");
  expect_refused("network", "resnet20_cifar10", "resnet8_shapes");
  EXPECT_EQ(simulate({"--set", "quantise.bits=8", "--set", "quantise.images=32"}).exit_code, 0);
}

/// The scenario that a run leaves behind runs again.
TEST_F(ClosedLoop, TheScenarioAsItWasRunGivesTheSame) {
  export_folder(exported(), trained(trained_resnet8()), std::vector<LayerMultiplierSource>{{"linear", "trunc5"}},
                {.images = 2, .liberty = "osu018"});
  ASSERT_EQ(simulate().exit_code, 0);
  const nlohmann::json first = summary();
  const ProcessResult again = run_process({TRAM_SIM, "--scenario", (folder_.path() / "out" / "scenario.yaml").string(),
                                           "--quiet", "--no-exact", "--out", (folder_.path() / "again").string()},
                                          folder_.path());
  ASSERT_EQ(again.exit_code, 0) << again.output;
  const nlohmann::json second = nlohmann::json::parse(read_file(folder_.path() / "again" / "summary.json"));
  EXPECT_EQ(second["top1"], first["top1"]);
  EXPECT_EQ(second["multiplier_energy_j"], first["multiplier_energy_j"]);
  EXPECT_EQ(second["quantisation_note"], first["quantisation_note"]);
}

TEST_F(ClosedLoop, EveryFormOfAMultiplierHasItsTable) {
  const MultiplierStructure structure = named("trunc6", "learnt");
  export_folder(exported(), trained(trained_resnet8()), std::vector<LayerMultiplierSource>{{"linear", structure}}, {});
  const TruthTable table = truth_table(build_multiplier(structure));
  const auto file = [&](const char* ending) { return exported() / (std::string("learnt") + ending); };
  EXPECT_EQ(read_structure(file(".axm.json")), structure);
  EXPECT_EQ(truth_table(find_multiplier(file(".blif").string())).values, table.values);
  EXPECT_EQ(truth_table(find_multiplier(file(".v").string())).values, table.values);
  EXPECT_NE(read_file(file(".sv")).find("module learnt #("), std::string::npos);
  EXPECT_NE(read_file(file(".h")).find("int32_t learnt(int32_t a, int32_t b)"), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(file(".npy")));
}

TEST_F(ClosedLoop, BadExportsAreRefused) {
  const TrainedNetwork network = trained(trained_resnet8());
  const auto refusal = [&](const std::vector<LayerMultiplierSource>& layers) -> std::string {
    try {
      export_folder(exported(), network, layers, {});
    } catch (const InputError& error) {
      EXPECT_FALSE(std::filesystem::exists(exported()));
      return error.what();
    }
    return "none";
  };
  EXPECT_EQ(refusal({{"linear", named("trunc6", "a")}, {"conv1", named("trunc5", "a")}}),
            "multipliers: two different ones are called a; a name for each is expected");
  EXPECT_EQ(refusal({{"linear", named("trunc6", "exact")}}),
            "multipliers: the name 'exact'; up to 100 letters, digits, _, -, . or +, and not exact, are expected");
  EXPECT_EQ(refusal({{"linear", "trunc6_6x6"}}),
            "multipliers: trunc6_6x6 has unsigned operands of 6 x 6 bits; unsigned ones of 8 bits are expected");
  EXPECT_NE(refusal({{"conv9", "trunc6"}}).find("multipliers: 'conv9'; "), std::string::npos);
  EXPECT_NE(refusal({{"linear", "trunk6"}}).find("trunk6"), std::string::npos);
  const IntegerNetwork integers = quantise(network);
  const MultiplierChoice choice = choose_multipliers(integers, {});
  EXPECT_THROW(golden_score(integers, choice.assignment, choice.tables, Shapes(Split::test, 4), 2, 3, 1), InputError);
}

}  // namespace
}  // namespace tram::train
