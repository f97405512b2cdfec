#include <gtest/gtest.h>

#include <random>
#include <set>

#include "address_sanitizer.hpp"
#include "models/quant/golden.hpp"
#include "models/support/error.hpp"
#include "networks.hpp"
#include "reference_engine.hpp"
#include "sim/machine/machine.hpp"
#include "sim/machine/worker_process.hpp"

namespace tram::test {
namespace {

/// An array and scratchpads, as small as the small residual network allows or larger.
struct Shape {
  int rows, columns;
  int64_t weights, activations, outputs;
};

std::string name_of(const testing::TestParamInfo<Shape>& test) {
  const Shape& s = test.param;
  return fmt::format("{}x{}_{}_{}_{}", s.rows, s.columns, s.weights, s.activations, s.outputs);
}

Scenario scenario_of(const Shape& shape) {
  Scenario scenario;
  scenario.array.rows = shape.rows;
  scenario.array.columns = shape.columns;
  scenario.weights.bytes = shape.weights;
  scenario.activations.bytes = shape.activations;
  scenario.outputs.bytes = shape.outputs;
  scenario.dram.bytes = 1 << 20;
  return scenario;
}

void PrintTo(const Shape& shape, std::ostream* out) { *out << shape.rows << " x " << shape.columns; }

class PlatformShapes : public testing::TestWithParam<Shape> {};

TEST_P(PlatformShapes, EqualsGoldenInferenceBitForBit) {
  const auto seed = static_cast<uint32_t>(GetParam().rows * 100 + GetParam().columns);
  const IntegerNetwork network = small_residual_network(seed);
  const TruthTable table = random_table(seed + 1);
  const GoldenInference golden(network, table);
  ReferenceEngine engine(table);
  Machine machine(scenario_of(GetParam()), network, engine);
  std::mt19937 random(seed + 2);
  std::set<std::vector<int32_t>> seen;
  for (int image = 0; image < 3; ++image) {
    const std::vector<uint8_t> codes = random_codes(9 * 7 * 3, random);
    const ImageRun run = machine.run(codes);
    EXPECT_EQ(run.result.logits, golden.run(codes).logits);
    EXPECT_EQ(run.result.top1, top1(network, run.result.logits));
    seen.insert(run.result.logits);
  }
  EXPECT_EQ(seen.size(), 3U) << "the logits do not depend on the image";
  EXPECT_EQ(engine.resets, 3);
}

INSTANTIATE_TEST_SUITE_P(
    Sizes, PlatformShapes,
    testing::Values(Shape{64, 64, 256 << 10, 256 << 10, 128 << 10},  // everything resident, one fold high
                    Shape{8, 4, 4096, 1024, 512},                    // row blocks
                    Shape{8, 4, 2 * (8 * 4 + 4 * 16), 256, 336},     // fold by fold weights, bands with halo
                    Shape{3, 5, 512, 300, 500},                      // folds that cut channels
                    Shape{1, 1, 64, 256, 128},                       // one PE
                    Shape{128, 16, 8192, 4096, 4096}),               // more rows than taps
    name_of);

ImageRun run_small(Scenario scenario, std::span<const std::vector<uint8_t>> images) {
  const IntegerNetwork network = small_residual_network(5);
  ReferenceEngine engine(random_table(6));
  Machine machine(scenario, network, engine);
  ImageRun last;
  for (const std::vector<uint8_t>& codes : images) last = machine.run(codes);
  return last;
}

std::vector<std::vector<uint8_t>> some_images(int count) {
  std::mt19937 random(7);
  std::vector<std::vector<uint8_t>> images;
  for (int i = 0; i < count; ++i) images.push_back(random_codes(9 * 7 * 3, random));
  return images;
}

TEST(Platform, AnImageDoesNotDependOnWhatRanBefore) {
  // One machine runs the same image first and after others.
  const IntegerNetwork network = small_residual_network(5);
  ReferenceEngine engine(random_table(6));
  Machine machine(scenario_of({8, 4, 4096, 1024, 512}), network, engine);
  const auto images = some_images(3);
  const std::string first = pack(machine.run(images[0]));
  machine.run(images[1]);
  machine.run(images[2]);
  EXPECT_EQ(pack(machine.run(images[0])), first);
}

TEST(Platform, LayersAddUpToTheImage) {
  const Scenario scenario = scenario_of({8, 4, 4096, 1024, 512});
  const ImageRun run = run_small(scenario, some_images(1));
  double cycles = 0, energy = 0, leakage = 0, multiplier = 0;
  for (const LayerResult& layer : run.result.layers) {
    EXPECT_GT(layer.cycles, 0) << layer.name;
    EXPECT_LE(layer.array_busy_cycles, layer.cycles);
    EXPECT_EQ(layer.cycle_parts.total(), layer.cycles) << layer.name;
    cycles += layer.cycles;
    energy += layer.energy.total();
    leakage += layer.energy.array_leakage;
    multiplier += layer.energy.multiplier;
  }
  EXPECT_EQ(cycles, static_cast<double>(run.result.cycles));
  const double seconds = cycles / scenario.array.clock_hz;
  EXPECT_NEAR(leakage, ReferenceEngine::kLeakageWatts * seconds, 1e-9 * leakage);
  const IntegerNetwork network = small_residual_network(5);
  EXPECT_NEAR(multiplier, ReferenceEngine::kJoulesPerProduct * static_cast<double>(network.macs()), 1e-9 * multiplier);

  double window_energy = 0, window_seconds = 0;
  for (const PowerWindow& window : run.power) {
    window_energy += window.energy.total();
    window_seconds += window.length_s;
    EXPECT_LE(window.length_s, static_cast<double>(scenario.report.power_window_cycles) / scenario.array.clock_hz);
  }
  EXPECT_NEAR(window_energy, energy, 1e-9 * energy);
  EXPECT_NEAR(window_seconds, seconds, 1e-9 * seconds);
}

TEST(Platform, TrafficIsWhatTheScheduleMoves) {
  // Tensors in DRAM, and scratchpads that hold each: each weight, parameter and feature map crosses the DRAM pins once (in bursts of one byte, so that
  // nothing is rounded up), and the logits a second time, to the host.
  Scenario scenario = scenario_of({64, 64, 256 << 10, 256 << 10, 128 << 10});
  scenario.mapping.tensors = TensorPlaces::dram;
  scenario.dram.simple = true;
  scenario.dram.burst_bytes = 1;
  const ImageRun run = run_small(scenario, some_images(1));
  const IntegerNetwork network = small_residual_network(5);
  for (size_t i = 0; i < network.steps.size(); ++i) {
    const IntegerStep& step = network.steps[i];
    int64_t bytes = 0;
    for (const int input : step.inputs) bytes += network.tensors[static_cast<size_t>(input)].shape.size();
    if (layer_name(step) == "shortcut") bytes -= 2 * 7 * 5;  // rows between its three pieces that no output needs
    if (const auto* gemm = std::get_if<GemmLayer>(&step.layer)) {
      bytes += gemm->n() * (gemm->k() + 16);
      bytes += gemm->m() * gemm->n() * (gemm->requantise.empty() ? 4 + 4 : 1);
    } else {
      bytes += network.tensors[static_cast<size_t>(step.output)].shape.size();
    }
    EXPECT_EQ(run.result.layers[i].dram_bytes, static_cast<double>(bytes)) << layer_name(step);
    EXPECT_NEAR(run.result.layers[i].energy.dram, static_cast<double>(bytes) * scenario.dram.energy_per_byte,
                1e-9 * static_cast<double>(bytes) * scenario.dram.energy_per_byte);
  }
}

TEST(Platform, TensorsOnChipLeaveTheCompulsoryTraffic) {
  // The image, each weight and parameter, and the logits, which the host reads again.
  Scenario scenario = scenario_of({64, 64, 256 << 10, 256 << 10, 128 << 10});
  scenario.dram.simple = true;
  scenario.dram.burst_bytes = 1;
  const ImageRun run = run_small(scenario, some_images(1));
  const IntegerNetwork network = small_residual_network(5);
  double all = 0;
  for (const LayerResult& layer : run.result.layers) all += layer.dram_bytes;
  int64_t bytes = network.tensors.front().shape.size() + 2 * 4 * network.logits();
  for (const IntegerStep& step : network.steps)
    if (const auto* gemm = std::get_if<GemmLayer>(&step.layer)) bytes += gemm->n() * (gemm->k() + 16);
  EXPECT_EQ(all, static_cast<double>(bytes));
}

void expect_input_error(const Shape& shape, const std::string& key, const std::string& layer) {
  const IntegerNetwork network = small_residual_network(5);
  ReferenceEngine engine(random_table(6));
  try {
    Machine machine(scenario_of(shape), network, engine);
    FAIL() << "no error for " << key;
  } catch (const InputError& error) {
    const std::string text = error.what();
    EXPECT_EQ(text.rfind(key + ": ", 0), 0U) << text;
    EXPECT_NE(text.find("'" + layer + "'"), std::string::npos) << text;
  }
}

TEST(Platform, MemoriesThatAreTooSmallAreNamedWithTheLayer) {
  expect_input_error({8, 4, 2 * (8 * 4 + 4 * 16) - 2, 1024, 512}, "memory.weights", "conv1");
  expect_input_error({8, 4, 4096, 2 * 3 * 21 - 2, 512}, "memory.activations", "conv1");
  expect_input_error({8, 4, 4096, 1024, 2 * 4 * 7 * 5 - 2}, "memory.outputs", "conv1");
}

/// Fails in the middle of the first image, as an engine whose tool crashed would.
class FailingEngine : public ReferenceEngine {
 public:
  using ReferenceEngine::ReferenceEngine;
  void run(const Fold& fold) override {
    if (seen.size() == 3) throw InputError("engine", "broken");
    ReferenceEngine::run(fold);
  }
};

TEST(Platform, AnEngineErrorArrivesAsWhatItIs) {
  if (kAddressSanitizer) GTEST_SKIP() << kThrowsOnAThread;
  const IntegerNetwork network = small_residual_network(5);
  FailingEngine engine(random_table(6));
  Machine machine(scenario_of({8, 4, 4096, 1024, 512}), network, engine);
  EXPECT_THROW(machine.run(some_images(1)[0]), InputError);
}

}  // namespace
}  // namespace tram::test
