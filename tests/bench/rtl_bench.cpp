// Speed of the `rtl` engine with every net's toggles counted, beside one Verilated gate-level instance a PE.
// Reported as ns per MAC and core; both do the same folds of a full 64 x 64 array.
#include <benchmark/benchmark.h>

#include <random>

#include "models/cells/mapping/technology_mapping.hpp"
#include "models/multiplier/array_multiplier.hpp"
#include "sim/config/scenario.hpp"
#include "sim/engines/rtl_engine.hpp"
#include "tests/bench/instance_per_pe.hpp"

namespace tram {
namespace {

constexpr int rows = 64, columns = 64, stream = 1024;

std::shared_ptr<const Library> library() { return read_liberty("/usr/share/qflow/tech/osu018/osu018_stdcells.lib"); }

/// Weights and activations of a fold, uniform random.
struct Operands {
  std::vector<uint8_t> weights, activations;
  std::vector<int32_t> products = std::vector<int32_t>(size_t{stream} * columns), sums = std::vector<int32_t>(stream);
  Operands() {
    std::mt19937 random(1);
    for (int i = 0; i < rows * columns; ++i) weights.push_back(uint8_t(random()));
    for (int i = 0; i < rows * stream; ++i) activations.push_back(uint8_t(random()));
  }
};

void report_ns_per_mac(benchmark::State& state, double macs) {
  state.counters["ns_per_mac"] = benchmark::Counter(macs * double(state.iterations()) * 1e-9,
                                                    benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void rtl_engine(benchmark::State& state) {
  Scenario scenario;
  scenario.array.rows = rows;
  scenario.array.columns = columns;
  scenario.technology.delays = DelayModel::zero;  // the RTL alone
  const auto engine = make_rtl_engine(scenario, array_multiplier(), library());
  Operands operands;
  for (auto _ : state) {
    engine->run({rows, columns, stream, operands.weights, operands.activations, operands.products, operands.sums, 0});
    benchmark::DoNotOptimize(engine->take_energy());
  }
  report_ns_per_mac(state, double(rows) * columns * stream);
}
BENCHMARK(rtl_engine)->Unit(benchmark::kMillisecond);

void instance_per_pe(benchmark::State& state) {
  const InstancePerPe array(array_multiplier(), library(), rows * columns);
  constexpr int clocks = 16;
  for (auto _ : state) benchmark::DoNotOptimize(array.run(clocks));
  report_ns_per_mac(state, double(rows) * columns * clocks);
}
BENCHMARK(instance_per_pe)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tram

BENCHMARK_MAIN();
