#include <gtest/gtest.h>

#include <map>

#include "models/quant/golden.hpp"
#include "networks.hpp"
#include "reference_engine.hpp"
#include "sim/machine/machine.hpp"
#include "sim/machine/worker_process.hpp"
#include "transformer_network.hpp"

namespace tram::test {
namespace {

struct Case {
  const char* name;
  TransformerOptions options;
  int rows, columns;
  int64_t weights, activations, outputs;
};

Scenario scenario_of(const Case& c) {
  Scenario scenario;
  scenario.array.rows = c.rows;
  scenario.array.columns = c.columns;
  scenario.weights.bytes = c.weights;
  scenario.activations.bytes = c.activations;
  scenario.outputs.bytes = c.outputs;
  return scenario;
}

std::vector<uint8_t> image_for(const IntegerNetwork& network, uint32_t seed) {
  std::mt19937 random(seed);
  return random_codes(static_cast<size_t>(network.tensors.front().bytes()), random);
}

class TransformerPlatform : public testing::TestWithParam<Case> {};

/// Bit for bit golden, and the same again after another image.
TEST_P(TransformerPlatform, EqualsGoldenInference) {
  const IntegerNetwork network = random_transformer(GetParam().options, 1);
  const TruthTable table = random_table_for(network, 2);
  const GoldenInference golden(network, table);
  ReferenceEngine engine(table);
  Machine machine(scenario_of(GetParam()), network, engine);
  const std::vector<uint8_t> first = image_for(network, 3), second = image_for(network, 4);
  const ImageRun run = machine.run(first);
  EXPECT_EQ(run.result.logits, golden.run(first).logits);
  EXPECT_EQ(machine.run(second).result.logits, golden.run(second).logits);
  EXPECT_EQ(pack(machine.run(first)), pack(run));

  double products = 0, cycles = 0;
  for (const LayerResult& layer : run.result.layers) {
    products += layer.energy.multiplier / ReferenceEngine::kJoulesPerProduct;
    cycles += layer.cycles;
  }
  EXPECT_NEAR(products, static_cast<double>(network.macs()), 1e-6 * products);
  EXPECT_EQ(cycles, static_cast<double>(run.result.cycles));
}

INSTANTIATE_TEST_SUITE_P(
    Machines, TransformerPlatform,
    testing::Values(
        Case{"Roomy8x8", {}, 8, 8, 1 << 16, 1 << 16, 1 << 16},
        Case{"Least4x4", {.grid = 3, .blocks = 2}, 4, 4, 2 * (64 + 1088), 96, 120},
        Case{"Signed", {.grid = 3, .signed_codes = true}, 4, 4, 4096, 512, 512},
        Case{"EightBits", {.residual_bits = 8, .score_bits = 8, .zero_probabilities = true}, 8, 4, 4096, 512, 512},
        Case{"Wide",
             {.grid = 7, .heads = 3, .width = 48, .hidden = 96, .classes = 10, .blocks = 2},
             16,
             16,
             8192,
             4096,
             4096}),
    [](const testing::TestParamInfo<Case>& test) { return test.param.name; });

/// Two circuits: each sees its own layers' products only, and their energies meet in the layers' results.
TEST(TransformerCircuits, LayersRunOnTheirOwn) {
  const IntegerNetwork network = random_transformer({}, 5);
  const std::vector<MultiplierRule> rules{{"linear", "approximate"}};
  const MultiplierAssignment assignment = assign_multipliers("multiplier", network, rules);
  ASSERT_EQ(assignment.multipliers, (std::vector<std::string>{"approximate", "exact"}));
  const std::vector<TruthTable> tables{random_table_for(network, 6), exact_table()};
  ReferenceEngine approximate(tables[0]), exact(tables[1]);
  Machine machine(scenario_of({"", {}, 8, 8, 1 << 16, 1 << 16, 1 << 16}), network,
                  LayerEngines{{&approximate, &exact}, assignment.of_step});
  const std::vector<uint8_t> image = image_for(network, 7);
  EXPECT_EQ(machine.run(image).result.logits, GoldenInference(network, assignment, tables).run(image).logits);

  const auto macs = [](const ReferenceEngine& engine) {
    int64_t sum = 0;
    for (const ReferenceEngine::Seen& fold : engine.seen) sum += int64_t{fold.rows} * fold.columns * fold.m;
    return sum;
  };
  const int64_t attention = 2 * 2 * 5 * 5 * 8;  // scores and context of 2 heads of 8 channels, 5 tokens
  EXPECT_EQ(macs(exact), attention);
  EXPECT_EQ(macs(approximate), network.macs() - attention);
}

/// What each layer moves through DRAM when everything fits: its operands, constants and results, once.
TEST(TransformerTraffic, IsWhatTheScheduleMoves) {
  Scenario scenario = scenario_of({"", {}, 64, 64, 1 << 16, 1 << 16, 1 << 16});
  scenario.mapping.tensors = TensorPlaces::dram;
  scenario.dram.simple = true;
  scenario.dram.burst_bytes = 1;
  const IntegerNetwork network = random_transformer({}, 8);
  ReferenceEngine engine(random_table_for(network, 9));
  Machine machine(scenario, network, engine);
  const ImageRun run = machine.run(image_for(network, 10));
  std::map<std::string, double> bytes;
  for (const LayerResult& layer : run.result.layers) bytes[layer.name] = layer.dram_bytes;
  const double tokens = 5, width = 16, heads = 2;
  EXPECT_EQ(bytes["prepend"], 2 * tokens * width);
  EXPECT_EQ(bytes["positions"], tokens * width * (1 + 1 + 2));
  EXPECT_EQ(bytes["block0.norm1"], 2 * 4 * width + tokens * width * (2 + 1));
  EXPECT_EQ(bytes["block0.qkv"], tokens * width + 3 * width * (width + 16) + tokens * 3 * width);
  // Scores have 12 bits: a row of 5 takes 7.5 B, three positions in a piece of the softmax 22.5 B, the last one 7.5 B.
  EXPECT_EQ(bytes["block0.scores"], 2 * tokens * width + tokens * heads * 8);
  EXPECT_EQ(bytes["block0.softmax"], 4 * (256 + 16) + (3 * 23 + 8) + tokens * heads * tokens);
  EXPECT_EQ(bytes["block0.context"], tokens * heads * tokens + 2 * tokens * width);
  EXPECT_EQ(bytes["block0.act"], 4 * 256 + 2 * tokens * 24);
  EXPECT_EQ(bytes["class_token"], 2 * 2 * width);
  EXPECT_EQ(bytes["half"], width);
}

/// Energy of the vector unit by layer: its operations by hand.
TEST(TransformerVectorUnit, CountsTheOperationsOfItsDatasheet) {
  Scenario scenario = scenario_of({"", {}, 64, 64, 1 << 16, 1 << 16, 1 << 16});
  scenario.vector.energy_per_operation = 1;
  const IntegerNetwork network = random_transformer({}, 11);
  ReferenceEngine engine(random_table_for(network, 12));
  Machine machine(scenario, network, engine);
  const ImageRun run = machine.run(image_for(network, 13));
  std::map<std::string, double> operations;
  for (const LayerResult& layer : run.result.layers) operations[layer.name] = layer.energy.vector_unit;
  EXPECT_DOUBLE_EQ(operations["positions"], 5 * 16);
  EXPECT_DOUBLE_EQ(operations["block0.norm1"], 5 * (4 * 16 + 64));
  EXPECT_DOUBLE_EQ(operations["block0.softmax"], 5 * 2 * (4 * 5 + 32));
  EXPECT_DOUBLE_EQ(operations["block0.scores"], 5 * 2 * 5 + 2 * (8 + 1) * 5);
  EXPECT_DOUBLE_EQ(operations["block0.context"], 5 * 16 + 2 * (5 + 1) * 8);
  EXPECT_DOUBLE_EQ(operations["block0.act"], 5 * 24);
  EXPECT_DOUBLE_EQ(operations["class_token"], 0);
  EXPECT_DOUBLE_EQ(operations["half"], 0);
}

}  // namespace
}  // namespace tram::test
