#include "sim/engines/transition_sums.hpp"

#include <immintrin.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace tram {
namespace {

constexpr size_t group = 8;                      // rows of the table summed at once
constexpr size_t prefetched = 2;                 // groups ahead
constexpr size_t rows_a_part = size_t{1} << 16;  // of counts below 2^15: their sums stay below 2^32
static_assert(rows_a_part % group == 0);

/// Calls visit(x_prev, x_now) for every transition that changes the code; the others take no energy.
template <class Visit>
void for_each_transition(std::span<const uint8_t> stream, Visit&& visit) {
  uint8_t last = 0;
  for (const uint8_t x : stream) {
    if (x != last) visit(last, x);
    last = x;
  }
  if (last != 0) visit(last, uint8_t{0});
}

/// Sums of 16-bit elements kept as two 32-bit words: total = low + 2^16 high (modulo 2^32) and high, of elements in
/// pairs (low: even ones). Two counts below 2^15 fit 16 bits.
void add_group(const uint16_t* const* rows, size_t vectors, uint32_t* total, uint32_t* high) {
  for (size_t v = 0; v < vectors; ++v) {
    auto* const to_total = reinterpret_cast<__m256i*>(total) + v;
    auto* const to_high = reinterpret_cast<__m256i*>(high) + v;
    __m256i sum = _mm256_load_si256(to_total), upper = _mm256_load_si256(to_high);
    for (size_t i = 0; i < group; i += 2) {
      const __m256i pair = _mm256_add_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(rows[i]) + v),
                                            _mm256_loadu_si256(reinterpret_cast<const __m256i*>(rows[i + 1]) + v));
      sum = _mm256_add_epi32(sum, pair);
      upper = _mm256_add_epi32(upper, _mm256_srli_epi32(pair, 16));
    }
    _mm256_store_si256(to_total, sum);
    _mm256_store_si256(to_high, upper);
  }
}

void prefetch(const uint16_t* const* rows, size_t bytes) {
  for (size_t i = 0; i < group; ++i)
    for (size_t at = 0; at < bytes; at += 64) _mm_prefetch(reinterpret_cast<const char*>(rows[i]) + at, _MM_HINT_T0);
}

}  // namespace

void transition_sums_naive(const TransitionEnergy& table, std::span<const uint8_t> stream, std::span<uint64_t> sums) {
  std::fill(sums.begin(), sums.end(), 0);
  uint8_t last = 0;
  for (size_t t = 0; t <= stream.size(); ++t) {
    const uint8_t now = t < stream.size() ? stream[t] : 0;
    for (size_t w = 0; w < sums.size(); ++w) sums[w] += table.row(last, now)[w];
    last = now;
  }
}

void transition_sums(const TransitionEnergy& table, std::span<const uint8_t> stream, std::span<uint64_t> sums) {
  const size_t codes = sums.size();
  if (codes % 16 != 0) return transition_sums_naive(table, stream, sums);
  static const uint16_t nothing[256] = {};
  thread_local std::vector<const uint16_t*> rows;
  rows.clear();
  for_each_transition(stream, [&](uint8_t from, uint8_t to) { rows.push_back(table.row(from, to).data()); });
  while (rows.size() % group != 0) rows.push_back(nothing);

  std::fill(sums.begin(), sums.end(), 0);
  for (size_t part = 0; part < rows.size(); part += rows_a_part) {
    const size_t end = std::min(part + rows_a_part, rows.size());
    alignas(32) uint32_t total[128] = {}, high[128] = {};
    for (size_t first = part; first < end; first += group) {
      if (first + (prefetched + 1) * group <= rows.size())
        prefetch(rows.data() + first + prefetched * group, codes * sizeof(uint16_t));
      add_group(rows.data() + first, codes / 16, total, high);
    }
    for (size_t i = 0; i < codes / 2; ++i) {
      sums[2 * i] += total[i] - (high[i] << 16);
      sums[2 * i + 1] += high[i];
    }
  }
}

}  // namespace tram
