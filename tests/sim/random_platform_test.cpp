#include <gtest/gtest.h>

#include <limits>
#include <optional>

#include "models/quant/golden.hpp"
#include "models/support/error.hpp"
#include "networks.hpp"
#include "random_network.hpp"
#include "reference_engine.hpp"
#include "sim/machine/machine.hpp"
#include "sim/machine/worker_process.hpp"
#include "sim/mapping/program.hpp"

namespace tram::test {
namespace {

template <typename T>
T one_of(std::mt19937& random, std::initializer_list<T> values) {
  return values.begin()[random() % values.size()];
}

bool fits(const IntegerNetwork& network, DataflowKind dataflow, const Limits& limits) {
  try {
    make_program(network, *make_dataflow(dataflow), limits);
    return true;
  } catch (const InputError&) {
    return false;
  }
}

/// Every parameter of the platform that has to do with time, from the least to generous.
Scenario random_scenario(const Limits& limits, std::mt19937& random) {
  Scenario s;
  s.array.rows = limits.rows;
  s.array.columns = limits.columns;
  s.array.weight_load = one_of(random, {WeightLoading::exposed, WeightLoading::hidden});
  s.array.clock_hz = one_of(random, {1e6, 100e6, 333e6, 1e9});
  s.dram.bytes = limits.dram;
  s.dram.name = one_of<const char*>(random, {"lpddr4_3200", "lpddr5_6400", "ddr4_2400", "hbm2"});
  s.dram.simple = one_of(random, {false, true});
  s.dram.latency_s = one_of(random, {0.0, 55.5e-9, 1e-6});
  s.dram.bandwidth = one_of(random, {50e6, 6.4e9, std::numeric_limits<double>::infinity()});
  s.dram.burst_bytes = one_of(random, {1, 32, 64});
  s.weights.bytes = limits.weights;
  s.activations.bytes = limits.activations;
  s.outputs.bytes = limits.outputs;
  s.mapping.tensors = limits.tensors_on_chip ? TensorPlaces::on_chip : TensorPlaces::dram;
  s.mapping.weights = limits.weights_on_chip ? WeightPlaces::resident : WeightPlaces::streamed;
  for (Scenario::Scratchpad* scratchpad : {&s.weights, &s.activations, &s.outputs}) {
    scratchpad->port_bytes = one_of(random, {1, 3, 64});
    scratchpad->latency_cycles = one_of(random, {0, 1, 7});
  }
  s.bus = {.width_bytes = one_of(random, {1, 16, 128}), .latency_cycles = one_of(random, {0, 2, 9})};
  s.dma = {.max_burst_bytes = one_of(random, {1, 24, 256}),
           .setup_cycles = one_of(random, {0, 8}),
           .outstanding = one_of(random, {1, 2, 5})};
  s.vector.lanes = one_of(random, {1, 16});
  s.vector.latency_cycles = one_of(random, {0, 4});
  s.host = {.issue_cycles = one_of(random, {0, 4, 100}), .queue_commands = one_of(random, {1, 2, 16})};
  s.report.power_window_cycles = one_of(random, {100, 1000});
  return s;
}

class RandomPlatform : public testing::TestWithParam<uint32_t> {};

/// A random network on a random platform that holds it: bit for bit golden, and the same again after another image.
TEST_P(RandomPlatform, EqualsGoldenInferenceWhateverTheTiming) {
  std::mt19937 random(GetParam());
  const IntegerNetwork network = random_network(random);
  Limits limits = random_limits(random);
  const std::span<const NamedValue<DataflowKind>> dataflows = names_of(DataflowKind{});
  const DataflowKind dataflow = dataflows[GetParam() % dataflows.size()].value;
  for (int trial = 0; !fits(network, dataflow, limits); ++trial) {
    ASSERT_LT(trial, 1000);
    limits = random_limits(random);
  }
  const TruthTable table = random_table(GetParam() + 1000);
  const GoldenInference golden(network, table);
  Scenario scenario = random_scenario(limits, random);
  scenario.array.dataflow = dataflow;
  ReferenceEngine engine(scenario.array.holds_activations() ? transposed(table) : table);
  Machine machine(scenario, network, engine);

  const auto size = static_cast<size_t>(network.tensors.front().shape.size());
  const auto first = random_codes(size, random), second = random_codes(size, random);
  const ImageRun run = machine.run(first);
  EXPECT_EQ(run.result.logits, golden.run(first).logits);
  EXPECT_EQ(machine.run(second).result.logits, golden.run(second).logits);
  EXPECT_EQ(pack(machine.run(first)), pack(run));

  double cycles = 0, products = 0;
  for (const LayerResult& layer : run.result.layers) {
    EXPECT_EQ(layer.cycle_parts.total(), layer.cycles) << layer.name;
    EXPECT_LE(layer.cycle_parts.stream + layer.cycle_parts.drain + layer.cycle_parts.weight_load,
              layer.array_busy_cycles)
        << layer.name;
    cycles += layer.cycles;
    products += layer.energy.multiplier / ReferenceEngine::kJoulesPerProduct;
  }
  EXPECT_EQ(cycles, static_cast<double>(run.result.cycles));
  EXPECT_NEAR(products, static_cast<double>(network.macs()), 1e-6 * products);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomPlatform, testing::Range(0U, 200U));

}  // namespace
}  // namespace tram::test
