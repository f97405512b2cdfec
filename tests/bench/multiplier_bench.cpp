// Time of the multiplier laboratory's steps: netlist, table, error metrics and mappings of 8 x 8 multipliers.
#include <benchmark/benchmark.h>

#include "models/multiplier/catalogue.hpp"
#include "models/multiplier/error_metrics.hpp"
#include "models/multiplier/structure/mapping.hpp"

namespace tram {
namespace {

/// From the paper's logs; maps to the truncation of six columns.
const std::vector<double> published_theta = {1, 1, 1, 1, .174248, .199563, .194773, .147112};

void build_netlist(benchmark::State& state) {
  const MultiplierStructure structure = exact_structure();
  for (auto _ : state) benchmark::DoNotOptimize(build_multiplier(structure).gates.size());
}
BENCHMARK(build_netlist)->Unit(benchmark::kMicrosecond);

void table_of_netlist(benchmark::State& state, const char* name) {
  const Netlist netlist = find_multiplier(name);
  for (auto _ : state) benchmark::DoNotOptimize(truth_table(netlist).values.data());
}
BENCHMARK_CAPTURE(table_of_netlist, exact, "exact")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(table_of_netlist, mitchell, "mitchell")->Unit(benchmark::kMillisecond);

/// Bar: 50 ms.
void table_and_metrics(benchmark::State& state, const char* name) {
  const Netlist netlist = find_multiplier(name);
  for (auto _ : state) benchmark::DoNotOptimize(error_metrics(truth_table(netlist)).mean_error);
}
BENCHMARK_CAPTURE(table_and_metrics, trunc6, "trunc6")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(table_and_metrics, mitchell, "mitchell")->Unit(benchmark::kMillisecond);

/// Bar: 1 s.
void published_greedy(benchmark::State& state, Accumulation accumulation) {
  for (auto _ : state)
    benchmark::DoNotOptimize(map_published(published_theta, {8, 8, accumulation}).mean_squared_error);
}
BENCHMARK_CAPTURE(published_greedy, array, Accumulation::array)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(published_greedy, wallace, Accumulation::wallace)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(published_greedy, dadda, Accumulation::dadda)->Unit(benchmark::kMillisecond);

/// Down to the cost of six truncated columns.
void weighted_greedy(benchmark::State& state) {
  WeightedMappingOptions options;
  options.cost_budget = published_cost(find_multiplier("dadda_trunc6"));
  for (auto _ : state) benchmark::DoNotOptimize(map_weighted(options).mean_squared_error);
}
BENCHMARK(weighted_greedy)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tram

BENCHMARK_MAIN();
