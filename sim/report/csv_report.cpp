#include <fmt/format.h>

#include "sim/report/report.hpp"
#include "sim/report/summary.hpp"

namespace tram {
namespace {

/// As RFC 4180 wants a field: in quotes when it holds a comma, a quote or a line break.
std::string field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string component_header(const char* unit) {
  std::string header;
  for (const EnergyComponent& component : energy_components) header += fmt::format(",{}_{}", component.name, unit);
  return header + ",total_" + unit + "\n";
}

std::string component_values(const EnergyBreakdown& energy) {
  std::string values;
  for (const EnergyComponent& component : energy_components) values += fmt::format(",{}", energy.*component.field);
  return values + fmt::format(",{}\n", energy.total());
}

}  // namespace

std::string layers_csv(const RunResult& run) {
  std::string csv =
      "multiplier,layer,kind,layer_multiplier,m,k,n,macs,cycles,array_cycles,utilisation_percent,dram_bytes,sram_bytes" +
      component_header("j");
  for (const MachineResult* machine : machines(run))
    for (const LayerResult& layer : summarise(*machine).layers)
      csv += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{}", field(machine->multiplier), field(layer.name),
                         field(layer.kind), field(layer.multiplier), layer.m, layer.k, layer.n, layer.macs, layer.cycles, layer.array_cycles,
                         100 * utilisation(layer, *machine), layer.dram_bytes, layer.sram_bytes) +
             component_values(layer.energy);
  return csv;
}

std::string power_trace_csv(const RunResult& run) {
  std::string csv = "multiplier,start_s,length_s" + component_header("w");
  for (const MachineResult* machine : machines(run))
    for (const PowerWindow& window : machine->power)
      csv += fmt::format("{},{},{}", field(machine->multiplier), window.start_s, window.length_s) +
             component_values(window.energy.scaled(window.length_s > 0 ? 1 / window.length_s : 0));
  return csv;
}

}  // namespace tram
