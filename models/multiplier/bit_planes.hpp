#pragma once
#include <cstddef>
#include <cstdint>

namespace tram {

/// Bit-parallel evaluation over all operand pairs: lane k of word w is the pair with index 64 w + k = (a << b_bits) |
/// b. Bit `bit` of that index, for all lanes of the word.
uint64_t index_plane(int bit, size_t word);

/// Values of the 64 lanes of one word from its bit planes, planes[0] the lowest bit; 1 to 32 planes.
/// Two's complement when signed, else values are below 2^31.
void unpack_lanes(const uint64_t* planes, int bits, bool is_signed, int32_t values[64]);

}  // namespace tram
