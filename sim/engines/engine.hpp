#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "models/multiplier/truth_table.hpp"

namespace tram {

struct Scenario;
class VcdRecorder;

/// One fold of a weight-stationary GEMM: a rows x columns block of weights stays, m vectors of activations pass.
/// Row r of the array has tap k = r of the block, column c output channel c.
struct Fold {
  int rows = 0, columns = 0, m = 0;          ///< used part of the array and length of the stream
  std::span<const uint8_t> weights;          ///< [rows][columns]
  std::span<const uint8_t> activations;      ///< [m][rows]
  std::span<int32_t> products;               ///< out [m][columns]: sum over the rows of AxM(w, x)
  std::span<int32_t> activation_sums;        ///< out [m]: sum over the rows of x
  uint64_t start_cycle = 0;                  ///< first cycle of the weight load, for traces
};

/// Dynamic energy of the array, J, by part of the PE.
struct ArrayEnergy {
  double multiplier = 0, adder = 0, registers = 0, clock = 0;
  double total() const { return multiplier + adder + registers + clock; }
  ArrayEnergy& operator+=(const ArrayEnergy& other) {
    multiplier += other.multiplier; adder += other.adder; registers += other.registers; clock += other.clock;
    return *this;
  }
};

/// What fills the PEs. All engines give the same integers; the array's cycles come from the platform.
class Engine {
 public:
  virtual ~Engine() = default;
  virtual std::string name() const = 0;
  /// Back to the state after reset; called before each image, so that results do not depend on what ran before.
  virtual void reset() = 0;
  /// Computes a fold, clock by clock where the engine has clocks.
  virtual void run(const Fold& fold) = 0;
  /// Energy of the folds since the last call.
  virtual ArrayEnergy take_energy() = 0;
  /// Leakage power of the whole array, W.
  virtual double leakage_power() const = 0;
  /// "zero_delay", "library", or "none" where the engine has no energy.
  virtual std::string delay_model() const = 0;
  /// Longest register-to-register path of the PE in s; 0 when the engine does not know.
  virtual double critical_path() const { return 0; }
  /// From now on the PE's ports are recorded within the recorder's window.
  virtual void trace(VcdRecorder&) {}
};

/// Cycles a fold occupies the array (exposed weight load), as in SCALE-Sim: 2 R + C + M - 2.
constexpr int64_t weight_stationary_fold_cycles(int64_t rows, int64_t columns, int64_t m) {
  return 2 * rows + columns + m - 2;
}

}  // namespace tram
