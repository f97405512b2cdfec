// What the mapping asks thousands of times: the error of a multiplier on recoded weights.
#include <benchmark/benchmark.h>

#include "models/data/philox.hpp"
#include "models/multiplier/catalogue.hpp"
#include "train/structure/recoding.hpp"

namespace tram::train {
namespace {

std::vector<OperandStatistics> random_layers(int count) {
  std::vector<OperandStatistics> layers;
  for (int layer = 0; layer < count; ++layer) {
    RandomItem random(1, 0, static_cast<uint64_t>(layer));
    std::vector<uint8_t> weights(16 * 144), taps(64 * 144);
    for (uint8_t& w : weights) w = static_cast<uint8_t>(random.between(0, 255));
    for (uint8_t& x : taps) x = static_cast<uint8_t>(random.between(0, 1) * random.between(0, 255));
    layers.emplace_back().add({64, 16, 144}, weights, taps, {});
  }
  return layers;
}

void error_of_layers(benchmark::State& state) {
  const RecodedError error(random_layers(static_cast<int>(state.range(0))));
  const TruthTable table = truth_table(find_multiplier("dadda_trunc6"));
  for (auto _ : state) benchmark::DoNotOptimize(error.error(table.values));
}
BENCHMARK(error_of_layers)->Arg(1)->Arg(20)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace tram::train

BENCHMARK_MAIN();
