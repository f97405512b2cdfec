#include "models/quant/vector_operations.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "models/quant/affine.hpp"
#include "models/quant/make_vector_layers.hpp"
#include "models/support/error.hpp"
#include "tests/quant/exact_arithmetic.hpp"

namespace tram {
namespace {

TEST(IntegerSqrt, EqualsDefinitionAroundEverySquare) {
  std::mt19937_64 generator(1);
  for (int trial = 0; trial < 200'000; ++trial) {
    const uint64_t root = trial < 1000 ? static_cast<uint64_t>(trial) : generator() >> (32 + generator() % 32);
    ASSERT_EQ(integer_sqrt(root * root), root);
    ASSERT_EQ(integer_sqrt(root * root + 2 * root), root);
    ASSERT_EQ(integer_sqrt(root * root + root), root);
    if (root > 0) {
      ASSERT_EQ(integer_sqrt(root * root - 1), root - 1) << root;
    }
  }
  EXPECT_EQ(integer_sqrt(UINT64_MAX), UINT32_MAX);
}

TEST(ReciprocalRoot, RelativeErrorIsWithinItsBound) {
  std::mt19937_64 generator(2);
  for (int trial = 0; trial < 300'000; ++trial) {
    uint64_t s = trial < 10'000 ? static_cast<uint64_t>(trial) + 1 : generator() >> (generator() % 64);
    if (trial % 5 == 0) s = (uint64_t{1} << (generator() % 64)) - trial % 2;
    s = std::max<uint64_t>(s, 1);
    const ReciprocalRoot r = reciprocal_root(s);
    ASSERT_GE(r.mantissa, 1U << 30) << s;
    ASSERT_LE(r.mantissa, 1U << 31) << s;
    ASSERT_GE(r.shift, 31);
    ASSERT_LE(r.shift, 62);
    const long double relative = std::ldexp((long double)r.mantissa, -r.shift) * std::sqrt((long double)s) - 1;
    ASSERT_GT(relative, -0x1p-30L) << s;
    ASSERT_LT(relative, 0x1p-31L) << s;
  }
}

CodedAs coded(float scale, int32_t zero, int bits, bool is_signed = false) {
  return {{scale, zero}, {bits, is_signed}};
}

/// The layer's operation on codes a, b.
std::vector<int32_t> result_of(const VectorLayer& layer, const std::vector<int32_t>& a,
                               const std::vector<int32_t>& b = {}) {
  std::vector<int32_t> y(static_cast<size_t>(extent(layer.parameters).output));
  compute(layer.parameters, {{a, b}, layer.constants}, y);
  return y;
}

struct LayerNormCase {
  VectorLayer layer;
  LayerNormOp op;
  CodedAs in, out;
};

LayerNormCase layer_norm_case(int channels, const CodedAs& in, const CodedAs& out, uint32_t seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal(0.0F, 1.0F);
  LayerNormCase c{{}, {zeros(Shape{channels}), zeros(Shape{channels}), 1e-6F}, in, out};
  for (float& gamma : c.op.gamma.data) gamma = normal(generator);
  for (float& beta : c.op.beta.data) beta = normal(generator);
  c.layer = make_layer_norm("norm", {1, 1, channels}, c.op, in, out);
  return c;
}

/// The real function of the input codes, in output codes before rounding.
std::vector<long double> real_layer_norm(const LayerNormCase& c, std::span<const int32_t> x) {
  const auto n = static_cast<long double>(x.size());
  long double mean = 0, variance = 0;
  for (const int32_t code : x) mean += c.in.affine.scale * (long double)(code - c.in.affine.zero) / n;
  for (const int32_t code : x)
    variance += std::pow(c.in.affine.scale * (long double)(code - c.in.affine.zero) - mean, 2) / n;
  // The stored epsilon, as the bound says.
  const long double scale = c.in.affine.scale,
                    epsilon = std::get<LayerNormParameters>(c.layer.parameters).epsilon * scale * scale / (n * n * n);
  std::vector<long double> y;
  for (size_t i = 0; i < x.size(); ++i) {
    const long double centred = scale * (x[i] - c.in.affine.zero) - mean;
    const long double norm = variance + epsilon > 0 ? centred / std::sqrt(variance + epsilon) : 0;
    y.push_back((c.op.gamma.data[i] * norm + c.op.beta.data[i]) / (long double)c.out.affine.scale + c.out.affine.zero);
  }
  return y;
}

/// Every code within half a code and the documented bound of the real function.
void expect_within_bound(const LayerNormCase& c, const std::vector<int32_t>& x) {
  const std::vector<int32_t> y = result_of(c.layer, x);
  double largest = 0;
  for (const float gamma : c.op.gamma.data) largest = std::max(largest, double{std::abs(gamma)});
  const double g = largest * std::sqrt(double(x.size())) / c.out.affine.scale;
  const double bound = 0.5 + std::ldexp(g, -24) + std::ldexp(1.0, -16);
  const std::vector<long double> real = real_layer_norm(c, x);
  for (size_t i = 0; i < x.size(); ++i) {
    const auto clamped = std::clamp<long double>(real[i], c.out.format.lowest(), c.out.format.highest());
    ASSERT_LE(std::abs((double)(y[i] - clamped)), bound) << i;
  }
}

TEST(LayerNormRow, IsWithinItsBoundOfTheRealFunction) {
  std::mt19937 generator(3);
  const CodedAs inputs[] = {coded(3e-4F, 31000, 16), coded(1e-3F, 0, 16, true), coded(0.04F, 120, 8),
                            coded(0.3F, 5, 4)};
  const CodedAs outputs[] = {coded(0.03F, 128, 8), coded(0.03F, -3, 8, true), coded(2e-4F, 30000, 16),
                             coded(0.5F, 8, 4)};
  for (const CodedAs& in : inputs)
    for (const CodedAs& out : outputs)
      for (const int channels : {1, 2, 7, 192, 384, 1024}) {
        const LayerNormCase c = layer_norm_case(channels, in, out, static_cast<uint32_t>(channels));
        for (int trial = 0; trial < 8; ++trial) {
          std::vector<int32_t> x(static_cast<size_t>(channels));
          const uint32_t span = trial == 0 ? 1U : 1U << (generator() % static_cast<uint32_t>(in.format.bits) + 1);
          for (int32_t& code : x)
            code = std::min(in.format.lowest() + static_cast<int32_t>(generator() % span), in.format.highest());
          if (trial % 2) x[0] = in.format.highest();  // an outlier channel
          expect_within_bound(c, x);
        }
      }
}

/// Half of the channels at each end: the largest sum of squares there is.
TEST(LayerNormRow, ExtremeCodesDoNotOverflow) {
  for (const int channels : {192, 1024, 1600}) {
    const LayerNormCase c = layer_norm_case(channels, coded(1e-3F, 0, 16), coded(0.05F, 100, 8), 5);
    std::vector<int32_t> x(static_cast<size_t>(channels));
    for (size_t i = 0; i < x.size(); ++i) x[i] = i % 2 ? 65535 : 0;
    expect_within_bound(c, x);
  }
  EXPECT_THROW(layer_norm_case(3000, coded(1e-3F, 0, 16), coded(0.05F, 100, 8), 5), InputError);
}

TEST(LayerNormRow, ByHand) {
  // x = 1, 3: mean 2, deviation 1: -1, 1; gamma 2, beta 1, scale 1/2: zero + (-1 -> -2 + 1 = -1 -> -2; 3 -> 6).
  const LayerNormOp op{{{2}, {2, 2}}, {{2}, {1, 1}}, 0};
  const VectorLayer layer = make_layer_norm("norm", {1, 1, 2}, op, coded(0.5F, 0, 8), coded(0.5F, 10, 8));
  EXPECT_EQ(result_of(layer, {2, 6}), (std::vector<int32_t>{8, 16}));
  EXPECT_EQ(result_of(layer, {7, 7}), (std::vector<int32_t>{12, 12}));  // no deviation, no epsilon: beta alone
}

/// Every possible distance from the maximum, for many input scales.
TEST(Softmax, ExponentialIsWithinItsBoundForEveryDistance) {
  for (const int bits : {4, 7, 8, 9, 12, 16})
    for (const double range : {0.01, 1.0, 7.0, 20.0, 60.0, 1000.0, 1e6}) {
      const auto scale = static_cast<float>(range / ((1 << bits) - 1));
      const VectorLayer layer = make_softmax("softmax", {1, 1, 4}, coded(scale, 0, bits), coded(1.0F / 255, 0, 8));
      const auto& softmax = std::get<SoftmaxParameters>(layer.parameters);
      for (uint32_t d = 0; d < 1U << bits; ++d) {
        const double e = std::ldexp(softmax.exponential(layer.constants, d), -24);
        ASSERT_LE(std::abs(e - std::exp(-double{scale} * d)), 1.5 * 0x1p-24) << d;
      }
    }
}

TEST(Softmax, IsWithinItsBoundOfTheRealFunction) {
  std::mt19937 generator(4);
  const CodedAs inputs[] = {coded(2e-4F, 300, 16), coded(0.06F, 128, 8), coded(0.06F, 0, 8, true), coded(0.5F, 3, 4)};
  const CodedAs outputs[] = {coded(1.0F / 255, 0, 8), coded(1.0F / 255, -128, 8, true), coded(1.0F / 15, 0, 4),
                             coded(1e-3F, 0, 8)};
  for (const CodedAs& in : inputs)
    for (const CodedAs& out : outputs)
      for (const int n : {1, 2, 17, 197, 577})
        for (int trial = 0; trial < 20; ++trial) {
          const VectorLayer layer = make_softmax("softmax", {1, 1, n}, in, out);
          std::vector<int32_t> x(static_cast<size_t>(n));
          const uint32_t span = 1U << (generator() % static_cast<uint32_t>(in.format.bits + 1));
          for (int32_t& code : x) code = in.format.lowest() + static_cast<int32_t>(generator() % span);
          const std::vector<int32_t> y = result_of(layer, x);
          long double sum = 0;
          const int32_t largest = *std::max_element(x.begin(), x.end());
          for (const int32_t code : x) sum += std::exp(in.affine.scale * (long double)(code - largest));
          const double bound = 0.5 + ((n + 1) * 1.5 * 0x1p-24 + 0x1p-29) / out.affine.scale;
          for (size_t i = 0; i < x.size(); ++i) {
            const long double p = std::exp(in.affine.scale * (long double)(x[i] - largest)) / sum;
            const auto real = std::min<long double>(p / out.affine.scale + out.affine.zero, out.format.highest());
            ASSERT_LE(std::abs((double)(y[i] - real)), bound);
          }
        }
}

TEST(Softmax, ByHand) {
  // Distances 0 and ln 3: 3/4, 1/4.
  const VectorLayer layer = make_softmax("softmax", {1, 1, 2}, coded(1.0986123F, 0, 8), coded(1.0F / 200, 0, 8));
  EXPECT_EQ(result_of(layer, {6, 5}), (std::vector<int32_t>{150, 50}));
}

/// All 256 codes of GELU, both kinds of codes.
TEST(Lookup, EveryCodeIsTheRoundedFunction) {
  for (const bool is_signed : {false, true}) {
    const CodedAs in = coded(0.05F, is_signed ? 10 : 138, 8, is_signed);
    const CodedAs out = coded(0.03F, is_signed ? -122 : 6, 8, is_signed);
    const VectorLayer layer = make_lookup(
        "gelu", {1, 1, 1}, [](double x) { return GeluOp{}.value(x); }, in, out);
    ASSERT_EQ(layer.constants.size(), 256U);
    for (int32_t x = in.format.lowest(); x <= in.format.highest(); ++x) {
      const double real = 0.05F * double(x - in.affine.zero);
      const double y = real / 2 * (1 + std::erf(real / std::sqrt(2.0))) / 0.03F + out.affine.zero;
      const double clamped = std::clamp(y, double(out.format.lowest()), double(out.format.highest()));
      ASSERT_LE(std::abs(result_of(layer, {x})[0] - clamped), 0.5 + 1e-9) << x;
    }
  }
}

TEST(Add, EqualsExactArithmetic) {
  std::mt19937 generator(2);
  for (int trial = 0; trial < 20'000; ++trial) {
    AddParameters add{.count = 1};
    add.zero_a = static_cast<int32_t>(generator() % 256);
    add.zero_b = static_cast<int32_t>(generator() % 256);
    add.zero_out = static_cast<int32_t>(generator() % 256);
    add.multiplier_a = static_cast<int32_t>(generator() >> 1);
    add.multiplier_b = static_cast<int32_t>(generator() >> 1);
    add.shift = 28 + static_cast<int>(generator() % 8);
    add.clamp_low = trial % 2 ? add.zero_out : 0;
    const auto a = static_cast<uint8_t>(generator()), b = static_cast<uint8_t>(generator());
    const Int128 sum = Int128{a - add.zero_a} * add.multiplier_a + Int128{b - add.zero_b} * add.multiplier_b;
    const int64_t expected =
        std::min<int64_t>(std::max<int64_t>(add.zero_out + rounded_quotient(sum, add.shift), add.clamp_low), 255);
    ASSERT_EQ(result_of({"add", add}, {a}, {b})[0], expected);
  }
}

TEST(Add, IsRoundedOnce) {
  // .5 + .5 = 1, although each half alone would round to 0.
  const VectorLayer add{"add", AddParameters{2, 0, 0, 0, 1 << 30, 1 << 30, 31, 0, 255}};
  EXPECT_EQ(result_of(add, {1, 1}, {1, 0}), (std::vector<int32_t>{1, 0}));
}

TEST(AveragePool, ByHand) {
  // Means of four codes with zero 8 and equal scales, output zero 2: 3 above zero; 3.5, to the even 4; 2.5, to the even 2.
  const VectorLayer pool{"pool", AveragePoolParameters{{2, 2, 3}, 8, 2, {1 << 30, 32}, 0, 255}};
  EXPECT_EQ(result_of(pool, {10, 10, 10, 11, 12, 10, 11, 12, 11, 12, 12, 11}), (std::vector<int32_t>{5, 6, 4}));
}

TEST(Subsample, ByHand) {
  const VectorLayer shortcut{"shortcut", SubsampleParameters{{3, 3, 2}, {2, 2, 4}, 2, 1, 9}};
  std::vector<int32_t> input(18);
  for (size_t i = 0; i < input.size(); ++i) input[i] = 100 + static_cast<int32_t>(i);
  EXPECT_EQ(result_of(shortcut, input),
            (std::vector<int32_t>{9, 100, 101, 9, 9, 104, 105, 9, 9, 112, 113, 9, 9, 116, 117, 9}));
}

/// Windows of 2 x 2 on a 3 x 3 map with a border: the border does not count, though all codes are negative.
TEST(MaxPool, ByHandAsAWholeAndFromALaterRowOn) {
  MaxPoolParameters pool{.in = {3, 3, 1}, .out_height = 2, .out_width = 2, .kernel = 2, .stride = 2, .padding = 1};
  const std::vector<int32_t> input{-9, -8, -7, -6, -5, -4, -3, -2, -1};
  EXPECT_EQ(result_of({"pool", pool}, input), (std::vector<int32_t>{-9, -7, -3, -1}));
  pool.first_row = 1;
  pool.out_height = 1;
  EXPECT_EQ(result_of({"pool", pool}, input), (std::vector<int32_t>{-3, -1}));
}

TEST(CodeFormat, MemoryRoundTripForEveryCode) {
  for (int bits = 4; bits <= 16; ++bits)
    for (const bool is_signed : {false, true}) {
      const CodeFormat format{bits, is_signed};
      std::vector<int32_t> values, again(size_t{1} << bits);
      for (int32_t value = format.lowest(); value <= format.highest(); ++value) values.push_back(value);
      ASSERT_EQ(values.size(), again.size());
      std::vector<uint8_t> bytes(values.size() * static_cast<size_t>(format.bytes()));
      store_codes(format, values, bytes);
      load_codes(format, bytes, again);
      ASSERT_EQ(values, again);
    }
}

}  // namespace
}  // namespace tram
