#include <benchmark/benchmark.h>

#include <dnnl.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <map>
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

/// A table whose entries need 32 bits.
void wide_table_rows(benchmark::State& state) {
  Problem p = problem(state);
  for (int32_t& value : p.table.values) value *= 3;
  const TableGemm gemm(p.table);
  for (auto _ : state) gemm.run(p.shape, p.weights, p.activations, p.products);
  count_macs(state, p);
}

void exact_integer(benchmark::State& state) {
  Problem p = problem(state);
  for (auto _ : state) exact_gemm(p.shape, {}, p.weights, p.activations, p.products);
  count_macs(state, p);
}

/// oneDNN's fp32 GEMM of the same shape, on one thread when OMP_NUM_THREADS=1.
void fp32_sgemm(benchmark::State& state) {
  const Problem p = problem(state);
  const std::vector<float> a(p.activations.begin(), p.activations.end()), b(p.weights.begin(), p.weights.end());
  std::vector<float> c(p.products.size());
  const auto [m, n, k] = p.shape;
  for (auto _ : state) dnnl_sgemm('N', 'T', m, n, k, 1.0F, a.data(), k, b.data(), k, 0.0F, c.data(), n);
  count_macs(state, p);
}

/// Layers of ResNet-20, of DeiT-Tiny on eight images, and the two products of attention.
void shapes(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"m", "n", "k"});
  for (const auto& [m, n, k] :
       {std::array{1024, 16, 144}, {1024, 64, 576}, {16384, 16, 144}, {1576, 576, 192}, {197, 197, 64}, {197, 64, 197}})
    bench->Args({m, n, k});
}

BENCHMARK(look_up_a_mac)->Apply(shapes);
BENCHMARK(table_rows)->Apply(shapes);
BENCHMARK(wide_table_rows)->Apply(shapes);
BENCHMARK(exact_integer)->Apply(shapes);
BENCHMARK(fp32_sgemm)->Apply(shapes);

/// Prints the runs and, at the end, the ratios of one shape's kernels.
class RatioReporter : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs)
      if (const auto rate = run.counters.find("MAC/s"); rate != run.counters.end())
        rates_[run.run_name.args][run.run_name.function_name] = rate->second;
  }

  void Finalize() override {
    const std::pair<const char*, const char*> ratios[] = {{"table_rows", "look_up_a_mac"},
                                                          {"wide_table_rows", "look_up_a_mac"},
                                                          {"table_rows", "fp32_sgemm"},
                                                          {"wide_table_rows", "fp32_sgemm"},
                                                          {"exact_integer", "fp32_sgemm"}};
    std::printf("\n%-22s", "shape");
    for (const auto& [a, b] : ratios) std::printf(" %s/%s", a, b);
    for (const auto& [shape, rate] : rates_) {
      std::printf("\n%-22s", shape.c_str());
      for (const auto& [a, b] : ratios)
        std::printf(" %*.2f", static_cast<int>(std::strlen(a) + std::strlen(b) + 1), ratio(rate, a, b));
    }
    std::printf("\n");
  }

 private:
  using Rates = std::map<std::string, double>;  // MAC/s by kernel

  /// NaN where one of them did not run.
  static double ratio(const Rates& rates, const char* a, const char* b) {
    const auto above = rates.find(a), below = rates.find(b);
    return above != rates.end() && below != rates.end() ? above->second / below->second : NAN;
  }

  std::map<std::string, Rates> rates_;  ///< by shape
};

}  // namespace
}  // namespace tram

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  tram::RatioReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
}
