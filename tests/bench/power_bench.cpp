// Cost of power figures of the exact 8 x 8 multiplier in osu018 cells: activity of 10,000 transitions under both delay
// models beside the event queue, and the whole table of transition energies by each kernel, on one core.
#include <benchmark/benchmark.h>

#include "models/cells/energy/multiplier_power.hpp"
#include "models/cells/energy/transition_netlist.hpp"
#include "models/cells/mapping/multiplier_mapping.hpp"
#include "models/multiplier/catalogue.hpp"
#include "tests/cells/timed_simulation_naive.hpp"

namespace tram {
namespace {

const MappedNetlist& netlist(AdderCells adders) {
  static const auto library = read_liberty("/usr/share/qflow/tech/osu018/osu018_stdcells.lib");
  const auto map = [](AdderCells kind) {
    MultiplierMappingOptions options;
    options.adders = kind;
    return map_multiplier(find_multiplier("exact"), library, options);
  };
  static const MappedNetlist cells = map(AdderCells::library), gates = map(AdderCells::gates);
  return adders == AdderCells::library ? cells : gates;
}

std::vector<NetId> inputs_of(const MappedNetlist& mapped) {
  const MultiplierPorts ports = multiplier_ports(mapped);
  std::vector<NetId> inputs = ports.b->bits;
  inputs.insert(inputs.end(), ports.a->bits.begin(), ports.a->bits.end());
  return inputs;
}

void activity(benchmark::State& state, DelayModel model) {
  const MappedNetlist& mapped = netlist(AdderCells::gates);
  const NetlistTiming timing = static_timing(mapped);
  const OperandStimulus stimulus = uniform_stimulus(8, 8, 10000, 1);
  for (auto _ : state) {
    benchmark::DoNotOptimize(simulate_activity(mapped, model, timing, inputs_of(mapped), stimulus.vectors, 8e-9));
  }
}
BENCHMARK_CAPTURE(activity, zero_delay, DelayModel::zero)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(activity, with_delays, DelayModel::library)->Unit(benchmark::kMillisecond);

void activity_by_event_queue(benchmark::State& state) {
  const MappedNetlist& mapped = netlist(AdderCells::gates);
  const NetlistDelays delays = library_delays(mapped, static_timing(mapped));
  const OperandStimulus stimulus = uniform_stimulus(8, 8, 10000, 1);
  for (auto _ : state) {
    benchmark::DoNotOptimize(simulate_timed_naive(mapped, delays, inputs_of(mapped), stimulus.vectors, 8e-9));
  }
}
BENCHMARK(activity_by_event_queue)->Unit(benchmark::kMillisecond);

void transitions(benchmark::State& state, AdderCells adders, DelayModel model, const transition::Kernel& kernel) {
  const MappedNetlist& mapped = netlist(adders);
  TransitionEnergyOptions options;
  options.delays = model;
  if (&kernel != &transition::avx2_kernel() && &kernel != &transition::best_kernel()) {
    state.SkipWithError("not on this machine");
    return;
  }
  for (auto _ : state) benchmark::DoNotOptimize(compute_transition_energy(mapped, options, kernel));
}
#define TRAM_TRANSITIONS(NAME, ADDERS, MODEL, KERNEL)                                               \
  BENCHMARK_CAPTURE(transitions, NAME, AdderCells::ADDERS, DelayModel::MODEL, transition::KERNEL()) \
      ->Unit(benchmark::kMillisecond)                                                               \
      ->Iterations(1)
TRAM_TRANSITIONS(zero_delay_gates_avx2, gates, zero, avx2_kernel);
TRAM_TRANSITIONS(zero_delay_gates_avx512, gates, zero, avx512_kernel);
TRAM_TRANSITIONS(adder_cells_avx2, library, library, avx2_kernel);
TRAM_TRANSITIONS(adder_cells_avx512, library, library, avx512_kernel);
TRAM_TRANSITIONS(gates_avx2, gates, library, avx2_kernel);
TRAM_TRANSITIONS(gates_avx512, gates, library, avx512_kernel);

}  // namespace
}  // namespace tram

BENCHMARK_MAIN();
