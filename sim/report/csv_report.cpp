#include <fmt/format.h>

#include "models/support/printable.hpp"
#include "sim/report/report.hpp"
#include "sim/results/figures.hpp"

namespace tram {
namespace {

std::string component_header(const char* unit) {
  std::string header;
  for (const EnergyComponent& component : energy_components) header += fmt::format(",{}_{}", component.key, unit);
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

std::string layer_value(const LayerFigure& figure, const LayerResult& layer, const MachineResult& machine) {
  if (const auto* text = std::get_if<std::string LayerResult::*>(&figure.value)) return csv_field(layer.*(*text));
  if (const auto* count = std::get_if<int64_t LayerResult::*>(&figure.value)) return fmt::format("{}", layer.*(*count));
  return fmt::format("{}", number(figure, layer, machine));
}

}  // namespace

std::string layers_csv(const RunResult& run) {
  std::string csv = "multiplier";
  for (const LayerFigure& figure : layer_figures()) csv += fmt::format(",{}", figure.key);
  for (const CyclePart& part : cycle_parts) csv += fmt::format(",{}_cycles", part.key);
  csv += component_header("j");
  for (const MachineResult* machine : machines(run))
    for (const LayerResult& layer : summarise(*machine).layers) {
      csv += csv_field(machine->multiplier);
      for (const LayerFigure& figure : layer_figures()) csv += fmt::format(",{}", layer_value(figure, layer, *machine));
      for (const CyclePart& part : cycle_parts) csv += fmt::format(",{}", layer.cycle_parts.*part.field);
      csv += component_values(*machine, layer.energy);
    }
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
