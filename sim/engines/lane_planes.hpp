#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace tram {

/// Bit plane b of values: bit i of planes[b] (64 lanes a word) is bit b of values[i]; the lanes behind the last value
/// of its word are 0. planes: `bits` pointers, each to ceil(values / 64) words.
void to_bit_planes(std::span<const uint32_t> values, size_t bits, uint64_t* const* planes);

}  // namespace tram
