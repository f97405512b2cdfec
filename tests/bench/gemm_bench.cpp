#include <benchmark/benchmark.h>

#include <array>
#include <random>

#include "models/gemm/exact_gemm.hpp"
#include "models/gemm/table_gemm.hpp"
#include "models/gemm/table_kernels.hpp"

namespace tram {
namespace {

/// Throughput in multiply-accumulates a second on one thread; compare the kernels of one shape as ratios.
struct Problem {
  GemmShape shape;
  std::vector<uint8_t> weights, activations;
  std::vector<int32_t> products;
  TruthTable table = exact_table();
};

Problem problem(const benchmark::State& state) {
  Problem p;
  p.shape = {state.range(0), state.range(1), state.range(2)};
  std::mt19937 generator(1);
  for (int64_t i = 0; i < p.shape.n * p.shape.k; ++i) p.weights.push_back(static_cast<uint8_t>(generator()));
  for (int64_t i = 0; i < p.shape.m * p.shape.k; ++i) p.activations.push_back(static_cast<uint8_t>(generator()));
  p.products.resize(static_cast<size_t>(p.shape.m * p.shape.n));
  for (uint32_t i = 0; i < p.table.values.size(); ++i) p.table.values[i] &= ~63;  // not exact, so that rows are used
  return p;
}

void count_macs(benchmark::State& state, const Problem& p) {
  const auto macs = static_cast<double>(p.shape.m * p.shape.n * p.shape.k);
  state.counters["MAC/s"] =
      benchmark::Counter(macs * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

void look_up_a_mac(benchmark::State& state) {
  Problem p = problem(state);
  for (auto _ : state) look_up_gemm(p.table.values, 8, p.shape, p.weights, p.activations, p.products);
  count_macs(state, p);
}

void table_rows(benchmark::State& state) {
  Problem p = problem(state);
  const TableGemm gemm(p.table);
  for (auto _ : state) gemm.run(p.shape, p.weights, p.activations, p.products);
  count_macs(state, p);
}

void exact_integer(benchmark::State& state) {
  Problem p = problem(state);
  for (auto _ : state) exact_gemm(p.shape, p.weights, p.activations, p.products);
  count_macs(state, p);
}

void shapes(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"m", "n", "k"});
  for (const auto& [m, n, k] : {std::array{1024, 16, 144}, {1576, 576, 192}, {16384, 16, 144}, {1024, 64, 576}})
    bench->Args({m, n, k});
}

BENCHMARK(look_up_a_mac)->Apply(shapes);
BENCHMARK(table_rows)->Apply(shapes);
BENCHMARK(exact_integer)->Apply(shapes);

}  // namespace
}  // namespace tram

BENCHMARK_MAIN();
