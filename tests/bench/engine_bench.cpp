// Speed of the engine `table`, values and all energies (glitches, weight load, sampled adders) included, by fold of a
// 64 x 64 array on the linear layers of DeiT-Tiny (M = 197) and on convolutions of ResNet-20; the same layers on `rtl`.
// Single image: the activations of every iteration are new. GMAC/s on one core.
#include <benchmark/benchmark.h>

#include <random>

#include "models/multiplier/array_multiplier.hpp"
#include "sim/config/scenario.hpp"
#include "sim/engines/rtl_engine.hpp"
#include "sim/engines/table_engine.hpp"

namespace tram {
namespace {

constexpr int rows = 64, columns = 64;

std::shared_ptr<const Library> library() { return read_liberty("/usr/share/qflow/tech/osu018/osu018_stdcells.lib"); }

/// A GEMM in folds, weights normal around their zero point, activations by the kind of layer before.
struct Layer {
  int m, k, n;
  std::vector<std::vector<uint8_t>> weights, activations;  // by fold, by k tile

  Layer(int rows_of_x, int taps, int outputs) : m(rows_of_x), k(taps), n(outputs) {
    std::mt19937 random(1);
    std::normal_distribution<float> normal(128, 30);
    const auto code = [&] { return uint8_t(std::clamp(normal(random), 0.0F, 255.0F)); };
    for (int n0 = 0; n0 < n; n0 += columns)
      for (int k0 = 0; k0 < k; k0 += rows) {
        weights.emplace_back(size_t(std::min(rows, k - k0)) * size_t(std::min(columns, n - n0)));
        std::ranges::generate(weights.back(), code);
      }
    for (int k0 = 0; k0 < k; k0 += rows) activations.emplace_back(size_t(std::min(rows, k - k0)) * size_t(m));
  }

  /// New activations: after a layer norm around 128, after a ReLU half of them 0.
  void draw(std::mt19937& random, bool relu) {
    std::normal_distribution<float> normal(relu ? 0 : 128, relu ? 60 : 30);
    for (auto& tile : activations)
      std::ranges::generate(tile, [&] { return uint8_t(std::clamp(normal(random), 0.0F, 255.0F)); });
  }

  void run(Engine& engine) {
    std::vector<int32_t> products, sums(static_cast<size_t>(m));
    size_t fold = 0;
    for (int n0 = 0; n0 < n; n0 += columns)
      for (size_t tile = 0; tile < activations.size(); ++tile, ++fold) {
        const int height = std::min(rows, k - int(tile) * rows), width = std::min(columns, n - n0);
        products.resize(size_t(m) * size_t(width));
        engine.run({height, width, m, weights[fold], activations[tile], products, sums, 0, 0});
      }
    benchmark::DoNotOptimize(engine.take_energy());
  }
};

Scenario scenario() {
  Scenario result;
  result.array.rows = rows;
  result.array.columns = columns;
  return result;
}

void measure(benchmark::State& state, Engine& engine) {
  Layer layer(int(state.range(0)), int(state.range(1)), int(state.range(2)));
  engine.plan({state.range(3), {}});
  std::mt19937 random(2);
  const bool relu = state.range(0) != 197;
  for (auto _ : state) {
    state.PauseTiming();
    layer.draw(random, relu);
    state.ResumeTiming();
    layer.run(engine);
  }
  const double macs = double(layer.m) * layer.k * layer.n;
  state.counters["GMAC/s"] = benchmark::Counter(macs * double(state.iterations()) * 1e-9, benchmark::Counter::kIsRate);
}

void table(benchmark::State& state, DelayModel delays, int truncated) {
  Scenario s = scenario();
  s.technology.delays = delays;
  const auto engine = make_table_engine(s, array_multiplier(8, truncated), library(), 1);
  measure(state, *engine);
}

void rtl(benchmark::State& state) {
  Scenario s = scenario();
  s.technology.delays = DelayModel::zero;
  const auto engine = make_rtl_engine(s, array_multiplier(), library());
  measure(state, *engine);
}

/// folds: of the whole run, which sets the size of the sample. DeiT-Tiny has 1,300 folds an image.
void shapes(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"m", "k", "n", "folds"})->Unit(benchmark::kMillisecond);
  for (const auto& [m, k, n] :
       {std::array{197, 192, 576}, {197, 192, 768}, {197, 768, 192}, {1024, 144, 16}, {256, 288, 32}, {64, 576, 64}})
    bench->Args({m, k, n, 130000});
  bench->Args({197, 192, 576, 1300});
}

BENCHMARK_CAPTURE(table, exact_glitches, DelayModel::library, 0)->Apply(shapes);
BENCHMARK_CAPTURE(table, trunc6_glitches, DelayModel::library, 6)
    ->Args({197, 192, 576, 130000})
    ->Unit(benchmark::kMillisecond);
BENCHMARK(rtl)->ArgNames({"m", "k", "n", "folds"})->Args({197, 192, 576, 1300})->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tram

BENCHMARK_MAIN();
