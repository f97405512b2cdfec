#pragma once
#include <cstdint>
#include <vector>

#include "rtl/pe_contract.hpp"
#include "sim/engines/rtl_array.hpp"
#include "sim/observers/vcd.hpp"

namespace tram {

/// Records the operands that leave every PE within the recorder's window.
class PeTrace {
 public:
  /// nets: MappedRow::nets, the order of the watched indices.
  PeTrace(VcdRecorder& recorder, const PeContract& contract, const std::vector<NetId>& nets, int rows, int columns);

  /// Nets to watch.
  const std::vector<uint32_t>& nets() const { return watched_; }
  bool wants(uint64_t start_cycle, int64_t clocks) const {
    return recorder_.wants(start_cycle, start_cycle + clocks + 1);
  }
  /// A fold in time. Folds of gated PEs overlap: row r and column c belong to this one from clock first + r + c on, but
  /// for what is held and loads.
  struct Place {
    uint64_t start_cycle = 0;
    int64_t first = 0;
    bool owns_all = true;  ///< the whole array belongs to it from its first clock on
  };
  /// A group of rows of the fold; see RowObserver.
  void record(const Place& place, int first_row, int first_column, int64_t clocks, const std::vector<uint64_t>& words);

 private:
  struct Port {
    bool is_held;
    std::vector<int> bits;                         ///< index into watched_ or -1 (0), -2 (1), bit 0 first
    std::vector<VcdRecorder::Variable> variables;  ///< [row][column]
  };
  /// since: clock less Place::first; a PE begins where it equals row + column. Very large: everywhere.
  void record_clock(const Port& port, uint64_t cycle, int64_t since, int first_row, int first_column,
                    const uint64_t* words, bool all);

  VcdRecorder& recorder_;
  int rows_, columns_;
  std::vector<uint32_t> watched_;
  std::vector<Port> ports_;
};

}  // namespace tram
