#include "sim/app/benchmark.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <ctime>
#include <functional>
#include <nlohmann/json.hpp>
#include <random>
#include <utility>

#include "models/cells/liberty/liberty_names.hpp"
#include "models/gemm/exact_gemm.hpp"
#include "models/gemm/table_gemm.hpp"
#include "models/multiplier/catalogue.hpp"
#include "models/network/float_gemm.hpp"
#include "models/support/error.hpp"
#include "sim/app/multiplier_engines.hpp"
#include "sim/app/simulate.hpp"
#include "sim/app/workload.hpp"
#include "sim/engines/make_engine.hpp"

namespace tram {
namespace {

constexpr int size = 64;                                   // of the array
constexpr GemmShape shape{.m = 1576, .n = 576, .k = 192};  // eight images of DeiT-Tiny's qkv
constexpr char not_exact[] = "trunc6";

/// CPU time of this process, s: what other programs take of the machine does not count.
double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// CPU seconds of one call, the least of several within about a second.
double seconds_of(const std::function<void()>& call) {
  double best = 1e9, total = 0;
  for (int i = 0; i < 3 || (total < 1 && i < 50); ++i) {
    const double begin = cpu_seconds();
    call();
    const double s = cpu_seconds() - begin;
    best = std::min(best, s);
    total += s;
  }
  return best;
}

std::vector<uint8_t> random_codes(size_t count, std::mt19937& random) {
  std::normal_distribution<float> normal(128, 30);  // as after a layer norm
  std::vector<uint8_t> codes(count);
  std::ranges::generate(codes, [&] { return static_cast<uint8_t>(std::clamp(normal(random), 0.0F, 255.0F)); });
  return codes;
}

/// GEMM kernels on one shape.
class GemmBenchmark {
 public:
  explicit GemmBenchmark(uint64_t seed) {
    std::mt19937 random(static_cast<unsigned>(seed));
    weights_ = random_codes(static_cast<size_t>(shape.n * shape.k), random);
    activations_ = random_codes(static_cast<size_t>(shape.m * shape.k), random);
    products_.resize(static_cast<size_t>(shape.m * shape.n));
  }

  double table() {
    const TableGemm gemm(table_);
    return gmacs([&] { gemm.run(shape, weights_, activations_, products_); });
  }
  double look_up() {
    return gmacs([&] { table_gemm_naive(table_, shape, weights_, activations_, products_); });
  }
  double exact() {
    return gmacs([&] { exact_gemm(shape, {}, weights_, activations_, products_); });
  }
  double sgemm() {
    const std::vector<float> a(activations_.begin(), activations_.end()), w(weights_.begin(), weights_.end());
    const std::vector<float> packed = pack_columns(w, shape.n, shape.k);
    std::vector<float> c(products_.size());
    return gmacs([&] { float_gemm(shape.m, shape.n, shape.k, a, packed, {}, c); });
  }

 private:
  static double gmacs(const std::function<void()>& call) {
    return static_cast<double>(shape.m * shape.n * shape.k) / seconds_of(call) * 1e-9;
  }

  TruthTable table_ = truth_table(find_multiplier(not_exact));
  std::vector<uint8_t> weights_, activations_;
  std::vector<int32_t> products_;
};

Scenario array_scenario(EngineKind engine) {
  Scenario scenario;
  scenario.engine = engine;
  scenario.array.rows = scenario.array.columns = size;
  scenario.cosim = 0;
  return scenario;
}

std::shared_ptr<const Library> default_library() {
  return read_liberty(find_liberty(Scenario{}.technology.name, "technology.liberty"));
}

double rtl_ns_per_mac(uint64_t seed) {
  constexpr int m = 1024;
  Scenario scenario = array_scenario(EngineKind::rtl);
  scenario.technology.delays = DelayModel::zero;
  MultiplierEngines engines(scenario, default_library(), seed, 1);
  Engine& engine = *engines.get("exact", {}).engine;
  std::mt19937 random(static_cast<unsigned>(seed));
  const std::vector<uint8_t> weights = random_codes(size * size, random), activations = random_codes(m * size, random);
  std::vector<int32_t> products(size_t{m} * size), sums(m);
  const double seconds = seconds_of([&] {
    engine.run({.rows = size,
                .columns = size,
                .m = m,
                .weights = weights,
                .activations = activations,
                .products = products,
                .activation_sums = sums});
    engine.take_energy();
  });
  return seconds / (double{m} * size * size) * 1e9;
}

/// A GEMM on an engine, fold by fold, with new activations each time.
double fold_seconds(Engine& engine, int m, int k, int n, std::mt19937& random) {
  std::vector<int32_t> products(static_cast<size_t>(m) * size), sums(static_cast<size_t>(m));
  const std::vector<uint8_t> weights = random_codes(size * size, random);
  double best = 1e9;
  for (int trial = 0; trial < 20; ++trial) {
    std::vector<std::vector<uint8_t>> tiles;
    for (int k0 = 0; k0 < k; k0 += size) tiles.push_back(random_codes(static_cast<size_t>(m) * size, random));
    const double begin = cpu_seconds();
    for (int n0 = 0; n0 < n; n0 += size)
      for (const auto& tile : tiles)
        engine.run({.rows = size,
                    .columns = size,
                    .m = m,
                    .weights = weights,
                    .activations = tile,
                    .products = products,
                    .activation_sums = sums});
    engine.take_energy();
    best = std::min(best, cpu_seconds() - begin);
  }
  return best;
}

double table_energy_gmacs(uint64_t seed) {
  const Scenario scenario = array_scenario(EngineKind::table);
  MultiplierEngines engines(scenario, default_library(), seed, 1);
  Engine& engine = *engines.get("exact", {}).engine;
  engine.plan({int64_t{1300} * 100, {}});  // the folds of 100 images
  std::mt19937 random(static_cast<unsigned>(seed));
  double macs = 0, seconds = 0;
  for (const auto& [k, n] : {std::pair{192, 576}, {192, 192}, {192, 768}, {768, 192}}) {
    macs += 197.0 * k * n;
    seconds += fold_seconds(engine, 197, k, n, random);
  }
  return macs / seconds * 1e-9;
}

double children_cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  const auto seconds = [](const timeval& time) { return double(time.tv_sec) + 1e-6 * double(time.tv_usec); };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// CPU time of an image more, in a worker process; nothing when the network's data is not there.
BenchmarkFigure image_seconds(const std::string& name, const std::string& network, ImageSet images, int few, int more,
                              uint64_t seed) {
  BenchmarkFigure figure{name, "s", "CPU time of an image of " + network + ", engine table with energies and check", 0,
                         true};
  Scenario scenario = array_scenario(EngineKind::table);
  scenario.network.name = network;
  scenario.data.set = images;
  scenario.quantise.images = 4;
  scenario.data.images = more;
  try {
    const Workload workload = load_workload(scenario, seed, 1);
    if (!workload.note.empty()) throw InputError(network, "no data");
    MultiplierEngines engines(scenario, default_library(), seed, 1);
    const MultiplierAssignment assignment = assign_everywhere(workload.integer_network, "exact");
    double cpu[2] = {};
    for (int i = 0; i < 2; ++i) {
      scenario.data.images = i == 0 ? few : more;
      const double before = children_cpu_seconds();
      simulate(scenario, workload, assignment, engines, "exact", RunOptions());
      cpu[i] = children_cpu_seconds() - before;
    }
    figure.value = (cpu[1] - cpu[0]) / (more - few);
  } catch (const InputError& error) {
    figure.is_measured = false;
    figure.meaning = fmt::format("not measured: {}", error.what());
  }
  return figure;
}

}  // namespace

std::vector<BenchmarkFigure> run_benchmark(uint64_t seed) {
  GemmBenchmark gemm(seed);
  const std::string on = fmt::format("M {}, K {}, N {}", shape.m, shape.k, shape.n);
  std::vector<BenchmarkFigure> figures;
  const auto add = [&](const char* name, const char* unit, double value, const std::string& meaning) {
    figures.push_back({name, unit, meaning, value, true});
  };
  add("rtl_ns_per_mac", "ns", rtl_ns_per_mac(seed), "engine rtl, full 64 x 64 array, every net counted");
  add("table_gmacs", "GMAC/s", gemm.table(), std::string("table GEMM, multiplier ") + not_exact + ", " + on);
  add("lut_loop_gmacs", "GMAC/s", gemm.look_up(), "a look-up a multiply-accumulate, " + on);
  add("exact_gmacs", "GMAC/s", gemm.exact(), "integer GEMM of exact products, " + on);
  add("sgemm_gmacs", "GMAC/s", gemm.sgemm(), "fp32 GEMM of the reference inference, " + on);
  add("table_energy_gmacs", "GMAC/s", table_energy_gmacs(seed),
      "engine table, all energies, linear layers of a DeiT-Tiny block, M 197");
  figures.push_back(image_seconds("resnet20_image_s", "resnet20_cifar10", ImageSet::cifar10, 5, 25, seed));
  figures.push_back(image_seconds("deit_tiny_image_s", "deit_tiny_patch16_224", ImageSet::imagenet, 1, 3, seed));
  return figures;
}

std::string benchmark_table(const std::vector<BenchmarkFigure>& figures) {
  std::string text = "One core:\n";
  for (const BenchmarkFigure& figure : figures) {
    const std::string value = figure.is_measured ? fmt::format("{:.4g} {}", figure.value, figure.unit) : "-";
    text += fmt::format("  {:<20} {:>14}  {}\n", figure.name, value, figure.meaning);
  }
  return text;
}

std::string benchmark_json(const std::vector<BenchmarkFigure>& figures) {
  nlohmann::ordered_json json, units;
  for (const BenchmarkFigure& figure : figures) {
    json[figure.name] = figure.is_measured ? nlohmann::ordered_json(figure.value) : nlohmann::ordered_json();
    units[figure.name] = figure.unit + ", " + figure.meaning;
  }
  json["units"] = units;
  return json.dump(2) + "\n";
}

}  // namespace tram
