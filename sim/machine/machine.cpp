#include "sim/machine/machine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>

#include "models/quant/golden.hpp"
#include "models/support/error.hpp"
#include "models/support/printable.hpp"
#include "sim/components/systemc_session.hpp"
#include "sim/engines/edge.hpp"
#include "sim/machine/platform.hpp"

namespace tram {
namespace {

LayerResult describe(const IntegerNetwork& network, const IntegerStep& step) {
  LayerResult result;
  result.name = printable(layer_name(step));
  result.kind = layer_kind(step);
  std::visit(
      [&](const auto& layer) {
        if constexpr (requires { layer.macs(); }) {
          result.m = layer.m();
          result.k = layer.k();
          result.n = layer.n();
          result.macs = static_cast<double>(layer.macs());
        }
      },
      step.layer);
  if (uses_multiplier(step)) {
    result.weight_bits = operand_bits(step).weights;
    result.activation_bits = operand_bits(step).activations;
    result.codes = network.sign_magnitude ? "sign_magnitude" : network.signed_codes ? "signed" : "unsigned";
  }
  return result;
}

}  // namespace

class Machine::Implementation {
 public:
  Implementation(const Scenario& scenario, const IntegerNetwork& network, const LayerEngines& engines,
                 VcdRecorder* recorder)
      : scenario_(scenario), network_(network), engines_(engines),
        program_(make_program(network, *make_dataflow(scenario.array.dataflow), limits_of(scenario), engines.of_step)),
        meter_(scenario.report.power_window_cycles),
        platform_("machine", scenario_, program_, static_cast<size_t>(network.logits()), engines_.engines, meter_) {
    if (recorder) {
      platform_.trace(*recorder);
      engines_.engines.front()->trace(*recorder);
    }
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    for (const Preload& preload : program_.preloads) platform_.host.load(preload.address, preload.bytes);
    if (!program_.loading.empty()) load();
  }

  ImageRun run(std::span<const uint8_t> codes) {
    if (static_cast<int64_t>(codes.size()) != network_.tensors.front().shape.size())
      throw std::logic_error("the image has another size than the network's input");
    for (Engine* engine : engines_.engines) engine->reset();
    platform_.host.load(program_.map.tensors.front(), codes);
    ImageRun run = run_from_now(false);
    run.result.loading_cycles = loading_cycles_;
    run.result.loading_j = loading_j_;
    return run;
  }

  void listen_to_dram(std::function<void(const DramCommand&)> listener) { platform_.dram.listen(std::move(listener)); }

 private:
  /// What stays on chip from image to image.
  void load() {
    const ImageRun run = run_from_now(true);
    loading_cycles_ = static_cast<double>(run.result.cycles);
    for (const LayerResult& layer : run.result.layers) loading_j_ += layer.energy.total();
  }

  ImageRun run_from_now(bool loads) {
    platform_.scoreboard.reset();
    const uint64_t start = platform_.clock.now();
    meter_.start(start, network_.steps.size());
    platform_.dram.start(start);
    platform_.host.start(loads);
    run_platform();
    return collect(start, platform_.host.end_cycle());
  }

  /// Until nothing happens any more.
  void run_platform() {
    try {
      sc_core::sc_start();
      if (platform_.scoreboard.failure()) std::rethrow_exception(platform_.scoreboard.failure());
    } catch (const sc_core::sc_report& report) {
      throw RunError(fmt::format("SystemC {}: {}", report.get_msg_type(), report.get_msg()));
    }
    if (!platform_.host.complete())
      throw RunError(
          fmt::format("the platform stopped in cycle {} before the image was complete", platform_.clock.now()));
  }

  ImageRun collect(uint64_t start, uint64_t end) {
    ImageRun run;
    std::vector<uint64_t> starts = meter_.layer_starts();
    starts.push_back(end);
    const std::vector<CycleBreakdown> parts = meter_.breakdown(starts);
    platform_.dram.finish(end, static_cast<int>(network_.steps.size()) - 1);
    for (size_t i = 0; i < network_.steps.size(); ++i) {
      const auto leak = [&](double EnergyBreakdown::*component, double watts) {
        meter_.energy(component, static_cast<int>(i), starts[i], starts[i + 1],
                      watts * static_cast<double>(starts[i + 1] - starts[i]) / platform_.clock.hz());
      };
      leak(&EnergyBreakdown::array_leakage, engine_of(i).leakage_power());
      if (const Edge* edge = engine_of(i).edge()) leak(&EnergyBreakdown::accumulators, edge->leakage_power());
      leak(&EnergyBreakdown::sram, sram_leakage());
      leak(&EnergyBreakdown::sram_leakage, sram_leakage());
      run.result.layers.push_back(layer_result(i, starts[i], starts[i + 1]));
      run.result.layers.back().cycle_parts = parts[i];
    }
    run.result.logits = platform_.host.logits();
    if (!run.result.logits.empty())
      run.result.top1 = top1(network_, std::span(run.result.logits).first(network_.last().bias.size()));
    run.result.cycles = end - start;
    run.power = meter_.power(end, platform_.clock.hz());
    return run;
  }

  LayerResult layer_result(size_t index, uint64_t start, uint64_t end) const {
    const LayerCounters& counters = meter_.layers()[index];
    LayerResult result = describe(network_, network_.steps[index]);
    result.cycles = static_cast<double>(end - start);
    result.array_busy_cycles = static_cast<double>(meter_.array_busy(start, end));
    result.fold_cycles = static_cast<double>(counters.fold_cycles);
    result.dram_bytes = static_cast<double>(counters.dram_bytes);
    result.sram_bytes = static_cast<double>(counters.sram_bytes);
    result.bank_wait_cycles = static_cast<double>(counters.bank_wait_cycles);
    result.energy = counters.energy;
    return result;
  }

  double sram_leakage() const {
    return scenario_.weights.leakage_w + scenario_.activations.leakage_w + scenario_.outputs.leakage_w;
  }

  /// Of the array with the multiplier of the layer; layers that have none see the first.
  Engine& engine_of(size_t step) const {
    const int engine = engines_.of_step.empty() ? 0 : std::max(engines_.of_step[step], 0);
    return *engines_.engines[static_cast<size_t>(engine)];
  }

  Scenario scenario_;
  const IntegerNetwork& network_;
  LayerEngines engines_;
  Program program_;
  Meter meter_;
  Platform platform_;
  double loading_cycles_ = 0, loading_j_ = 0;
};

Machine::Machine(const Scenario& scenario, const IntegerNetwork& network, const LayerEngines& engines,
                 VcdRecorder* recorder) {
  prepare_systemc();
  implementation_ = std::make_unique<Implementation>(scenario, network, engines, recorder);
}

Machine::Machine(const Scenario& scenario, const IntegerNetwork& network, Engine& engine, VcdRecorder* recorder)
    : Machine(scenario, network, LayerEngines{{&engine}, {}}, recorder) {}

Machine::~Machine() = default;

ImageRun Machine::run(std::span<const uint8_t> codes) { return implementation_->run(codes); }

void Machine::listen_to_dram(std::function<void(const DramCommand&)> listener) {
  implementation_->listen_to_dram(std::move(listener));
}

}  // namespace tram
