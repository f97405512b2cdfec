#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/quant/predicted_energy.hpp"

namespace tram {

/// Energy in J by component, and parts of SRAM and DRAM that are in those two already.
struct EnergyBreakdown {
  double multiplier = 0, adder = 0, registers = 0, clock = 0, array_leakage = 0;  ///< the PEs, from their cells
  double accumulators = 0;                     ///< at the array's edge, from their cells, with their leakage
  double sram = 0, dram = 0, vector_unit = 0;  ///< by access, from the scenario
  double sram_leakage = 0;
  double dram_activate = 0, dram_read = 0, dram_write = 0, dram_refresh = 0, dram_background = 0;
  double total() const { return array() + accumulators + by_access(); }
  EnergyBreakdown& operator+=(const EnergyBreakdown& other);
  /// Multiplier, adder, registers, clock and leakage of the PEs.
  double array() const { return multiplier + adder + registers + clock + array_leakage; }
  /// Scratchpads, DRAM and vector unit.
  double by_access() const { return sram + dram + vector_unit; }
  EnergyBreakdown scaled(double factor) const;
};

/// Cycles by what the machine did, each counted once: for the first of these that was under way.
struct CycleBreakdown {
  double stream = 0, drain = 0, weight_load = 0, vector = 0, dma = 0, wait = 0;
  double total() const { return stream + drain + weight_load + vector + dma + wait; }
  CycleBreakdown& operator+=(const CycleBreakdown& other);
  CycleBreakdown divided(double by) const;
};

/// Area in mm^2 by part, of cells and of the figures of SRAM.
struct AreaBreakdown {
  double multipliers = 0, adders = 0, registers = 0, clock_gates = 0;  ///< of the PEs, and the gates before them
  double accumulators = 0;                                             ///< at the array's edge
  double weights_sram = 0, activations_sram = 0, outputs_sram = 0;
  double array() const { return multipliers + adders + registers + clock_gates; }
  double sram() const { return weights_sram + activations_sram + outputs_sram; }
  double total() const { return array() + accumulators + sram(); }
};

/// One layer of one image, or (scaled) the mean over images.
struct LayerResult {
  std::string name;
  std::string kind;                              ///< conv, linear, matmul, add, layer_norm, ...
  std::string multiplier;                        ///< that the PEs have in this layer; empty where it multiplies nothing
  int64_t m = 0, k = 0, n = 0;                   ///< the GEMM; 0 for layers of the vector unit
  int64_t weight_bits = 0, activation_bits = 0;  ///< of the operands' codes; 0 likewise
  std::string codes = {};  ///< of the operands: unsigned, signed or sign_magnitude; empty likewise
  double macs = 0;
  double cycles = 0;             ///< from the end of the layer before to the end of this layer
  CycleBreakdown cycle_parts;    ///< of these
  double array_busy_cycles = 0;  ///< of these, those in which folds of any layer occupied the array
  double fold_cycles = 0;        ///< in which its own folds occupied it; the first may lie in the layer before
  double dram_bytes = 0, sram_bytes = 0;
  double bank_wait_cycles = 0;  ///< of accesses to scratchpads whose bank was taken, their sum
  EnergyBreakdown energy;
};

/// One image through the machine.
struct ImageResult {
  int index = 0;  ///< in the data set
  int label = 0, top1 = 0, golden_top1 = 0;
  bool logits_equal = false;               ///< every logit of the machine equals golden inference
  std::vector<int32_t> logits;             ///< accumulators of the last layer
  double sampled_j = 0;                    ///< J, the part of the energy that was estimated from a sample of PEs
  double sampled_variance = 0;             ///< J^2, of that estimate
  double sampled_pes = 0, sampled_of = 0;  ///< PEs simulated for it, of so many (PEs x folds)
  int64_t checked_folds = 0;               ///< run on the RTL too and found equal
  uint64_t cycles = 0;
  double loading_cycles = 0, loading_j = 0;  ///< once, before the first image: what stays on chip; in no other figure
  double started_s = 0;                      ///< s on the steady clock when its first layer began
  std::vector<LayerResult> layers;
};

/// Power in one window of the trace, W, mean over the window.
struct PowerWindow {
  double start_s = 0, length_s = 0;
  EnergyBreakdown energy;  ///< J in the window
};

/// One image through a machine, and its power trace.
struct ImageRun {
  ImageResult result;
  std::vector<PowerWindow> power;
};

/// What one machine (multiplier, library, engine) did with all images.
struct MachineResult {
  std::string multiplier, library, engine, delay_model;
  std::string circuits_note;  ///< one line when layers have different multipliers; else empty
  int rows = 0, columns = 0;
  double clock_hz = 0;
  double critical_path_s = 0;       ///< 0: not known
  AreaBreakdown area;               ///< of its first multiplier, where there are several
  std::string clocking;             ///< of the PEs, in words
  double clock_tree_j = 0;          ///< J a cycle that folds occupy the array, an estimate; 0: no clock gates
  bool has_values = true;           ///< false: shapes only, no logits
  bool has_pe_energy = true;        ///< false: energies of the PEs, and so sums with them, are not measured
  std::vector<ImageResult> images;  ///< by index
  std::vector<PowerWindow> power;   ///< of the first image
  double wall_s = 0;
};

/// What a multiplier is made of, and what it needs by itself: mapped to the library with its delays, without loads, one
/// of 10,000 uniform random operand pairs (seed 1) a clock period (or its critical path, where that is longer), leakage
/// included: the figures of tram_axm compare, to set beside published ones.
struct MultiplierFigures {
  std::string name;            ///< as in MachineResult and LayerResult
  std::string circuit;         ///< in words, with the adder cells
  double zero_delay_j = 0;     ///< J a multiplication, settled values only
  double with_glitches_j = 0;  ///< J a multiplication
};

/// A whole run, with names fit to be printed (models/support/printable.hpp): the machine asked for, and the exact one
/// beside it (the same object when it is exact itself).
struct RunResult {
  std::string scenario, network, data_set;
  std::string preprocessing;       ///< of an image before the network sees it, in words; empty: shapes only
  std::string quantisation_note;   ///< one line where the network's own training quantised it; else empty
  std::string data_note;           ///< one line when the embedded default stood in for missing data; else empty
  std::string library_conditions;  ///< of the library: "1.8 V, 25 C, process 1 (nom_voltage)"
  std::vector<std::string> multiplier_notes;  ///< on how netlist files were read
  std::string access_energy_note;  ///< one line: energies of SRAM, DRAM and vector unit by access, with their source
  std::optional<PredictedEnergy> predicted;  ///< by the network's training, of its own multipliers
  double startup_s = 0;                      ///< from the start of the run to the first layer
  MachineResult machine;
  std::vector<MultiplierFigures> multipliers;  ///< in use, the best exact one of the library last; empty: none mapped
  bool has_exact = false;
  MachineResult exact;
  std::string stopped_by;  ///< one line on how far a run came that ended before its last image; else empty
};

}  // namespace tram
