#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/cells/timing/timed_simulation.hpp"
#include "models/multiplier/truth_table.hpp"
#include "sim/results/result.hpp"

namespace tram {

struct Scenario;
class Edge;
class VcdRecorder;

/// What counts, the same in every engine that has energies:
/// - A fold takes T = 2 R + C + m - 2 clocks of all R x C PEs, idle ones included; each clocks its registers.
/// - Idle rows (the first R - rows) and idle columns hold weights of code 0. Idle rows see activations of code 0; the
///   activations of a used row pass through its idle columns.
/// - Weights shift down through the array for R clocks, over those of the fold before; activations have code 0 then.
///   Each row then sees code 0, its m activations, code 0: m + 1 transitions with the weight held. After reset all
///   weights and activations are 0.
/// - Row 0 of a fold that uses all rows takes its first activation with its last weight shift: in PE (0, 0) both
///   operands of the multiplier change at once.
/// - Energy is linear in the toggles of the nets (pe_energies.hpp). Toggles are those of settled values; with
///   technology.delays: library the glitches of the multiplier are added, for the transitions of the activation with
///   the weight held (models/cells/energy/transition_energy.hpp). Registers and adder see settled products.
/// - The last change of PE (R-1, C-1) falls into the first clock of the next fold and counts there.
///
/// Of gated PEs (array.gating: clock or zero; gated_clocks.hpp says what ticks when):
/// - Used columns alone are clocked and take new weights; the others keep what they have. The gates before the registers
///   of the first column that is not used see what leaves the last used one.
/// - Idle rows in used columns hold weights of code 0, or with two registers (array.weight_load: hidden) what they had.
/// - Each row sees its m activations, then code 0; with gating zero those of code 0 leave the registers as they are.
///   The weights at work change while the activation is 0.
/// - A fold counts until it is at rest, two clocks behind the last of those above. Folds that overlap toggle and tick as
///   if each ran alone, as their vectors follow each other behind two that do not count; only the gates of the parts and
///   the registers of their enables are clocked in every cycle of the array (Fold::cycles). A column that one of two
///   overlapping folds uses is taken to be clocked for that one alone. Toggles of the parts' enables, two a fold, do not
///   count.
/// - Nothing above the parts' gates counts: clock_tree_estimate() stands beside the sums.

/// One fold of a weight-stationary GEMM: a rows x columns block of weights stays, m vectors of activations pass.
/// Row r of the array has tap k = r of the block, column c output channel c. Input-stationary, the block that stays is of
/// activations, column c an output position, and vectors of weights pass, one an output channel.
struct Fold {
  int rows = 0, columns = 0, m = 0;      ///< used part of the array and length of the stream
  std::span<const uint8_t> weights;      ///< [rows][columns]
  std::span<const uint8_t> activations;  ///< [m][rows]
  std::span<int32_t> products;           ///< out [m][columns]: sum over the rows of AxM(w, x)
  std::span<int32_t> activation_sums;    ///< out [m]: sum over the rows of x
  uint64_t start_cycle = 0;              ///< first cycle of the weight load, for traces
  int layer = 0;                         ///< index of the network's step, for messages
  int64_t wait = 0;    ///< cycles from the least time after the load to the first activation, for traces
  int64_t cycles = 0;  ///< in which the array works and worked on no fold before; 0: as for a fold that runs alone
};

/// Dynamic energy of the array, J, by part of the PE.
struct ArrayEnergy {
  double multiplier = 0, adder = 0, registers = 0, clock = 0;
  double total() const { return multiplier + adder + registers + clock; }
  ArrayEnergy& operator+=(const ArrayEnergy& other) {
    multiplier += other.multiplier;
    adder += other.adder;
    registers += other.registers;
    clock += other.clock;
    return *this;
  }
  ArrayEnergy& operator-=(const ArrayEnergy& other) {
    multiplier -= other.multiplier;
    adder -= other.adder;
    registers -= other.registers;
    clock -= other.clock;
    return *this;
  }
};

/// Energy that was estimated from a random sample of PEs: its sum, and the variance of that sum.
struct SampledEnergy {
  double joule = 0;         ///< J
  double variance = 0;      ///< J^2; 0 when every PE was counted
  int64_t pes = 0, of = 0;  ///< PEs simulated, of so many (PEs x folds)
  SampledEnergy& operator+=(const SampledEnergy& other) {
    joule += other.joule;
    variance += other.variance;
    pes += other.pes;
    of += other.of;
    return *this;
  }
};

/// What an engine may want to know before a run.
struct RunPlan {
  int64_t folds = 0;                            ///< of all images
  std::vector<std::string> layers;              ///< names of the network's steps
  bool sums_activations = false;                ///< some layer has weights with a zero point
  std::filesystem::path difference_waves = {};  ///< file for waves where RTL and table differ; empty: none
};

/// What fills the PEs. All engines give the same integers; the array's cycles come from the platform.
class Engine {
 public:
  virtual ~Engine() = default;
  virtual std::string name() const = 0;
  /// Called once before the first image.
  virtual void plan(const RunPlan&) {}
  /// Back to the state after reset; called before each image, so that results do not depend on what ran before.
  virtual void reset() = 0;
  /// Computes a fold, clock by clock where the engine has clocks.
  virtual void run(const Fold& fold) = 0;
  /// Energy of the folds since the last call.
  virtual ArrayEnergy take_energy() = 0;
  /// The part of that which was estimated, since the last call of this.
  virtual SampledEnergy take_sampled() { return {}; }
  /// Folds that were run on the RTL too and found equal, since the last call of this.
  virtual int64_t take_checked() { return 0; }
  /// The accumulators at the array's edge, whose energy is not in take_energy(); none where it has no energies.
  virtual Edge* edge() { return nullptr; }
  /// Leakage power of the whole array without its edge, W.
  virtual double leakage_power() const = 0;
  /// Whether products are computed; without, logits mean nothing.
  virtual bool has_values() const { return true; }
  /// The delays behind its energies; nothing where it has no energies.
  virtual std::optional<DelayModel> delay_model() const { return {}; }
  /// Longest register-to-register path of the PE in s; 0 when the engine does not know.
  virtual double critical_path() const { return 0; }
  /// Area of the array and its edge, without memories; nothing where it has no energies.
  virtual AreaBreakdown area() const { return {}; }
  /// J a clock of the array in the clock tree above its clock gates, an estimate that is part of no other figure; 0
  /// where clocks are not gated.
  virtual double clock_tree_estimate() const { return 0; }
  /// From now on the PE's ports are recorded within the recorder's window.
  virtual void trace(VcdRecorder&) {}
};

/// Cycles a fold occupies the array (exposed weight load), as in SCALE-Sim: 2 R + C + M - 2.
constexpr int64_t weight_stationary_fold_cycles(int64_t rows, int64_t columns, int64_t m) {
  return 2 * rows + columns + m - 2;
}

}  // namespace tram
