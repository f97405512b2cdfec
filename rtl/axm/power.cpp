#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "models/support/printable.hpp"
#include "rtl/axm/output.hpp"
#include "rtl/axm/verb.hpp"
#include "rtl/axm/verb_options.hpp"

namespace tram::axm {
namespace {

struct PowerReport {
  MultiplierPower power;       ///< under the delay model asked for
  MultiplierPower zero_delay;  ///< the same stimulus without glitches
  std::string convention;

  double glitch_power() const { return power.total.total() - zero_delay.total.total(); }
};

PowerReport report_of(const MappedNetlist& netlist, const OperandStimulus& stimulus, const Arguments& arguments) {
  MultiplierPowerOptions options = power_options(arguments);
  options.delays = DelayModel::zero;
  PowerReport report;
  report.convention = name_of(options.convention);
  report.zero_delay = multiplier_power(netlist, stimulus, options);
  options.delays = arguments.get<DelayModel>("delays");
  report.power = options.delays == DelayModel::zero ? report.zero_delay : multiplier_power(netlist, stimulus, options);
  return report;
}

Json shares_json(const EnergyShares& shares) {
  return {{"internal_w", shares.internal},
          {"switching_w", shares.switching},
          {"leakage_w", shares.leakage},
          {"total_w", shares.total()}};
}

Json instances_json(const MappedNetlist& netlist, const MultiplierPower& power) {
  Json instances = Json::array();
  for (size_t i = 0; i < power.cells.size(); ++i) {
    instances.push_back({{"instance", netlist.cells()[i].name}, {"cell", netlist.cells()[i].type->name}});
    instances.back().update(shares_json(power.cells[i]));
  }
  return instances;
}

Json as_json(const std::string& name, const MappedNetlist& netlist, const PowerReport& report, bool by_instance) {
  Json json = {{"multiplier", name},
               {"library", netlist.library().name},
               {"stimulus", report.power.stimulus},
               {"delays", name_of(report.power.delays)},
               {"period_s", report.power.period},
               {"convention", report.convention}};
  json.update(shares_json(report.power.total));
  json["energy_per_multiplication_j"] = report.power.total.total() * report.power.period;
  json["toggles_per_multiplication"] = report.power.toggles;
  if (report.power.delays == DelayModel::library) {
    json["zero_delay_total_w"] = report.zero_delay.total.total();
    json["glitch_w"] = report.glitch_power();
    json["glitch_share"] = ratio_json(report.glitch_power(), report.power.total.total());
  }
  json.update(library_json(netlist.library()));
  if (by_instance) json["instances"] = instances_json(netlist, report.power);
  return json;
}

void print_instances(const MappedNetlist& netlist, const MultiplierPower& power) {
  std::vector<size_t> order(power.cells.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater(), [&](size_t i) { return power.cells[i].total(); });
  TextTable table({"<instance", "<cell", "internal uW", "switching uW", "leakage uW", "total uW"});
  for (const size_t i : order) {
    const EnergyShares& shares = power.cells[i];
    table.add_row({netlist.cells()[i].name, netlist.cells()[i].type->name, fmt::format("{:.4f}", 1e6 * shares.internal),
                   fmt::format("{:.4f}", 1e6 * shares.switching), fmt::format("{:.4g}", 1e6 * shares.leakage),
                   fmt::format("{:.4f}", 1e6 * shares.total())});
  }
  fmt::print("\n{}", table.text());
}

void print(const std::string& name, const MappedNetlist& netlist, const PowerReport& report) {
  const MultiplierPower& power = report.power;
  const EnergyShares& total = power.total;
  const bool has_glitches = power.delays == DelayModel::library;
  fmt::print("{} in {}, {} cells\n", name, printable(netlist.library().name), netlist.cells().size());
  fmt::print("  conditions {}\n", printable(to_string(netlist.library().conditions)));
  fmt::print("  stimulus   {}, one each {}\n", power.stimulus, format_quantity(power.period, Dimension::time));
  fmt::print("  delays     {}\n",
             has_glitches ? "library (glitches included, inertial)" : "zero (settled values, no glitches)");
  fmt::print("  convention {}, no wires\n\n", report.convention);
  const auto line = [&](const char* what, double watt) {
    fmt::print("  {:<10} {:>12.4f} uW  {:>5} %\n", what, 1e6 * watt, ratio_text(watt, total.total(), 1, 100));
  };
  line("internal", total.internal);
  line("switching", total.switching);
  line("leakage", total.leakage);
  line("total", total.total());
  if (has_glitches) line("glitches", report.glitch_power());
  fmt::print("\n  {:.4f} pJ and {:.1f} toggles a multiplication", 1e12 * total.total() * power.period, power.toggles);
  if (has_glitches) fmt::print(" ({:.1f} without glitches)", power.zero_delay_toggles);
  fmt::print("\n");
}

void run(const Arguments& arguments) {
  Notes notes;
  const MappedNetlist netlist = mapped_multiplier(arguments, read_library(arguments), notes);
  const MultiplierPorts ports = multiplier_ports(netlist);
  const OperandStimulus stimulus =
      read_operands(arguments, static_cast<int>(ports.a->bits.size()), static_cast<int>(ports.b->bits.size()));
  const PowerReport report = report_of(netlist, stimulus, arguments);
  const std::string& name = arguments.words()[0];
  const bool by_instance = arguments.has("instances");
  if (arguments.has("json")) return print_json(with_notes(as_json(name, netlist, report, by_instance), notes));
  print(name, netlist, report);
  fmt::print("{}", notes_text(notes));
  if (by_instance) print_instances(netlist, report.power);
}

}  // namespace

Verb power_verb() {
  return {"power", "NAME|FILE --liberty L", "power for a stream of operands, with or without glitches",
          join({mapped_options(),
                {histogram_option()},
                stimulus_options(),
                power_model_options(),
                {delays_option(), option("instances", "power of every cell too")}}),
          run};
}

}  // namespace tram::axm
