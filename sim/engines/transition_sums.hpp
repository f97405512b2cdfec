#pragma once
#include <cstdint>
#include <span>

#include "models/cells/energy/transition_energy.hpp"

namespace tram {

/// sums[w] = sum over t of count(w, stream[t-1] -> stream[t]) for every weight code w, with code 0 before and after
/// the stream: the energy, in counts of the table, that a PE with weight w spends on the stream. A row of the array
/// sees one stream, so this is all that any weights in the row need.
/// sums: [2^a_bits], overwritten. Codes below 2^b_bits, as many as there are.
void transition_sums_naive(const TransitionEnergy& table, std::span<const uint8_t> stream, std::span<uint64_t> sums);

/// The same sums, fast.
void transition_sums(const TransitionEnergy& table, std::span<const uint8_t> stream, std::span<uint64_t> sums);

}  // namespace tram
