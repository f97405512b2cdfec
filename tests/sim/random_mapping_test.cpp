#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>

#include "models/quant/golden.hpp"
#include "models/support/error.hpp"
#include "networks.hpp"
#include "program_interpreter.hpp"
#include "random_network.hpp"
#include "schedule_checker.hpp"

namespace tram::test {
namespace {

/// The network's program, or nothing and the error when the memories are too small.
std::optional<Program> try_program(const IntegerNetwork& network, const Limits& limits, std::string& error,
                                   DataflowKind dataflow = DataflowKind::weight_stationary) {
  try {
    return make_program(network, *make_dataflow(dataflow), limits);
  } catch (const InputError& refused) {
    error = refused.what();
    return {};
  }
}

bool names_a_layer(const std::string& error, const IntegerNetwork& network) {
  return std::any_of(network.steps.begin(), network.steps.end(), [&](const IntegerStep& step) {
    return error.find("layer '" + layer_name(step) + "'") != std::string::npos;
  });
}

class RandomMappingOf : public testing::TestWithParam<NamedValue<DataflowKind>> {};

INSTANTIATE_TEST_SUITE_P(Dataflows, RandomMappingOf, testing::ValuesIn(names_of(DataflowKind{})),
                         [](const auto& each) { return std::string(each.param.name); });

TEST_P(RandomMappingOf, AnyLegalOrderOfTheUnitsGivesGoldenInference) {
  std::mt19937 random(11);
  const TruthTable table = random_table(12);
  int mapped = 0, refused = 0;
  for (int trial = 0; trial < 300; ++trial) {
    SCOPED_TRACE(trial);
    const IntegerNetwork network = random_network(random);
    const Limits limits = random_limits(random);
    std::string error;
    const std::optional<Program> program = try_program(network, limits, error, GetParam().value);
    if (!program) {
      ++refused;
      EXPECT_EQ(error.rfind("memory.", 0), 0U) << error;
      EXPECT_TRUE(names_a_layer(error, network) || error.find("all weights of network") != std::string::npos) << error;
      continue;
    }
    ++mapped;
    const auto image = random_codes(static_cast<size_t>(network.tensors.front().shape.size()), random);
    const std::vector<int32_t> golden = GoldenInference(network, table).run(image).logits;
    for (int order = 0; order < 3; ++order) {
      const Interpretation run = interpret(*program, limits, {&table, 1}, image, golden.size(), random);
      ASSERT_EQ(run.logits, golden);
      ASSERT_EQ(run.products, network.macs());
    }
  }
  EXPECT_GT(mapped, 100);
  EXPECT_GT(refused, 20);
}

TEST_P(RandomMappingOf, SchedulesAreFreeOfRaces) {
  std::mt19937 random(13);
  int checked = 0;
  for (int trial = 0; trial < 300; ++trial) {
    const IntegerNetwork network = random_network(random);
    const Limits limits = random_limits(random);
    std::string error;
    const std::optional<Program> program = try_program(network, limits, error, GetParam().value);
    if (!program || program->commands.size() > 1000) continue;  // the checker compares every pair
    ++checked;
    const std::vector<std::string> faults = check_schedule(*program, limits);
    EXPECT_TRUE(faults.empty()) << "trial " << trial << ": " << faults.front();
  }
  EXPECT_GT(checked, 100);
}

TEST(RandomMapping, TheInterpreterNoticesAMissingWait) {
  // Folds that do not wait for their operands read what is not there yet in some of the orders.
  std::mt19937 random(14);
  const TruthTable table = random_table(15);
  const IntegerNetwork network = small_residual_network(1);
  const Limits limits{.rows = 8, .columns = 4, .weights = 192, .activations = 256, .outputs = 336, .dram = 1 << 20};
  Program program = make_program(network, *make_dataflow(DataflowKind::weight_stationary), limits);
  const auto image = random_codes(9 * 7 * 3, random);
  const std::vector<int32_t> golden = GoldenInference(network, table).run(image).logits;
  ASSERT_EQ(interpret(program, limits, {&table, 1}, image, golden.size(), random).logits, golden);
  for (Command& command : program.commands)
    if (command.unit == Unit::array) command.wait[Unit::dma_in] = 0;
  EXPECT_NE(interpret(program, limits, {&table, 1}, image, golden.size(), random).logits, golden);
}

/// What a network of one vector layer in front of a linear layer is refused with.
std::string error_of(const VectorLayer& layer, FeatureShape in, FeatureShape out, int64_t activations,
                     int64_t outputs) {
  std::mt19937 random(16);
  IntegerNetwork network;
  network.name = "vector";
  GemmLayer last = random_conv("last", {1, 1, 1}, 1, 1, 1, 0, random);
  last.requantise.clear();
  network.tensors = {{in, {}}, {out, {}}, {last.in, {}}, {last.out, {}}};
  network.steps = {{layer, std::vector(extent(layer.parameters).inputs, 0), 1}, {last, {2}, 3}};
  std::string error;
  const Limits limits{
      .rows = 1, .columns = 1, .weights = 1024, .activations = activations, .outputs = outputs, .dram = 1 << 20};
  try_program(network, limits, error);
  return error;
}

TEST(RandomMapping, VectorLayersThatDoNotFitAreNamed) {
  const FeatureShape cube{2, 2, 2};
  const VectorLayer add{"sum", AddParameters{.count = 8}};
  EXPECT_EQ(error_of(add, cube, cube, 3, 16),
            "memory.activations: 3 B are too small for layer 'sum', which needs at least 4 B (double buffered)");
  EXPECT_EQ(error_of(add, cube, cube, 4, 1),
            "memory.outputs: 1 B are too small for layer 'sum', which needs at least 2 B (double buffered)");
  EXPECT_EQ(error_of(add, cube, cube, 4, 16), "");

  const VectorLayer pool{"mean", AveragePoolParameters{.in = {4, 5, 3}, .requantise = {1 << 30, 32}}};
  EXPECT_EQ(error_of(pool, {4, 5, 3}, {1, 1, 3}, 39, 16),
            "memory.activations: 39 B are too small for layer 'mean', which needs at least 40 B (double buffered)");
  EXPECT_EQ(error_of(pool, {4, 5, 3}, {1, 1, 3}, 40, 16), "");

  // An output row of the shortcut needs one input row: the rows that the stride skips are not loaded.
  const VectorLayer half{"half", SubsampleParameters{.in = {4, 4, 3}, .out = {2, 2, 5}, .stride = 2, .pad_before = 1}};
  EXPECT_EQ(error_of(half, {4, 4, 3}, {2, 2, 5}, 23, 64),
            "memory.activations: 23 B are too small for layer 'half', which needs at least 24 B (double buffered)");
  EXPECT_EQ(error_of(half, {4, 4, 3}, {2, 2, 5}, 24, 64), "");
  EXPECT_EQ(error_of(half, {4, 4, 3}, {2, 2, 5}, 24, 19),
            "memory.outputs: 19 B are too small for layer 'half', which needs at least 20 B (double buffered)");
}

}  // namespace
}  // namespace tram::test
