#include "sim/engines/transition_sums.hpp"

#include <gtest/gtest.h>

#include <random>

namespace tram {
namespace {

/// Random counts below 2^15, 0 where the code does not change.
TransitionEnergy random_table(int a_bits, int b_bits) {
  std::mt19937 random(1);
  const size_t codes = size_t{1} << b_bits, weights = size_t{1} << a_bits;
  std::vector<uint16_t> counts(codes * codes * weights);
  for (size_t i = 0; i < counts.size(); ++i) {
    const size_t pair = i / weights;
    counts[i] = pair / codes == pair % codes ? 0 : uint16_t(random() & 0x7fff);
  }
  return {a_bits, b_bits, DelayModel::zero, 1e-15, 0, 0, std::move(counts)};
}

void compare(int a_bits, int b_bits) {
  const TransitionEnergy table = random_table(a_bits, b_bits);
  std::mt19937 random(2);
  for (const size_t length : {0UL, 1UL, 2UL, 7UL, 8UL, 9UL, 100UL, 1025UL}) {
    for (const unsigned sparsity : {0U, 2U, 4U}) {
      std::vector<uint8_t> stream(length);
      for (uint8_t& x : stream) x = random() % 4 < sparsity ? 0 : uint8_t(random() & ((1U << b_bits) - 1));
      std::vector<uint64_t> fast(size_t{1} << a_bits, 99), naive = fast;
      transition_sums(table, stream, fast);
      transition_sums_naive(table, stream, naive);
      ASSERT_EQ(fast, naive) << length << ' ' << sparsity;
    }
  }
}

TEST(TransitionSums, EqualNaive8x8) { compare(8, 8); }
TEST(TransitionSums, EqualNaive4x6) { compare(4, 6); }
TEST(TransitionSums, EqualNaive3x4) { compare(3, 4); }

TEST(TransitionSums, ByHand) {
  std::vector<uint16_t> counts(16 * 16 * 16, 0);
  counts[(0 * 16 + 5) * 16 + 3] = 7;   // 0 -> 5 at weight 3
  counts[(5 * 16 + 2) * 16 + 3] = 11;  // 5 -> 2
  counts[(2 * 16 + 0) * 16 + 3] = 13;  // 2 -> 0
  const TransitionEnergy table(4, 4, DelayModel::zero, 1e-15, 0, 0, std::move(counts));
  std::vector<uint64_t> sums(16);
  transition_sums(table, std::vector<uint8_t>{5, 5, 2}, sums);
  EXPECT_EQ(sums[3], 7U + 11 + 13);
  EXPECT_EQ(sums[2], 0U);
}

/// The largest sums do not overflow, however long the stream is.
TEST(TransitionSums, LargestCounts) {
  std::vector<uint16_t> counts(size_t{1} << 12, 0x7fff);
  for (size_t x = 0; x < 16; ++x) std::fill_n(counts.begin() + static_cast<ptrdiff_t>((x * 16 + x) * 16), 16, 0);
  const TransitionEnergy table(4, 4, DelayModel::zero, 1e-15, 0, 0, std::move(counts));
  for (const uint64_t length : {130000U, 131071U, 131072U, 131073U, 400000U}) {
    std::vector<uint8_t> stream(length);
    for (size_t i = 0; i < stream.size(); ++i) stream[i] = i % 2 ? 3 : 9;
    std::vector<uint64_t> sums(16), naive(16);
    transition_sums(table, stream, sums);
    EXPECT_EQ(sums, std::vector<uint64_t>(16, 0x7fff * (length + 1)));
    transition_sums_naive(table, stream, naive);
    EXPECT_EQ(sums, naive);
  }
}

}  // namespace
}  // namespace tram
