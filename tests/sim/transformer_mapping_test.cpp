#include <gtest/gtest.h>

#include <map>
#include <set>

#include "models/quant/golden.hpp"
#include "models/quant/quantise.hpp"
#include "models/support/error.hpp"
#include "networks.hpp"
#include "program_interpreter.hpp"
#include "schedule_checker.hpp"
#include "tests/quant/random_dataset.hpp"
#include "tests/quant/small_graphs.hpp"
#include "transformer_network.hpp"

namespace tram::test {
namespace {

Program program_of(const IntegerNetwork& network, const Limits& limits, std::span<const int> circuits = {}) {
  return make_program(network, *make_dataflow(DataflowKind::weight_stationary), limits, circuits);
}

/// Room for everything on an array that needs few tiles; and the least that a small transformer can do with on others.
const Limits kRoomy{
    .rows = 16, .columns = 16, .weights = 1 << 16, .activations = 1 << 16, .outputs = 1 << 16, .dram = 1 << 20};
const Limits kLeast{
    .rows = 4, .columns = 4, .weights = 2 * (64 + 1088), .activations = 96, .outputs = 120, .dram = 1 << 20};

std::vector<uint8_t> image_for(const IntegerNetwork& network, std::mt19937& random) {
  return random_codes(static_cast<size_t>(network.tensors.front().bytes()), random);
}

void expect_golden_in_any_order(const IntegerNetwork& network, const Limits& limits, uint32_t seed) {
  std::mt19937 random(seed);
  const TruthTable table = random_table_for(network, seed);
  const std::vector<uint8_t> image = image_for(network, random);
  const std::vector<int32_t> golden = GoldenInference(network, table).run(image).logits;
  const Program program = program_of(network, limits);
  for (int order = 0; order < 3; ++order) {
    const Interpretation run = interpret(program, limits, {&table, 1}, image, golden.size(), random);
    ASSERT_EQ(run.logits, golden);
    ASSERT_EQ(run.products, network.macs());
  }
}

TEST(TransformerMapping, AnyLegalOrderOfTheUnitsGivesGoldenInference) {
  for (uint32_t seed = 0; seed < 4; ++seed) {
    TransformerOptions options;
    options.zero_probabilities = seed % 2 == 1;
    options.blocks = 1 + static_cast<int>(seed / 2);
    const IntegerNetwork network = random_transformer(options, seed);
    expect_golden_in_any_order(network, kRoomy, seed);
    expect_golden_in_any_order(network, kLeast, seed);
  }
}

/// So that no layer's errors can hide: the codes that each layer gives are many.
TEST(TransformerMapping, TheNetworkDoesNotSaturate) {
  for (const bool is_signed : {false, true}) {
    const IntegerNetwork network = random_transformer({.grid = 3, .signed_codes = is_signed}, 3);
    std::mt19937 random(4);
    const GoldenResult golden = GoldenInference(network, exact_table(8, 8, is_signed)).run(image_for(network, random));
    for (const IntegerStep& step : network.steps) {
      const std::vector<uint8_t>& codes = golden.tensors[static_cast<size_t>(step.output)];
      const std::set<uint8_t> different(codes.begin(), codes.end());
      EXPECT_GE(different.size(), std::min<size_t>(codes.size() / 3, 20)) << layer_name(step);
    }
  }
}

TEST(TransformerMapping, SignedCodes) {
  const IntegerNetwork network = random_transformer({.grid = 3, .signed_codes = true}, 5);
  expect_golden_in_any_order(network, kRoomy, 6);
  expect_golden_in_any_order(network, kLeast, 6);
}

TEST(TransformerMapping, EightBitsThroughout) {
  const IntegerNetwork network = random_transformer({.residual_bits = 8, .score_bits = 8}, 7);
  expect_golden_in_any_order(network, kRoomy, 8);
}

/// A causal mask, as the quantiser makes it: 16-bit scores and a constant tensor of 16-bit codes.
TEST(TransformerMapping, MaskedScores) {
  QuantiseOptions options;
  options.images = 4;
  const RandomDataset data({12, 12, 3}, 4);
  const IntegerNetwork network = quantise(with_causal_mask(small_transformer(4), -1e9F), data, options);
  Limits limits = kRoomy;
  limits.dram = 1 << 22;
  expect_golden_in_any_order(network, limits, 9);
}

TEST(TransformerMapping, SchedulesAreFreeOfRaces) {
  for (uint32_t seed = 10; seed < 13; ++seed) {
    const IntegerNetwork network = random_transformer({.grid = 2, .zero_probabilities = seed == 11}, seed);
    for (const Limits& limits : {kRoomy, kLeast}) {
      const std::vector<std::string> faults = check_schedule(program_of(network, limits), limits);
      EXPECT_TRUE(faults.empty()) << faults.size() << ": " << faults.front();
    }
  }
}

TEST(TransformerMapping, KeysAreReadTransposedAndValuesAsTheyLie) {
  const IntegerNetwork network = random_transformer({}, 20);
  std::set<std::string> transposed;
  for (const Command& command : program_of(network, kRoomy).commands)
    if (const auto* fold = std::get_if<FoldCommand>(&command.body); fold && fold->weights.transposed)
      transposed.insert(layer_name(network.steps[command.layer]));
  EXPECT_EQ(transposed, std::set<std::string>{"block0.scores"});
}

/// One head after the other: K^T of 5 keys x 8 channels stays in 8 x 5 PEs, 5 queries pass.
TEST(TransformerMapping, FoldsOfAnAttentionAreThoseOfItsHeads) {
  const IntegerNetwork network = random_transformer({}, 21);
  const Program program = program_of(network, kRoomy);
  std::map<std::string, std::vector<std::array<int, 3>>> folds;
  for (const Command& command : program.commands)
    if (const auto* fold = std::get_if<FoldCommand>(&command.body))
      folds[layer_name(network.steps[command.layer])].push_back({fold->rows, fold->columns, fold->m()});
  EXPECT_EQ(folds["block0.scores"], (std::vector<std::array<int, 3>>{{8, 5, 5}, {8, 5, 5}}));
  EXPECT_EQ(folds["block0.context"], (std::vector<std::array<int, 3>>{{5, 8, 5}, {5, 8, 5}}));
}

TEST(TransformerMapping, ColumnSumsAreTakenOnceAColumn) {
  for (const bool zero_probabilities : {false, true}) {
    const IntegerNetwork network = random_transformer({.grid = 3, .zero_probabilities = zero_probabilities}, 22);
    std::map<std::string, int64_t> summed;
    for (const Command& command : program_of(network, kLeast).commands)
      if (const auto* sums = std::get_if<ColumnParametersCommand>(&command.body))
        summed[layer_name(network.steps[command.layer])] += int64_t{sums->taps} * sums->columns;
    EXPECT_EQ(summed["block0.scores"], 2 * 8 * 10);
    EXPECT_EQ(summed["block0.context"], zero_probabilities ? 0 : 2 * 10 * 8);
  }
}

TEST(TransformerMapping, LayersUseTheirOwnCircuit) {
  std::mt19937 random(30);
  const IntegerNetwork network = random_transformer({.grid = 3}, 31);
  const std::vector<MultiplierRule> rules{{"linear", "a"}, {"*.scores", "b"}};
  const MultiplierAssignment assignment = assign_multipliers("multiplier", network, rules);
  std::vector<TruthTable> tables;
  for (size_t i = 0; i < assignment.multipliers.size(); ++i)
    tables.push_back(random_table_for(network, static_cast<uint32_t>(i)));
  ASSERT_EQ(tables.size(), 3U);  // a, b, and exact for the context
  const std::vector<uint8_t> image = image_for(network, random);
  const std::vector<int32_t> golden = GoldenInference(network, assignment, tables).run(image).logits;
  const Program program = program_of(network, kRoomy, assignment.of_step);
  EXPECT_EQ(interpret(program, kRoomy, tables, image, golden.size(), random).logits, golden);
}

std::string error_of(const IntegerNetwork& network, const Limits& limits) {
  try {
    program_of(network, limits);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(TransformerMapping, ConstantsThatDoNotFitAreNamed) {
  const IntegerNetwork network = random_transformer({}, 40);
  Limits limits = kLeast;
  limits.weights = 2 * (64 + 127);  // gamma and beta of 16 channels: 128 B
  EXPECT_EQ(error_of(network, limits),
            "memory.weights: 382 B are too small for layer 'block0.norm1', which needs at "
            "least 384 B (double buffered)");
  limits = kLeast;
  limits.weights -= 2 * (1088 - 1023);  // a table of 256 entries: 1024 B; exponentials of 12 bits: 1024 + 64 B
  EXPECT_EQ(error_of(network, limits),
            "memory.weights: 2174 B are too small for layer 'block0.softmax', which needs "
            "at least 2304 B (double buffered)");
}

}  // namespace
}  // namespace tram::test
