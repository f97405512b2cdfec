#include "models/gemm/table_gemm.hpp"

#include <gtest/gtest.h>

#include <random>

#include "models/gemm/exact_gemm.hpp"
#include "models/gemm/table_kernels.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

struct Operands {
  GemmShape shape;
  std::vector<uint8_t> weights, activations;
};

Operands random_operands(GemmShape shape, int a_bits, int b_bits, std::mt19937& generator) {
  Operands operands{shape, std::vector<uint8_t>(static_cast<size_t>(shape.n * shape.k)),
                    std::vector<uint8_t>(static_cast<size_t>(shape.m * shape.k))};
  for (uint8_t& w : operands.weights) w = static_cast<uint8_t>(generator() & ((1U << a_bits) - 1));
  for (uint8_t& x : operands.activations) x = static_cast<uint8_t>(generator() & ((1U << b_bits) - 1));
  return operands;
}

TruthTable random_table(int a_bits, int b_bits, int32_t low, int32_t high, std::mt19937& generator) {
  TruthTable table{a_bits, b_bits, false, std::vector<int32_t>(size_t{1} << (a_bits + b_bits))};
  std::uniform_int_distribution<int32_t> values(low, high);
  for (int32_t& value : table.values) value = values(generator);
  table.values.front() = low;  // both ends of the range occur
  table.values.back() = high;
  return table;
}

std::vector<int32_t> naive(const TruthTable& table, const Operands& o) {
  std::vector<int32_t> products(static_cast<size_t>(o.shape.m * o.shape.n), -1);
  table_gemm_naive(table, o.shape, o.weights, o.activations, products);
  return products;
}

std::vector<int32_t> fast(const TruthTable& table, const Operands& o) {
  std::vector<int32_t> products(static_cast<size_t>(o.shape.m * o.shape.n), -1);
  TableGemm(table).run(o.shape, o.weights, o.activations, products);
  return products;
}

/// Below and above the row threshold, column blocks and k groups cut in every way.
const GemmShape shapes[] = {{1, 1, 1},   {1, 10, 64},  {3, 17, 9},   {63, 16, 8},   {64, 16, 8},  {64, 1, 1},
                            {65, 15, 7}, {70, 17, 27}, {64, 33, 16}, {128, 48, 25}, {100, 10, 3}, {257, 16, 144}};

TEST(TableGemm, NaiveByHand) {
  TruthTable table{4, 4, false, std::vector<int32_t>(256)};
  table.values[(3 << 4) | 5] = 100;
  table.values[(5 << 4) | 3] = 7;
  table.values[(3 << 4) | 6] = -20;
  const std::vector<uint8_t> w = {3, 3, 5, 0}, x = {5, 6};
  std::vector<int32_t> products(2);
  table_gemm_naive(table, {1, 2, 2}, w, x, products);
  EXPECT_EQ(products, (std::vector<int32_t>{100 - 20, 0}));
}

TEST(TableGemm, FastEqualsNaiveForEveryWidthAndRange) {
  std::mt19937 generator(1);
  // Ranges: one byte, several entries fit 16 bits, just at 16 bits, just above, signed, all negative, wide.
  const std::pair<int32_t, int32_t> ranges[] = {{0, 1},       {0, 16383},      {0, 16384},
                                                {0, 65535},   {0, 65536},      {-32768, 32767},
                                                {-65000, -5}, {-65025, 65025}, {-2000000, 2000000}};
  for (int bits = 2; bits <= 8; ++bits)
    for (const auto& [low, high] : ranges)
      for (const GemmShape& shape : shapes) {
        const TruthTable table = random_table(bits, bits, low, high, generator);
        const Operands operands = random_operands(shape, bits, bits, generator);
        ASSERT_EQ(fast(table, operands), naive(table, operands))
            << bits << " bits, " << low << " .. " << high << ", " << shape.m << " x " << shape.n << " x " << shape.k;
      }
}

TEST(TableGemm, OperandsOfDifferentWidths) {
  std::mt19937 generator(2);
  for (const auto& [a_bits, b_bits] : {std::pair{8, 4}, {4, 8}, {5, 7}, {2, 6}, {5, 3}, {8, 2}})
    for (const GemmShape& shape : shapes) {
      const TruthTable table = random_table(a_bits, b_bits, -3000, 60000, generator);
      const Operands operands = random_operands(shape, a_bits, b_bits, generator);
      ASSERT_EQ(fast(table, operands), naive(table, operands)) << a_bits << ' ' << b_bits;
    }
}

TEST(TableGemm, ExactTablesTakeTheIntegerPath) {
  std::mt19937 generator(3);
  for (int bits = 2; bits <= 8; ++bits) {
    const TruthTable table = exact_table(bits, bits);
    EXPECT_TRUE(TableGemm(table).is_exact());
    EXPECT_EQ(TableGemm(table).magnitude(), ((1 << bits) - 1) * ((1 << bits) - 1));
    for (const GemmShape& shape : shapes) {
      const Operands operands = random_operands(shape, bits, bits, generator);
      ASSERT_EQ(fast(table, operands), naive(table, operands)) << bits;
    }
  }
}

TEST(TableGemm, SignedExactTable) {
  std::mt19937 generator(4);
  for (const auto& [a_bits, b_bits] : {std::pair{8, 8}, {4, 4}, {5, 7}, {8, 4}, {3, 2}}) {
    TruthTable table = exact_table(a_bits, b_bits, true);
    EXPECT_TRUE(TableGemm(table).is_exact());
    const Operands operands = random_operands({130, 20, 37}, a_bits, b_bits, generator);
    EXPECT_EQ(fast(table, operands), naive(table, operands));
    table.is_signed = false;  // the same products of other operands
    EXPECT_FALSE(TableGemm(table).is_exact());
    EXPECT_EQ(fast(table, operands), naive(table, operands));
  }
}

TEST(TableGemm, LargestCodesDoNotOverflowPairs) {
  const GemmShape shape{68, 16, 576};
  const Operands full{shape, std::vector<uint8_t>(16 * 576, 255), std::vector<uint8_t>(68 * 576, 255)};
  TruthTable table = exact_table();
  EXPECT_EQ(fast(table, full), std::vector<int32_t>(68 * 16, 576 * 65025));
  table.values[0] = 1;  // no longer exact: the row path with the same largest products
  EXPECT_EQ(fast(table, full), std::vector<int32_t>(68 * 16, 576 * 65025));
}

TEST(TableGemm, WidthsAndSizesAreChecked) {
  EXPECT_THROW(TableGemm(TruthTable{9, 8, false, std::vector<int32_t>(size_t{1} << 17)}), InputError);
  EXPECT_THROW(TableGemm(TruthTable{8, 8, false, std::vector<int32_t>(65535)}), InputError);
}

}  // namespace
}  // namespace tram
