#pragma once
#include <cstdint>
#include <utility>
#include <vector>

namespace tram {

/// In which cycles a bank of a memory is taken: one access a cycle.
class BankOccupancy {
 public:
  /// Takes cycles [first, first + count), whoever has them.
  void reserve(uint64_t first, uint64_t count);

  /// Takes `count` free cycles from `first` on, as they come; returns the cycle behind the last one.
  uint64_t take(uint64_t first, uint64_t count);

  /// Nobody asks for cycles before this one any more.
  void forget(uint64_t cycle);

 private:
  using Taken = std::pair<uint64_t, uint64_t>;
  std::vector<Taken>::iterator behind(uint64_t cycle);

  std::vector<Taken> taken_;  ///< first cycle and the one behind the last; in order, with gaps between them
};

}  // namespace tram
