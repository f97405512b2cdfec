#include "sim/engines/rtl_engine.hpp"

#include <algorithm>
#include <random>

#include "models/power/netlist_simulation.hpp"
#include "models/power/power_model.hpp"
#include "models/power/technology_mapping.hpp"
#include "rtl/mapped_row.hpp"
#include "rtl/pe_design.hpp"
#include "rtl/row_compiler.hpp"
#include "sim/config/scenario.hpp"
#include "sim/engines/pe_trace.hpp"
#include "sim/engines/rtl_array.hpp"

namespace tram {
namespace {

/// Loads of the PE: its outputs drive the same inputs of its neighbours.
TimingOptions pe_loads(const MappedNetlist& pe, const Scenario& scenario) {
  TimingOptions options;
  options.input_slew = scenario.technology.input_slew_s;
  for (const char* name : {"weight", "activation", "psum"})
    options.port_loads[std::string(name) + "_o"] =
        input_capacitance(pe, std::string(name) + "_i") + scenario.technology.output_load_f;
  return options;
}

/// Duty of every net under uniform random operands: the state in which leakage is stated.
std::vector<double> random_duties(const MappedNetlist& pe) {
  NetlistSimulation simulation(pe);
  std::mt19937_64 random(1);
  std::vector<double> duty(pe.net_count(), 0);
  constexpr int clocks = 256, warm_up = 4;
  for (int clock = 0; clock < clocks + warm_up; ++clock) {
    for (const MappedPort& port : pe.ports())
      if (port.is_input)
        for (const NetId net : port.bits)
          if (net > constant_one) simulation.set(net, random());
    simulation.settle();
    simulation.clock();
    for (NetId net = 0; clock >= warm_up && net < pe.net_count(); ++net)
      duty[net] += __builtin_popcountll(simulation.net(net)) / (64.0 * clocks);
  }
  return duty;
}

class RtlEngine final : public Engine {
 public:
  RtlEngine(const Scenario& scenario, const Netlist& multiplier, std::shared_ptr<const Library> library)
      : design_(map_pe(multiplier, scenario.array.rows, std::move(library))),
        row_(mapped_row(design_.netlist)),
        row_library_(compile_row(row_, default_cache_folder())),
        power_(design_.netlist, pe_loads(design_.netlist, scenario)),
        array_(row_library_, scenario.array.rows, scenario.array.columns),
        rows_(scenario.array.rows), columns_(scenario.array.columns),
        product_of_zeros_(truth_table(multiplier).at(0, 0)), random_duties_(random_duties(design_.netlist)) {}

  std::string name() const override { return "rtl"; }
  std::string delay_model() const override { return "zero_delay"; }
  double critical_path() const override { return power_.timing().critical_path; }
  void reset() override { array_.reset(); }
  void run(const Fold& fold) override;
  ArrayEnergy take_energy() override;
  double leakage_power() const override;
  void trace(VcdRecorder& recorder) override {
    trace_ = std::make_unique<PeTrace>(recorder, design_.netlist, row_.nets, rows_, columns_);
  }

 private:
  void observe(const Fold& fold);

  PeDesign design_;
  MappedRow row_;
  RowLibrary row_library_;
  PowerModel power_;
  RtlArray array_;
  int rows_, columns_;
  int32_t product_of_zeros_;
  std::vector<double> random_duties_;
  std::unique_ptr<PeTrace> trace_;
};

void RtlEngine::observe(const Fold& fold) {
  array_.stop_watching();
  if (!trace_ || !trace_->wants(fold.start_cycle, array_.clocks(fold.m))) return;
  array_.watch(trace_->nets(), [this, start = fold.start_cycle](int row, int column, int64_t clocks, const auto& words) {
    trace_->record(start, row, column, clocks, words);
  });
}

void RtlEngine::run(const Fold& fold) {
  observe(fold);
  array_.run(fold);
  const int32_t idle = (rows_ - fold.rows) * product_of_zeros_;  // rows without a tap multiply code 0 by code 0
  for (int32_t& product : fold.products) product = (product << design_.product_lsb) - idle;
  for (int m = 0; m < fold.m; ++m) {
    const auto row = fold.activations.subspan(size_t(m) * fold.rows, fold.rows);
    int32_t sum = 0;
    for (const uint8_t activation : row) sum += activation;
    fold.activation_sums[m] = sum;
  }
}

ArrayEnergy RtlEngine::take_energy() {
  ArrayActivity& counted = array_.activity();
  Activity activity;
  activity.toggles.assign(design_.netlist.net_count(), 0);
  activity.duty = random_duties_;
  activity.cycles = counted.pe_clocks;
  for (size_t i = 0; i < row_.nets.size(); ++i) {
    activity.toggles[row_.nets[i]] = static_cast<double>(counted.toggles[i]);
    if (counted.samples) activity.duty[row_.nets[i]] = double(counted.ones[i]) / double(counted.samples);
  }
  std::fill(counted.toggles.begin(), counted.toggles.end(), 0);
  std::fill(counted.ones.begin(), counted.ones.end(), 0);
  counted.samples = 0;
  counted.pe_clocks = 0;

  const EnergyReport report = power_.energy(activity);
  const auto part = [&](const char* name) {
    const auto found = report.parts.find(name);
    return found == report.parts.end() ? 0.0 : found->second.internal + found->second.switching;
  };
  return {part("multiplier"), part("adder"), part(""), report.clock.internal + report.clock.switching};
}

double RtlEngine::leakage_power() const {
  Activity activity;
  activity.toggles.assign(design_.netlist.net_count(), 0);
  activity.duty = random_duties_;
  return power_.leakage_power(activity) * rows_ * columns_;
}

}  // namespace

std::unique_ptr<Engine> make_rtl_engine(const Scenario& scenario, const Netlist& multiplier,
                                        std::shared_ptr<const Library> library) {
  return std::make_unique<RtlEngine>(scenario, multiplier, std::move(library));
}

}  // namespace tram
