#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "models/quant/integer_network.hpp"

namespace tram {

/// First and last step in which a tensor is needed.
struct Lifetime {
  int first = 0, last = 0;
  bool meets(const Lifetime& other) const { return first <= other.last && other.first <= last; }
};

/// Where tensors lie while they are needed: those with a place in the activation scratchpad there, the others in DRAM.
struct Residency {
  std::vector<std::optional<uint32_t>> places;  ///< by tensor: offset in the activation scratchpad
  std::vector<Lifetime> lifetimes;              ///< by tensor
  std::vector<int64_t> sizes;                   ///< by tensor, B
  int64_t bytes = 0;                            ///< of the scratchpad, from its start, that any of them takes

  /// Whether the second tensor takes bytes of the scratchpad that the first one had before.
  bool follows(size_t before, size_t after) const;
};

/// Gives tensors places in `capacity` bytes so that those needed at the same time lie apart; which, by the DRAM traffic
/// that a byte of the scratchpad saves over the steps for which it is taken (or by size, where that saves more). A
/// tensor that no step reads is the network's result and stays in DRAM.
Residency place_tensors(const IntegerNetwork& network, int64_t capacity);

}  // namespace tram
