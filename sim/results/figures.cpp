#include "sim/results/figures.hpp"

#include <fmt/format.h>

#include <functional>

namespace tram {
namespace {

using Machine = const MachineResult&;
using Summary = const MachineSummary&;
using enum NumberForm;
using enum Needs;

/// A member of the machine or of its summary.
template <auto member>
FigureValue of(Machine machine, Summary summary) {
  if constexpr (requires { machine.*member; }) return machine.*member;
  else return summary.*member;
}

template <auto part>
FigureValue energy(Machine, Summary summary) {
  return std::invoke(part, summary.energy);
}

template <auto count>
FigureValue share(Machine, Summary summary) {
  return ImageShare{summary.*count, summary.images};
}

FigureValue memory_energy(Machine, Summary summary) { return MemoryEnergy{summary.energy}; }

FigureValue area(Machine machine, Summary) { return machine.area.total(); }

FigureValue clock_tree(Machine machine, Summary summary) {
  double busy = 0;
  for (const LayerResult& layer : summary.layers) busy += layer.array_busy_cycles;
  return machine.clock_tree_j * busy;
}

FigureValue correct_interval(Machine, Summary s) {
  if (!s.images) return "-";
  const ConfidenceInterval wilson = wilson_interval(s.correct, s.images);
  return fmt::format("{:.2f} .. {:.2f} %", 100 * wilson.low, 100 * wilson.high);
}

constexpr MachineFigure machine_table[] = {
    {"images", "", 0, "", whole, nothing, of<&MachineSummary::images>, "count"},
    {"top1", "top-1 accuracy", 1, "", percent, values, share<&MachineSummary::correct>,
     "share of the images, 0 to 1; null: the engine has no values"},
    {"", "  95 % interval (Wilson)", 2, "", percent, values, correct_interval, ""},
    {"golden_top1", "golden top-1 accuracy", 3, "", percent, values, share<&MachineSummary::golden_correct>,
     "share of the images, 0 to 1; null likewise"},
    {"logit_mismatches", "images with other logits", 4, "", whole, values, of<&MachineSummary::logit_mismatches>,
     "images with any logit unlike golden inference; null likewise"},
    {"cycles", "cycles", 6, "", whole, nothing, of<&MachineSummary::cycles>, "clock cycles, mean of an image"},
    {"cycles_by_part", "", 0, "", whole, nothing, of<&MachineSummary::cycle_parts>,
     "clock cycles, mean of an image: they add up to cycles"},
    {"latency_s", "latency", 7, "s", si, nothing, of<&MachineSummary::latency_s>, "s, mean of an image"},
    {"bank_wait_cycles", "", 0, "", whole, nothing, of<&MachineSummary::bank_wait_cycles>,
     "cycles that accesses to scratchpads waited for a bank, their sum, mean of an image"},
    {"macs", "MACs", 5, "", si, nothing, of<&MachineSummary::macs>, "multiply-accumulates, mean of an image"},
    {"utilisation", "MACs / (cycles x PEs)", 8, "", percent, nothing, of<&MachineSummary::utilisation>,
     "MACs / (cycles x PEs), 0 to 1"},
    {"energy_j", "energy", 9, "J", si, pe_energy, energy<&EnergyBreakdown::total>,
     "J, mean of an image, all components; null: the engine does not measure the PEs"},
    {"energy_by_access_j", "energy by access, no PEs", 13, "J", si, nothing, energy<&EnergyBreakdown::by_access>,
     "J, mean of an image, scratchpads, DRAM and vector unit without the PEs"},
    {"multiplier_energy_j", "", 0, "J", si, pe_energy, energy<&EnergyBreakdown::multiplier>,
     "J, mean of an image; null likewise"},
    {"array_energy_j", "PE energy, with leakage", 10, "J", si, pe_energy, energy<&EnergyBreakdown::array>,
     "J, mean of an image, the PEs with their leakage; null likewise"},
    {"energy_by_component_j", "", 0, "J", si, nothing, of<&MachineSummary::energy>,
     "J, mean of an image; null likewise"},
    {"memory_energy_j", "", 0, "J", si, nothing, memory_energy,
     "J, mean of an image, parts of sram and dram of energy_by_component_j"},
    {"loading_cycles", "", 0, "", whole, nothing, of<&MachineSummary::loading_cycles>,
     "clock cycles, once before the first image, to load what stays on chip (mapping.weights: resident)"},
    {"loading_j", "", 0, "J", si, nothing, of<&MachineSummary::loading_j>,
     "J, once likewise, in no other figure; without the PEs' leakage where the engine does not measure them"},
    {"power_w", "power", 11, "W", si, pe_energy, of<&MachineSummary::power_w>, "W, energy / latency; null likewise"},
    {"tops_per_watt", "TOPS/W", 12, "", four_digits, pe_energy, of<&MachineSummary::tops_per_watt>,
     "10^12 operations / J, 2 operations a MAC; null likewise"},
    {"area_mm2", "area, mm2", 14, "", four_digits, pe_energy, area,
     "mm^2, cells of the PEs and of the array's edge and the scratchpads; without vector unit, DMA, bus, clock tree, "
     "wires and space between cells; null likewise"},
    {"area_by_part_mm2", "", 0, "", four_digits, nothing, of<&MachineResult::area>, "mm^2; null likewise"},
    {"sampled_energy_j", "", 0, "J", si, pe_energy, of<&MachineSummary::sampled_j>,
     "J, mean of an image, the part estimated from a random sample of PEs"},
    {"sampled_interval_width", "", 0, "", percent, pe_energy, of<&MachineSummary::sampled_width>,
     "width of its 95 % interval / itself"},
    {"sampled_share_of_pes", "", 0, "", percent, pe_energy, of<&MachineSummary::sampled_share>,
     "PEs simulated for it / PEs of all folds"},
    {"cosim_folds", "", 0, "", whole, nothing, of<&MachineSummary::checked_folds>,
     "folds run on the RTL too and found equal, all images"},
    {"engine", "", 0, "", whole, nothing, of<&MachineResult::engine>, ""},
    {"multiplier", "", 0, "", whole, nothing, of<&MachineResult::multiplier>, ""},
    {"circuits_note", "", 0, "", whole, nothing, of<&MachineResult::circuits_note>, ""},
    {"library", "", 0, "", whole, nothing, of<&MachineResult::library>, ""},
    {"delay_model", "", 0, "", whole, nothing, of<&MachineResult::delay_model>, ""},
    {"rows", "", 0, "", whole, nothing, of<&MachineResult::rows>, ""},
    {"columns", "", 0, "", whole, nothing, of<&MachineResult::columns>, ""},
    {"clock_hz", "", 0, "Hz", si, nothing, of<&MachineResult::clock_hz>, "Hz"},
    {"critical_path_s", "", 0, "s", si, nothing, of<&MachineResult::critical_path_s>, "s, 0: not known"},
    {"clock_tree_estimate_j", "", 0, "J", si, pe_energy, clock_tree,
     "J, mean of an image: buffers above the clock gates without wires, in no other figure; 0: no gates"},
    {"wall_s", "", 0, "s", si, nothing, of<&MachineResult::wall_s>, "s, time the simulation took for all images"},
};

double utilisation_percent(const LayerResult& layer, Machine machine) { return 100 * utilisation(layer, machine); }

constexpr LayerFigure layer_table[] = {
    {"layer", "", 0, 0, 1, "", &LayerResult::name, "name in the network"},
    {"kind", "", 0, 0, 1, "", &LayerResult::kind, "conv, linear, matmul, add, ..."},
    {"layer_multiplier", "", 0, 0, 1, "", &LayerResult::multiplier,
     "of the PEs in this layer; empty where it multiplies nothing"},
    {"m", "", 0, 0, 1, "", &LayerResult::m, "rows of the GEMM's result; 0: a layer of the vector unit"},
    {"k", "", 0, 0, 1, "", &LayerResult::k, "products summed for each element of it"},
    {"n", "", 0, 0, 1, "", &LayerResult::n, "columns of the GEMM's result"},
    {"macs", "MMAC", 8, 3, 1e6, "", &LayerResult::macs, "multiply-accumulates"},
    {"cycles", "cycles", 9, 0, 1, "cycles", &LayerResult::cycles,
     "from the end of the layer before to its own: they add up to the image's"},
    {"array_busy_cycles", "", 0, 0, 1, "cycles", &LayerResult::array_busy_cycles,
     "of these, those in which folds of any layer occupy the array: the next layer's first folds run while this one "
     "still drains"},
    {"fold_cycles", "", 0, 0, 1, "cycles", &LayerResult::fold_cycles,
     "of its own folds, wherever they lie: 2 rows + columns + M - 2 each; with array.weight_load: hidden less those in "
     "which they overlap the fold before"},
    {"utilisation_percent", "util %", 6, 1, 1, "%", utilisation_percent,
     "macs / (PEs x the larger of cycles and fold_cycles)"},
    {"dram_bytes", "DRAM KiB", 9, 1, 1024, "B", &LayerResult::dram_bytes, "read from and written to DRAM"},
    {"sram_bytes", "SRAM KiB", 9, 1, 1024, "B", &LayerResult::sram_bytes, "read from and written to scratchpads"},
    {"bank_wait_cycles", "", 0, 0, 1, "cycles", &LayerResult::bank_wait_cycles,
     "that accesses to scratchpads waited for a bank, their sum"},
    {"codes", "", 0, 0, 1, "", &LayerResult::codes,
     "unsigned, signed or sign_magnitude; empty where it multiplies nothing"},
    {"weight_bits", "", 0, 0, 1, "bits", &LayerResult::weight_bits,
     "of weights, or of the operand that the array holds; 0: a layer of the vector unit"},
    {"activation_bits", "", 0, 0, 1, "bits", &LayerResult::activation_bits, "of what streams; 0 likewise"},
};

using Use = const MultiplierUse&;
using Known = std::optional<double>;

constexpr MultiplierFigure multiplier_table[] = {
    {"uniform_zero_delay", "uniform, zero delay", [](Use use) -> Known { return use.figures.zero_delay_j; },
     [](Use use) -> Known { return use.zero_delay_ratio; },
     "J a multiplication of uniform random operands, the multiplier alone, no glitches",
     "to the best exact multiplier of the library, the last of multipliers"},
    {"uniform", "uniform, glitches", [](Use use) -> Known { return use.figures.with_glitches_j; },
     [](Use use) -> Known { return use.with_glitches_ratio; }, "J likewise, glitches included", "likewise"},
    {"run", "this run, a MAC", [](Use use) -> Known { return use.run_j; },
     [](Use use) -> Known { return use.run_ratio; }, "J a MAC with the run's own operands, in the PE",
     "likewise, in the same layers; null: the machine with exact multipliers did not run"},
};

}  // namespace

bool has(const MachineResult& machine, Needs needs) {
  return needs == nothing || (needs == values ? machine.has_values : machine.has_pe_energy);
}

std::span<const MachineFigure> machine_figures() { return machine_table; }
std::span<const LayerFigure> layer_figures() { return layer_table; }
std::span<const MultiplierFigure> multiplier_figures() { return multiplier_table; }

double number(const LayerFigure& figure, const LayerResult& layer, const MachineResult& machine) {
  if (const auto* member = std::get_if<double LayerResult::*>(&figure.value)) return layer.*(*member);
  return std::get<double (*)(const LayerResult&, const MachineResult&)>(figure.value)(layer, machine);
}

std::string figures_as_markdown() {
  std::string text = "| `summary.json`, each machine | unit, meaning |\n|---|---|\n";
  for (const MachineFigure& figure : machine_table)
    if (*figure.meaning) text += fmt::format("| `{}` | {} |\n", figure.key, figure.meaning);
  text += "\n| `summary.json`, each of `multipliers` | unit, meaning |\n|---|---|\n";
  for (const MultiplierFigure& figure : multiplier_table)
    text += fmt::format("| `{}_j` | {} |\n", figure.key, figure.meaning);
  for (const MultiplierFigure& figure : multiplier_table)
    text += fmt::format("| `{}_ratio` | {} |\n", figure.key, figure.ratio_meaning);
  text += "\n| `layers.csv` | unit | meaning |\n|---|---|---|\n";
  for (const LayerFigure& figure : layer_table)
    text += fmt::format("| `{}` | {} | {} |\n", figure.key, figure.unit, figure.meaning);
  text += "\n| `energy_by_component_j`; `_j` in `layers.csv`, `_w` in `power_trace.csv` | meaning |\n|---|---|\n";
  for (const EnergyComponent& component : energy_components)
    text += fmt::format("| `{}` | {} |\n", component.key, component.meaning);
  text += "\n| `area_by_part_mm2` | meaning |\n|---|---|\n";
  for (const AreaPart& part : area_parts) text += fmt::format("| `{}` | {} |\n", part.key, part.meaning);
  text += "\n| `cycles_by_part`; `_cycles` in `layers.csv` | cycles in which |\n|---|---|\n";
  for (const CyclePart& part : cycle_parts) text += fmt::format("| `{}` | {} |\n", part.key, part.meaning);
  text += "\n| `memory_energy_j` | meaning |\n|---|---|\n";
  for (const EnergyPart& part : memory_energy_parts) text += fmt::format("| `{}` | {} |\n", part.key, part.meaning);
  return text;
}

}  // namespace tram
