#pragma once
#include <algorithm>
#include <cstdint>

namespace tram {

/// Multiplication by a positive real number m < 2^15 in integers: round_half_even(x * multiplier / 2^shift),
/// multiplier in [2^30, 2^31) (or 0), shift in [16, 62].
struct Requantiser {
  int32_t multiplier = 0;
  int32_t shift = 0;
};

/// value / 2^shift rounded to the nearest integer, ties to even; shift in [1, 62], any value.
inline int64_t round_half_even_shift(int64_t value, int shift) {
  // Logical shifts of value + 2^63 and no branches: AVX2, which has no arithmetic shift of 64 bits, then does four.
  const auto offset = uint64_t{1} << 63;
  const auto floor = static_cast<int64_t>(((static_cast<uint64_t>(value) ^ offset) >> shift) - (offset >> shift));
  const int64_t rest = value & ((int64_t{1} << shift) - 1);
  const int64_t half = int64_t{1} << (shift - 1);
  return floor + static_cast<int64_t>(rest + (floor & 1) > half);
}

/// round_half_even(x * r.multiplier / 2^r.shift), not saturated: |result| < 2^46.
inline int64_t requantise(int32_t x, Requantiser r) {
  return round_half_even_shift(int64_t{x} * r.multiplier, r.shift);
}

/// clamp(zero + value), the saturation of every operation; low .. high within the output's format.
inline int32_t saturate(int64_t value, int32_t zero, int32_t low, int32_t high) {
  return static_cast<int32_t>(std::clamp<int64_t>(zero + value, low, high));
}

}  // namespace tram
