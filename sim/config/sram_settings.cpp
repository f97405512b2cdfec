#include "sim/config/sram_settings.hpp"

#include <fmt/format.h>

#include "models/cells/liberty/liberty_names.hpp"
#include "models/memory/sram.hpp"

namespace tram {
namespace {

std::string beside_logic(const Scenario& scenario) {
  const double logic = logic_node(scenario), sram = sram_node(scenario.sram_node).nm;
  if (logic == sram) return fmt::format("the node of {}", scenario.technology.name);
  if (logic == 0) return fmt::format("the node of {} is not known", scenario.technology.name);
  return fmt::format("not the node of {}, {:g} nm", scenario.technology.name, logic);
}

std::string energy(const Scenario::Scratchpad& pad) {
  const double read = pad.read_energy_per_byte * 1e12, write = pad.write_energy_per_byte * 1e12;
  return pad.energy_given ? fmt::format("{:.3g} (from the scenario)", read) : fmt::format("{:.3g}/{:.3g}", read, write);
}

}  // namespace

double logic_node(const Scenario& scenario) {
  for (const NamedLiberty& named : named_liberties())
    if (named.name == scenario.technology.name) return named.node_nm;
  return 0;
}

void set_sram_figures(Scenario& scenario, bool choose_node) {
  const double logic = logic_node(scenario);
  if (choose_node) scenario.sram_node = nearest_sram_node(logic > 0 ? logic : 45).name;
  for (Scenario::Scratchpad* pad : {&scenario.weights, &scenario.activations, &scenario.outputs}) {
    const SramFigures figures = sram_figures(scenario.sram_node, pad->bytes / pad->banks, pad->port_bytes);
    pad->leakage_w = figures.leakage_w * pad->banks;
    pad->area_mm2 = figures.area_mm2 * pad->banks;
    if (pad->energy_given) continue;
    pad->read_energy_per_byte = figures.read_j / pad->port_bytes;
    pad->write_energy_per_byte = figures.write_j / pad->port_bytes;
  }
}

std::string sram_note(const Scenario& scenario) {
  const Scenario::Scratchpad &w = scenario.weights, &a = scenario.activations, &o = scenario.outputs;
  return fmt::format(
      "SRAM {}, {}, {} pJ/B read/written (weights, activations, outputs), leakage {:.3g} mW, {:.3g} mm2, {}: {}, {}",
      energy(w), energy(a), energy(o), (w.leakage_w + a.leakage_w + o.leakage_w) * 1e3,
      w.area_mm2 + a.area_mm2 + o.area_mm2, scenario.sram_node, sram_node(scenario.sram_node).source,
      beside_logic(scenario));
}

}  // namespace tram
