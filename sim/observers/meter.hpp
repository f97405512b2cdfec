#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "sim/results/result.hpp"

namespace tram {

/// What one layer of one image did.
struct LayerCounters {
  EnergyBreakdown energy;         ///< J
  uint64_t dram_bytes = 0;        ///< moved, in whole bursts
  uint64_t sram_bytes = 0;        ///< read and written, all scratchpads
  uint64_t bank_wait_cycles = 0;  ///< in which accesses waited for a bank of a scratchpad
  uint64_t fold_cycles = 0;       ///< in which its folds occupied the array
  uint64_t end = 0;               ///< cycle at which its last command was complete
};

/// What units may be doing, in the order in which a cycle counts.
enum class MachineActivity { stream, drain, weight_load, vector, dma_in, dma_out };
inline constexpr size_t kMachineActivities = 6;

/// Most windows that a power trace has; a longer image has windows of twice, four times ... the cycles asked for.
inline constexpr uint64_t kMostPowerWindows = uint64_t{1} << 16;

/// Gathers energy, traffic and cycles of an image as the components report them: by layer, and energy by windows of
/// time. Cycles are those of the machine; windows count from the image's start. Of an image of more than
/// kMostPowerWindows windows each two neighbours become one, as often as need be; no energy is lost.
class Meter {
 public:
  /// window_cycles > 0.
  explicit Meter(int64_t window_cycles) : asked_cycles_(static_cast<uint64_t>(window_cycles)) {}

  /// A new image; forgets the one before.
  void start(uint64_t cycle, size_t layers);

  /// joules of a component (a member of EnergyBreakdown), spread evenly over cycles [first, end).
  void energy(double EnergyBreakdown::*component, int layer, uint64_t first, uint64_t end, double joules);

  /// A fold of a layer occupies the array in cycles [first, end); folds come in the order of time.
  void fold(int layer, uint64_t first, uint64_t end);

  /// A unit does this in cycles [first, end); its intervals come in the order of time.
  void active(MachineActivity activity, uint64_t first, uint64_t end);

  LayerCounters& layer(int index) { return layers_[static_cast<size_t>(index)]; }
  const std::vector<LayerCounters>& layers() const { return layers_; }
  uint64_t start_cycle() const { return start_; }

  /// Cycles at which the layers begin, the first with the image, each other one where the layer before it is complete.
  /// So they divide the image's time; a layer's first folds may lie before it, while the layer before still drains.
  std::vector<uint64_t> layer_starts() const;
  /// The cycles between each two neighbours of `bounds`, which ascend, by what was done in them.
  std::vector<CycleBreakdown> breakdown(const std::vector<uint64_t>& bounds) const;
  /// Of the cycles [first, end), those in which folds of any layer occupied the array.
  uint64_t array_busy(uint64_t first, uint64_t end) const;

  /// The windows of an image that ended at cycle `end`; the last one may be shorter. Energy after its end (of what is
  /// still under way then) lies in the last one.
  std::vector<PowerWindow> power(uint64_t end, double clock_hz);

 private:
  void reach(uint64_t cycles);

  uint64_t asked_cycles_, window_cycles_ = asked_cycles_;
  uint64_t start_ = 0;
  std::vector<LayerCounters> layers_;
  std::vector<EnergyBreakdown> windows_;
  /// From first to end - 1 the array was occupied.
  struct Busy {
    uint64_t first, end;
  };
  std::vector<Busy> busy_;  ///< in the order of time
  std::array<std::vector<Busy>, kMachineActivities> active_;
};

}  // namespace tram
