#pragma once
#include <cstdint>
#include <vector>

#include "sim/report/result.hpp"

namespace tram {

/// What one layer of one image did.
struct LayerCounters {
  EnergyBreakdown energy;      ///< J
  uint64_t dram_bytes = 0;     ///< moved, in whole bursts
  uint64_t sram_bytes = 0;     ///< read and written, all scratchpads
  uint64_t array_cycles = 0;   ///< in which the array was occupied
  uint64_t end = 0;            ///< cycle at which its last command was complete
};

/// Gathers energy, traffic and cycles of an image as the components report them: by layer, and energy by windows of
/// time. Cycles are those of the machine; windows count from the image's start.
class Meter {
 public:
  /// window_cycles > 0.
  explicit Meter(int64_t window_cycles) : window_cycles_(static_cast<uint64_t>(window_cycles)) {}

  /// A new image; forgets the one before.
  void start(uint64_t cycle, size_t layers);

  /// joules of a component (a member of EnergyBreakdown), spread evenly over cycles [first, end).
  void energy(double EnergyBreakdown::* component, int layer, uint64_t first, uint64_t end, double joules);

  LayerCounters& layer(int index) { return layers_[static_cast<size_t>(index)]; }
  const std::vector<LayerCounters>& layers() const { return layers_; }
  uint64_t start_cycle() const { return start_; }

  /// The windows of an image that ended at cycle `end`; the last one may be shorter.
  std::vector<PowerWindow> power(uint64_t end, double clock_hz) const;

 private:
  EnergyBreakdown& window(uint64_t index);

  uint64_t window_cycles_;
  uint64_t start_ = 0;
  std::vector<LayerCounters> layers_;
  std::vector<EnergyBreakdown> windows_;
};

}  // namespace tram
