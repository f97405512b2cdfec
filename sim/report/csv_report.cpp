#include <fmt/format.h>

#include "models/support/printable.hpp"
#include "sim/report/report.hpp"
#include "sim/results/summary.hpp"

namespace tram {
namespace {

std::string component_header(const char* unit) {
  std::string header;
  for (const EnergyComponent& component : energy_components) header += fmt::format(",{}_{}", component.name, unit);
  return header + ",total_" + unit + "\n";
}

/// What is not measured is an empty field.
std::string component_values(const MachineResult& machine, const EnergyBreakdown& energy) {
  std::string values;
  const auto add = [&](bool is_measured, double value) { values += is_measured ? fmt::format(",{}", value) : ","; };
  for (const EnergyComponent& component : energy_components)
    add(machine.has_pe_energy || !component.of_pes, energy.*component.field);
  add(machine.has_pe_energy, energy.total());
  return values + "\n";
}

}  // namespace

std::string layers_csv(const RunResult& run) {
  std::string csv =
      "multiplier,layer,kind,layer_multiplier,m,k,n,macs,cycles,array_busy_cycles,fold_cycles,utilisation_percent,"
      "dram_bytes,sram_bytes" +
      component_header("j");
  for (const MachineResult* machine : machines(run))
    for (const LayerResult& layer : summarise(*machine).layers)
      csv += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{}", csv_field(machine->multiplier),
                         csv_field(layer.name), csv_field(layer.kind), csv_field(layer.multiplier), layer.m, layer.k,
                         layer.n, layer.macs, layer.cycles, layer.array_busy_cycles, layer.fold_cycles,
                         100 * utilisation(layer, *machine), layer.dram_bytes, layer.sram_bytes) +
             component_values(*machine, layer.energy);
  return csv;
}

std::string power_trace_csv(const RunResult& run) {
  std::string csv = "multiplier,start_s,length_s" + component_header("w");
  for (const MachineResult* machine : machines(run))
    for (const PowerWindow& window : machine->power)
      csv += fmt::format("{},{},{}", csv_field(machine->multiplier), window.start_s, window.length_s) +
             component_values(*machine, window.energy.scaled(window.length_s > 0 ? 1 / window.length_s : 0));
  return csv;
}

}  // namespace tram
