// The built-in families against models of their papers written without gates, and hand-worked cases.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <functional>
#include <utility>

#include "models/multiplier/catalogue.hpp"
#include "models/multiplier/error_metrics.hpp"

namespace tram {
namespace {

TruthTable table_of(const std::string& name) { return truth_table(find_multiplier(name)); }

int at(const std::string& name, int a, int b) { return table_of(name).at(a & 255, b & 255); }

/// Every pair of operands of the multiplier against the model, which gets values, not codes.
void expect_model(const std::string& name, const std::function<int(int a, int b)>& model) {
  const TruthTable table = table_of(name);
  const auto value = [&](int code, int bits) {
    return table.is_signed && code >> (bits - 1) ? code - (1 << bits) : code;
  };
  for (int a = 0; a < 1 << table.a_bits; ++a)
    for (int b = 0; b < 1 << table.b_bits; ++b)
      ASSERT_EQ(table.at(a, b), model(value(a, table.a_bits), value(b, table.b_bits)))
          << name << ": " << a << ", " << b;
}

/// The sum of the partial products that stay.
int sum_where(int a, int b, const std::function<bool(int i, int j)>& stays) {
  int sum = 0;
  for (int i = 0; i < 8; ++i)
    for (int j = 0; j < 8; ++j)
      if ((a >> i & 1) && (b >> j & 1) && stays(i, j)) sum += 1 << (i + j);
  return sum;
}

TEST(Families, ExactOnesAreExact) {
  const auto product = [](int a, int b) { return a * b; };
  for (const char* name : {"exact", "exact_array", "exact_wallace", "exact_dadda", "exact_booth", "exact_signed_array",
                           "exact_signed_wallace", "exact_signed_dadda", "exact_signed_booth"})
    expect_model(name, product);
  for (int a = 4; a <= 8; ++a)
    for (int b = 4; b <= 8; ++b)
      for (const char* name : {"exact_booth", "exact_signed_booth"})
        expect_model(fmt::format("{}_{}x{}", name, a, b), product);
  EXPECT_EQ(at("exact_signed_booth", -128, -128), 16384);
  EXPECT_EQ(at("exact_signed_dadda", -128, 127), -16256);
}

TEST(Families, TruncationLeavesOutColumns) {
  for (const char* name : {"trunc6", "wallace_trunc6", "dadda_trunc6"})
    expect_model(name, [](int a, int b) { return sum_where(a, b, [](int i, int j) { return i + j >= 6; }); });
  EXPECT_EQ(at("dadda_trunc6", 255, 255), 255 * 255 - 321);
  EXPECT_EQ(at("dadda_trunc15", 255, 255), 0);
  // Two's complement: below the sign dots truncation takes the same away as unsigned.
  expect_model("signed_trunc6", [](int a, int b) {
    return a * b - sum_where(a & 255, b & 255, [](int i, int j) { return i + j < 6; });
  });
}

TEST(Families, BrokenArrayLeavesOutRowsAndColumns) {
  for (const auto& [h, v] : {std::pair{0, 0}, {2, 6}, {3, 0}, {0, 9}, {7, 14}})
    expect_model(fmt::format("bam_h{}_v{}", h, v), [h = h, v = v](int a, int b) {
      return sum_where(a, b, [&](int i, int j) { return j >= h && i + j >= v; });
    });
  EXPECT_EQ(at("bam_h2_v0", 255, 255), 255 * 252);  // the rows of b[0] and b[1] are gone
}

TEST(Families, PerforationLeavesOutRows) {
  for (int r = 0; r <= 7; ++r)
    for (int n = 1; n <= 7 && r + n <= 8; ++n)
      expect_model(fmt::format("perforated_r{}_n{}", r, n),
                   [=](int a, int b) { return a * (b & ~(((1 << n) - 1) << r)); });
  EXPECT_EQ(at("perforated_r1_n2", 10, 7), 10);
}

TEST(Families, OrColumnsAndPairs) {
  for (const int k : {2, 6, 9, 15})
    expect_model(fmt::format("or_low{}", k), [=](int a, int b) {
      int product = sum_where(a, b, [&](int i, int j) { return i + j >= k; });
      for (int c = 0; c < k; ++c) product += sum_where(a, b, [&](int i, int j) { return i + j == c; }) > 0 ? 1 << c : 0;
      return product;
    });
  for (const int k : {2, 6, 9, 15})
    expect_model(fmt::format("or_pairs{}", k), [=](int a, int b) {
      int product = a * b;
      for (int i = 0; i < 8; i += 2)  // both dots of a pair 1: one is lost
        for (int j = 0; j < 7; ++j)
          if (i + j + 1 < k && (a >> i & 1) && (b >> (j + 1) & 1) && (a >> (i + 1) & 1) && (b >> j & 1))
            product -= 1 << (i + j + 1);
      return product;
    });
  EXPECT_EQ(at("or_low6", 3, 3), 7);  // column 1: 1 + 1 becomes 1
  EXPECT_EQ(at("or_pairs2", 3, 3), 7);
}

int drum_operand(int x, int k, int& shift) {
  const int length = std::bit_width(static_cast<unsigned>(x));
  shift = std::max(0, length - k);
  return shift == 0 ? x : (x >> shift) | 1;
}

TEST(Families, DrumKeepsBitsFromTheLeadingOne) {
  for (int k = 3; k <= 7; ++k)
    expect_model(fmt::format("drum{}", k), [=](int a, int b) {
      int shift_a = 0, shift_b = 0;
      const int product = drum_operand(a, k, shift_a) * drum_operand(b, k, shift_b);
      return product << (shift_a + shift_b);
    });
  EXPECT_EQ(at("drum3", 200, 100), (7 << 5) * (7 << 4));  // 110|01000 -> 111, 110|0100 -> 111
  EXPECT_EQ(at("drum4", 15, 15), 225);
  expect_model("drum4_5x7", [](int a, int b) {
    int shift_a = 0, shift_b = 0;
    const int product = drum_operand(a, 4, shift_a) * drum_operand(b, 4, shift_b);
    return product << (shift_a + shift_b);
  });
}

/// 2^(ka + kb) (1 + xa + xb), or 2^(ka + kb + 1) (xa + xb) when xa + xb >= 1, cut off.
int mitchell_model(int a, int b) {
  if (a == 0 || b == 0) return 0;
  const int ka = std::bit_width(unsigned(a)) - 1, kb = std::bit_width(unsigned(b)) - 1;
  const double xa = std::ldexp(a, -ka) - 1, xb = std::ldexp(b, -kb) - 1;
  const double product = xa + xb < 1 ? std::ldexp(1 + xa + xb, ka + kb) : std::ldexp(xa + xb, ka + kb + 1);
  return static_cast<int>(std::floor(product));
}

TEST(Families, MitchellAddsLogarithms) {
  expect_model("mitchell", mitchell_model);
  expect_model("mitchell_4x7", mitchell_model);
  EXPECT_EQ(at("mitchell", 96, 96), 8192);  // 1.5 x 1.5 = 2 instead of 2.25, the worst ratio: 11.1 % low
  EXPECT_EQ(at("mitchell", 64, 37), 64 * 37);
  EXPECT_NEAR(error_metrics(table_of("mitchell")).mean_relative_error, .038, .0005);
}

int kulkarni_model(int a, int b, int bits) {
  if (bits == 2) return a == 3 && b == 3 ? 7 : a * b;
  const int half = bits / 2, mask = (1 << half) - 1;
  return (kulkarni_model(a >> half, b >> half, half) << bits) +
         ((kulkarni_model(a >> half, b & mask, half) + kulkarni_model(a & mask, b >> half, half)) << half) +
         kulkarni_model(a & mask, b & mask, half);
}

TEST(Families, KulkarniIsRecursive) {
  expect_model("kulkarni", [](int a, int b) { return kulkarni_model(a, b, 8); });
  expect_model("kulkarni_4x4", [](int a, int b) { return kulkarni_model(a, b, 4); });
  EXPECT_EQ(at("kulkarni", 3, 3), 7);
  EXPECT_EQ(at("kulkarni", 255, 255), 7 * 85 * 85);  // 22.2 % low
}

// Momeni: compressors of values, and the reduction of the published figure unit by unit.
struct Compressed {
  int sum, carry, cout;
};

Compressed design1(int x1, int x2, int x3, int x4, int cin) {
  return {(1 - cin) & (int(x1 == x2) | int(x3 == x4)), cin, (x1 | x2) & (x3 | x4)};
}

Compressed exact_compressor(int x1, int x2, int x3, int x4, int cin) {
  const int first = x1 + x2 + x3, second = (first & 1) + x4 + cin;
  return {second & 1, second >> 1, first >> 1};
}

/// Error counts of the paper: design 1 is wrong for 12 of 32 inputs, design 2 (no cin, cout as carry) for 4 of 16.
TEST(Families, MomeniCompressorsHaveThePublishedErrors) {
  int wrong1 = 0, wrong2 = 0;
  for (int x = 0; x < 32; ++x) {
    const int in[5] = {x & 1, x >> 1 & 1, x >> 2 & 1, x >> 3 & 1, x >> 4};
    const Compressed c = design1(in[0], in[1], in[2], in[3], in[4]);
    const int ones = std::popcount(unsigned(x));
    wrong1 += c.sum + 2 * (c.carry + c.cout) != ones;
    if (in[4] == 0) wrong2 += c.sum + 2 * c.cout != ones;
    const Compressed e = exact_compressor(in[0], in[1], in[2], in[3], in[4]);
    EXPECT_EQ(e.sum + 2 * (e.carry + e.cout), ones);
  }
  EXPECT_EQ(wrong1, 12);
  EXPECT_EQ(wrong2, 4);
}

/// Multipliers 1 and 3: 8 compressors, 2 half and 2 full adders, then 10, 1 and 1, chained from column to column.
int momeni_chained(int a, int b, int approximate_columns) {
  std::vector<std::vector<int>> dots(17), next(17);
  for (int j = 0; j < 8; ++j)
    for (int i = 0; i < 8; ++i) dots[i + j].push_back((a >> i & 1) & (b >> j & 1));
  const auto take = [&](int c) {
    if (dots[c].empty()) return 0;
    const int x = dots[c].front();
    dots[c].erase(dots[c].begin());
    return x;
  };
  const auto compressor = [&](int c, int count, int cin) {
    int x[4] = {};
    for (int i = 0; i < count; ++i) x[i] = take(c);
    const Compressed out = (c < approximate_columns ? design1 : exact_compressor)(x[0], x[1], x[2], x[3], cin);
    next[c].push_back(out.sum);
    next[c + 1].push_back(out.carry);
    return out.cout;
  };
  const auto full = [&](int c, int cin) {
    const int ones = take(c) + take(c) + cin;
    next[c].push_back(ones & 1);
    next[c + 1].push_back(ones >> 1);
  };
  const auto half = [&](int c) {
    const int ones = take(c) + take(c);
    next[c].push_back(ones & 1);
    return ones >> 1;
  };
  const auto end_stage = [&] {
    for (int c = 0; c < 17; ++c) next[c].insert(next[c].end(), dots[c].begin(), dots[c].end());
    dots = next;
    next.assign(17, {});
  };
  const int h1 = half(4), c1 = compressor(5, 4, h1), c2 = compressor(6, 4, c1), h2 = half(6);
  const int c3 = compressor(7, 4, c2), c4 = compressor(7, 4, h2), c5 = compressor(8, 4, c3), c6 = compressor(8, 3, c4);
  const int c7 = compressor(9, 4, c5);
  full(9, c6);
  const int c8 = compressor(10, 4, c7);
  full(11, c8);
  end_stage();
  int chain = half(2);
  for (int c = 3; c <= 12; ++c) chain = compressor(c, c == 5 || c == 7 ? 3 : 4, chain);
  full(13, chain);
  end_stage();
  int product = 0;
  for (int c = 0; c < 16; ++c) {
    EXPECT_LE(dots[c].size(), 2u) << c;
    for (const int x : dots[c]) product += x << c;
  }
  return product & 0xffff;
}

TEST(Families, MomeniWithDesign1) {
  expect_model("momeni1", [](int a, int b) { return momeni_chained(a, b, 16); });
  expect_model("momeni3", [](int a, int b) { return momeni_chained(a, b, 7); });
}

/// Multipliers 2 and 4: the same places; where design 2 stands no carry stays in the stage, three dots go to a full
/// adder, two to a half adder.
int momeni_unchained(int a, int b, int approximate_columns) {
  std::vector<std::vector<int>> dots(17), next(17);
  for (int j = 0; j < 8; ++j)
    for (int i = 0; i < 8; ++i) dots[i + j].push_back((a >> i & 1) & (b >> j & 1));
  std::vector<int> chain, chain_out;
  const auto unit = [&](int c, int count) {
    std::vector<int> x(dots[c].begin(), dots[c].begin() + count);
    dots[c].erase(dots[c].begin(), dots[c].begin() + count);
    int ones = 0;
    for (const int bit : x) ones += bit;
    if (c < approximate_columns) {
      const bool compressor = count == 4;
      next[c].push_back(compressor ? int(x[0] == x[1]) | int(x[2] == x[3]) : ones & 1);
      next[c + 1].push_back(compressor ? (x[0] | x[1]) & (x[2] | x[3]) : ones >> 1);
      return;
    }
    const bool chained = !chain.empty();
    const int cin = chained ? chain.front() : 0;
    if (chained) chain.erase(chain.begin());
    if (count > 2) {
      const Compressed out = exact_compressor(x[0], x[1], x[2], count == 4 ? x[3] : 0, cin);
      next[c].push_back(out.sum);
      next[c + 1].push_back(out.carry);
      chain_out.push_back(out.cout);
    } else {
      next[c].push_back((ones + cin) & 1);
      (chained ? next[c + 1] : chain_out).push_back((ones + cin) >> 1);
    }
  };
  using Units = std::vector<std::pair<int, int>>;  // column, dots
  for (const Units& stage :
       {Units{{4, 2}, {5, 4}, {6, 4}, {6, 2}, {7, 4}, {7, 4}, {8, 4}, {8, 3}, {9, 4}, {9, 2}, {10, 4}, {11, 2}},
        Units{{2, 2}, {3, 4}, {4, 4}, {5, 3}, {6, 4}, {7, 3}, {8, 4}, {9, 4}, {10, 4}, {11, 4}, {12, 4}, {13, 2}}}) {
    for (int c = 0; c < 17; ++c) {
      for (const auto& [column, count] : stage)
        if (column == c) unit(c, count);
      next[c].insert(next[c].end(), dots[c].begin(), dots[c].end());
      next[c].insert(next[c].end(), chain.begin(), chain.end());
      chain = std::exchange(chain_out, {});
    }
    dots = std::exchange(next, std::vector<std::vector<int>>(17));
  }
  int product = 0;
  for (int c = 0; c < 16; ++c)
    for (const int x : dots[c]) product += x << c;
  return product & 0xffff;
}

TEST(Families, MomeniWithDesign2) {
  expect_model("momeni2", [](int a, int b) { return momeni_unchained(a, b, 16); });
  expect_model("momeni4", [](int a, int b) { return momeni_unchained(a, b, 7); });
  // By hand: a compressor of four zeros gives 1. First stage, operands 0: a 1 in columns 5 and 6. Second stage: 1 of
  // the zeros in columns 3 and 4, the 1 kept by the full adder of column 5, and (0, 0, 0, 1) gives 1 in column 6.
  EXPECT_EQ(at("momeni4", 0, 0), 8 + 16 + 32 + 64);
}

}  // namespace
}  // namespace tram
