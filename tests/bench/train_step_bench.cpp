// Steps of the trainer on ResNet-20, 128 images each, two threads: fp32, with the circuit of phase 3, and with the gates
// or columns of phase 1. Every approximate step is timed in turns with one in fp32, so that both meet the same load.
#include <benchmark/benchmark.h>

#include <chrono>

#include "models/data/embedded/embedded.hpp"
#include "models/data/synthetic.hpp"
#include "models/multiplier/catalogue.hpp"
#include "models/network/load_network.hpp"
#include "models/network/safetensors.hpp"
#include "train/data/load.hpp"
#include "train/stages/networks.hpp"
#include "train/stages/structures.hpp"

namespace tram::train {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int threads = 2;
constexpr char network_name[] = "resnet20_cifar10";

Settings settings_of(Method method, MappingKind mapping) {
  Settings settings = default_settings(ImageSet::shapes);
  settings.method = method;
  settings.mapping = mapping;
  settings.depth = 20;
  settings.width = 16;
  settings.train_images = 512;
  settings.validation_images = 0;
  settings.test_images = 1;
  settings.learning_rate = 1e-5F;
  settings.warmup = 0;
  return settings;
}

/// One step after the other of a trainer.
class Steps {
 public:
  Steps(const Settings& settings, Model model)
      : settings_(settings), trainer_(settings, std::move(model), load_images(settings, "").train, threads),
        state_(trainer_.initial_state()) {}

  double seconds() {
    if (state_.step == settings_.steps_per_epoch()) state_.step = 0;
    const Clock::time_point start = Clock::now();
    trainer_.step(state_);
    return std::chrono::duration<double>(Clock::now() - start).count();
  }

 private:
  Settings settings_;
  Trainer trainer_;
  TrainState state_;
};

NetworkGraph trained_graph() {
  return load_network(network_name, SafeTensors(network_name, std::string(embedded_weights(network_name))));
}

/// Phase 1's model of the method, or with a circuit that of phase 3.
Model approximate_model(const Settings& settings, const char* circuit) {
  const QuantisedStart start =
      quantised_start(settings, trained_graph(), Shapes(Split::train, settings.calibrate, 1), threads);
  if (circuit != nullptr) {
    const auto table = std::make_shared<const TableGemm>(truth_table(find_multiplier(circuit)));
    return quantised_model(settings, start, {.bits = settings.bits, .circuits = {{"", table}}});
  }
  Model model = quantised_model(settings, start, {.bits = settings.bits, .tables = TableSharing::single});
  add_structure(settings, start.network, {}, threads, model);
  return model;
}

void step(benchmark::State& state, Method method, MappingKind mapping, const char* circuit) {
  const Settings settings = settings_of(method, mapping), plain = settings_of(Method::fp32, mapping);
  Steps fp32(plain, fp32_model(plain, trained_graph())), approximate(settings, approximate_model(settings, circuit));
  fp32.seconds();
  approximate.seconds();
  double in_fp32 = 0, in_approximate = 0;
  for (auto _ : state) {
    in_fp32 += fp32.seconds();
    const double seconds = approximate.seconds();
    state.SetIterationTime(seconds);
    in_approximate += seconds;
  }
  const double images = static_cast<double>(settings.batch) * static_cast<double>(state.iterations());
  state.counters["images/s"] = images / in_approximate;
  state.counters["fp32_images/s"] = images / in_fp32;
  state.counters["of_fp32_step"] = in_approximate / in_fp32;
}
BENCHMARK_CAPTURE(step, circuit, Method::fixed, MappingKind::recoded, "dadda_trunc7")
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(step, gates, Method::tram_plus, MappingKind::gates, nullptr)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(step, columns, Method::tram, MappingKind::recoded, nullptr)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tram::train

BENCHMARK_MAIN();
