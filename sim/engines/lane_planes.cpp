#include "sim/engines/lane_planes.hpp"

#include <immintrin.h>

#include <algorithm>

namespace tram {
namespace {

/// Byte `index` of 32 values, in order.
__m256i gather_bytes(const uint32_t* values, int index) {
  const __m256i low = _mm256_set1_epi32(0xff);
  const auto part = [&](int i) {
    const __m256i eight = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(values) + i);
    return _mm256_and_si256(_mm256_srli_epi32(eight, 8 * index), low);
  };
  const __m256i a = _mm256_packus_epi32(part(0), part(1)), b = _mm256_packus_epi32(part(2), part(3));
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  return _mm256_permutevar8x32_epi32(_mm256_packus_epi16(a, b), order);
}

/// Bits of 32 values into half `half` of word `word` of the planes.
void add_half_word(const uint32_t* values, size_t bits, size_t word, int half, uint64_t* const* planes) {
  for (size_t byte = 0; 8 * byte < bits; ++byte) {
    __m256i lanes = gather_bytes(values, static_cast<int>(byte));
    for (size_t bit = 8; bit-- > 0; lanes = _mm256_add_epi8(lanes, lanes)) {
      if (8 * byte + bit >= bits) continue;
      const uint64_t mask = static_cast<uint32_t>(_mm256_movemask_epi8(lanes));
      uint64_t& to = planes[8 * byte + bit][word];
      to = half == 0 ? mask : to | mask << 32;
    }
  }
}

}  // namespace

void to_bit_planes(std::span<const uint32_t> values, size_t bits, uint64_t* const* planes) {
  const size_t words = (values.size() + 63) / 64;
  for (size_t word = 0; word < words; ++word) {
    for (int half = 0; half < 2; ++half) {
      const size_t first = word * 64 + static_cast<size_t>(half) * 32;
      if (first + 32 <= values.size()) {
        add_half_word(values.data() + first, bits, word, half, planes);
        continue;
      }
      uint32_t rest[32] = {};
      if (first < values.size()) std::copy(values.begin() + static_cast<ptrdiff_t>(first), values.end(), rest);
      add_half_word(rest, bits, word, half, planes);
    }
  }
}

}  // namespace tram
