#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>

#include "sim/results/multiplier_use.hpp"
#include "sim/results/summary.hpp"

/// The figures of a run, each written down once: report.txt, summary.json, layers.csv, power_trace.csv and the tables of
/// scenarios/README.md come from these tables. A new figure is a line here and where it is measured.
namespace tram {

/// A part of an energy.
struct EnergyComponent {
  const char* key;    ///< in summary.json, and in CSV with its unit behind
  const char* label;  ///< of the report's column and row
  double EnergyBreakdown::*field;
  bool of_pes;  ///< not measured where the engine has no energies
  const char* meaning;
};
inline constexpr std::array<EnergyComponent, 9> energy_components{{
    {"multiplier", "multiplier", &EnergyBreakdown::multiplier, true,
     "multipliers of the PEs, glitches as delay_model says"},
    {"adder", "adder", &EnergyBreakdown::adder, true, "adders of the PEs"},
    {"registers", "registers", &EnergyBreakdown::registers, true, "registers of the PEs, without their clock"},
    {"clock", "clock", &EnergyBreakdown::clock, true,
     "clock pins of the PEs' registers; with array.gating also their gates and the nets behind them"},
    {"array_leakage", "leakage", &EnergyBreakdown::array_leakage, true, "leakage of the PEs, all cycles"},
    {"accumulators", "edge", &EnergyBreakdown::accumulators, true,
     "adders, registers and clocks at the array's edge that sum k tiles, and activations for weights with zero points; "
     "with their leakage"},
    {"sram", "SRAM", &EnergyBreakdown::sram, false, "scratchpads, by access, and their leakage"},
    {"dram", "DRAM", &EnergyBreakdown::dram, false, "DRAM, by command and state; without banks by access"},
    {"vector_unit", "vector", &EnergyBreakdown::vector_unit, false, "vector unit, by operation"},
}};

/// A part of what SRAM and DRAM have.
struct EnergyPart {
  const char* key;  ///< in summary.json
  double EnergyBreakdown::*field;
  const char* meaning;
};
inline constexpr std::array<EnergyPart, 6> memory_energy_parts{{
    {"sram_leakage", &EnergyBreakdown::sram_leakage, "of sram, leakage of the scratchpads in all cycles"},
    {"dram_activate", &EnergyBreakdown::dram_activate, "of dram, activations with their precharges"},
    {"dram_read", &EnergyBreakdown::dram_read, "of dram, bursts read; without banks all that is read"},
    {"dram_write", &EnergyBreakdown::dram_write, "of dram, bursts written; likewise"},
    {"dram_refresh", &EnergyBreakdown::dram_refresh, "of dram, refreshes"},
    {"dram_background", &EnergyBreakdown::dram_background, "of dram, standing by and power-down"},
}};
/// A part of the area.
struct AreaPart {
  const char* key;    ///< in summary.json
  const char* label;  ///< of the report's row
  double AreaBreakdown::*field;
  bool of_cells;  ///< not known where the engine maps no PE
  const char* meaning;
};
inline constexpr std::array<AreaPart, 8> area_parts{{
    {"multipliers", "multipliers", &AreaBreakdown::multipliers, true, "of the PEs"},
    {"adders", "adders", &AreaBreakdown::adders, true, "of the PEs"},
    {"registers", "registers", &AreaBreakdown::registers, true, "of the PEs, with what stands before them"},
    {"clock_gates", "clock gates", &AreaBreakdown::clock_gates, true,
     "of the PEs and of the parts that share one, with the registers of their enables"},
    {"accumulators", "edge", &AreaBreakdown::accumulators, true,
     "at the array's edge, with their clock gates and, for weights with zero points, the sums of the activations"},
    {"weights_sram", "SRAM weights", &AreaBreakdown::weights_sram, false, "the scratchpad of weights"},
    {"activations_sram", "SRAM activations", &AreaBreakdown::activations_sram, false, "the scratchpad of activations"},
    {"outputs_sram", "SRAM outputs", &AreaBreakdown::outputs_sram, false, "the scratchpad of outputs"},
}};

/// What the machine did in a cycle; where several units worked, the first of these.
struct CyclePart {
  const char* key;  ///< in summary.json, and in layers.csv with _cycles behind
  double CycleBreakdown::*field;
  const char* meaning;
};
inline constexpr std::array<CyclePart, 6> cycle_parts{{
    {"stream", &CycleBreakdown::stream, "activations enter the array"},
    {"drain", &CycleBreakdown::drain, "the array fills and drains"},
    {"weight_load", &CycleBreakdown::weight_load, "weights load, and nothing streams"},
    {"vector", &CycleBreakdown::vector, "the vector unit works, and the array does not"},
    {"dma", &CycleBreakdown::dma, "a DMA channel works, and neither array nor vector unit does"},
    {"wait", &CycleBreakdown::wait, "nothing works: the host issues commands, or reads the logits"},
}};

/// These parts of an energy.
struct MemoryEnergy {
  EnergyBreakdown energy;
};

/// So many of all images.
struct ImageShare {
  int count = 0, images = 0;
  double share() const { return images ? static_cast<double>(count) / images : 0; }  ///< 0..1
};

using FigureValue = std::variant<int64_t, double, ImageShare, std::string, EnergyBreakdown, MemoryEnergy,
                                 CycleBreakdown, AreaBreakdown>;

/// What a machine must have for a figure; without it the figure is not measured.
enum class Needs { nothing, values, pe_energy };
bool has(const MachineResult& machine, Needs needs);

/// How the report writes a number: with an SI prefix and the unit, as a whole number, in percent, with four digits.
enum class NumberForm { si, whole, percent, four_digits };

/// A figure of a machine, mean of an image unless meaning says otherwise.
struct MachineFigure {
  const char* key;    ///< in summary.json, in this order; "": not there
  const char* label;  ///< of the report's row; "": not there
  int row;            ///< place among the report's rows
  const char* unit;   ///< as the report writes it behind the number
  NumberForm form;    ///< of a double, in the report
  Needs needs;        ///< see above
  FigureValue (*value)(const MachineResult& machine, const MachineSummary& summary);
  const char* meaning;  ///< unit and meaning, for summary.json; "": a name
};
std::span<const MachineFigure> machine_figures();

/// A figure of a layer, mean of an image.
struct LayerFigure {
  using Value = std::variant<std::string LayerResult::*, int64_t LayerResult::*, double LayerResult::*,
                             double (*)(const LayerResult&, const MachineResult&)>;
  const char* key;      ///< column of layers.csv, in this order
  const char* heading;  ///< of the report's column; "": not there
  int width, decimals;  ///< of the report's column
  double scale;         ///< the report's unit is so many of the figure's
  const char* unit;     ///< of the figure
  Value value;          ///< members of type double are summed over images, divided by their number
  const char* meaning;
};
std::span<const LayerFigure> layer_figures();
/// Of one that is a double or computed.
double number(const LayerFigure& figure, const LayerResult& layer, const MachineResult& machine);

/// An energy of a multiplier in use, with its ratio to that of the best exact one.
struct MultiplierFigure {
  const char* key;      ///< in summary.json, with _j and _ratio behind
  const char* heading;  ///< of the report's column
  std::optional<double> (*joule)(const MultiplierUse& use);
  std::optional<double> (*ratio)(const MultiplierUse& use);
  const char* meaning;  ///< unit and meaning
  const char* ratio_meaning;
};
std::span<const MultiplierFigure> multiplier_figures();

/// Tables of all figures with their units and meanings, for scenarios/README.md.
std::string figures_as_markdown();

}  // namespace tram
