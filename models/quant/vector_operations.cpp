#include "models/quant/vector_operations.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace tram {
namespace {

constexpr int fraction_bits = 24;  // of t in layer norm

using Row = std::span<const int32_t>;

void normalise(const LayerNormParameters& p, Row x, Row gamma, Row beta, std::span<int32_t> y) {
  const int64_t channels = p.channels;
  int64_t sum = 0;
  for (const int32_t code : x) sum += code;
  auto squares = static_cast<uint64_t>(p.epsilon);
  for (const int32_t code : x) {
    const int64_t d = channels * code - sum;
    squares += static_cast<uint64_t>(d * d);
  }
  const ReciprocalRoot root = squares > 0 ? reciprocal_root(squares) : ReciprocalRoot{0, 62};
  for (size_t c = 0; c < x.size(); ++c) {
    const int64_t d = channels * x[c] - sum;
    const int64_t t = round_half_even_shift(d * root.mantissa, root.shift - fraction_bits);
    const int64_t value = t * gamma[c] + int64_t{beta[c]} * (int64_t{1} << (p.shift - 16));
    y[c] = saturate(round_half_even_shift(value, p.shift), p.zero_out, p.clamp_low, p.clamp_high);
  }
}

void take_shares(const SoftmaxParameters& p, Row x, Row constants, std::span<int32_t> y) {
  const int32_t largest = *std::max_element(x.begin(), x.end());
  uint64_t sum = 0;
  for (size_t c = 0; c < x.size(); ++c) {
    const uint32_t e = p.exponential(constants, static_cast<uint32_t>(largest - x[c]));
    y[c] = static_cast<int32_t>(e);
    sum += e;
  }
  const int length = static_cast<int>(std::bit_width(sum));
  const uint64_t leading = length > 32 ? sum >> (length - 32) : sum << (32 - length);
  const auto reciprocal = static_cast<int64_t>((static_cast<uint64_t>(p.inverse_scale.multiplier) << 32) / leading);
  const int shift = length + p.inverse_scale.shift;
  for (int32_t& code : y)
    code = saturate(round_half_even_shift(code * reciprocal, shift), p.zero_out, p.clamp_low, p.clamp_high);
}

/// Operations by element and by position on `count` positions, each of which reads and writes all channels.
VectorExtent by_position(int64_t count, int64_t channels, int64_t constants, int64_t per_element,
                         int64_t per_position) {
  return {.input = count * channels,
          .output = count * channels,
          .constants = constants,
          .operations = count * (channels * per_element + per_position),
          .exposed_cycles = per_position};
}

}  // namespace

VectorExtent LayerNormParameters::extent() const { return by_position(count, channels, 2 * channels, 4, 64); }

void LayerNormParameters::compute(const VectorOperands& x, std::span<int32_t> y) const {
  const auto width = static_cast<size_t>(channels);
  const Row gamma = x.constants.first(width), beta = x.constants.subspan(width, width);
  for (size_t first = 0; first < y.size(); first += width)
    normalise(*this, x.maps[0].subspan(first, width), gamma, beta, y.subspan(first, width));
}

VectorExtent SoftmaxParameters::extent() const {
  return by_position(count, channels, low_entries + high_entries, high_entries > 1 ? 4 : 3, 32);
}

void SoftmaxParameters::compute(const VectorOperands& x, std::span<int32_t> y) const {
  const auto width = static_cast<size_t>(channels);
  for (size_t first = 0; first < y.size(); first += width)
    take_shares(*this, x.maps[0].subspan(first, width), x.constants, y.subspan(first, width));
}

uint32_t SoftmaxParameters::exponential(std::span<const int32_t> constants, uint32_t d) const {
  const auto high = static_cast<uint32_t>(constants[static_cast<size_t>(low_entries) + (d >> 8)]);
  const auto low = static_cast<uint32_t>(constants[d & 255]);
  return static_cast<uint32_t>((uint64_t{high} * low + (1U << 23)) >> 24);
}

void AveragePoolParameters::compute(const VectorOperands& x, std::span<int32_t> y) const {
  std::fill(y.begin(), y.end(), 0);
  for (size_t first = 0; first < x.maps[0].size(); first += y.size())
    for (size_t c = 0; c < y.size(); ++c) y[c] += x.maps[0][first + c];
  const int32_t zeros = in.height * in.width * zero_in;
  for (int32_t& mean : y) mean = saturate(tram::requantise(mean - zeros, requantise), zero_out, clamp_low, clamp_high);
}

void MaxPoolParameters::compute(const VectorOperands& x, std::span<int32_t> y) const {
  const auto channels = static_cast<size_t>(in.channels);
  for (int i = 0; i < out_height * out_width; ++i) {
    const int top = (first_row + i / out_width) * stride - padding, left = i % out_width * stride - padding;
    const std::span<int32_t> largest = y.subspan(static_cast<size_t>(i) * channels, channels);
    std::fill(largest.begin(), largest.end(), INT32_MIN);
    for (int row = std::max(top, 0); row < std::min(top + kernel, in.height); ++row)
      for (int column = std::max(left, 0); column < std::min(left + kernel, in.width); ++column)
        for (size_t c = 0; c < channels; ++c)
          largest[c] = std::max(largest[c], x.maps[0][static_cast<size_t>(row * in.width + column) * channels + c]);
  }
}

void SubsampleParameters::compute(const VectorOperands& x, std::span<int32_t> y) const {
  std::fill(y.begin(), y.end(), zero);
  for (int row = 0; row < out.height; ++row)
    for (int column = 0; column < out.width; ++column) {
      const int64_t from = (int64_t{row} * stride * in.width + int64_t{column} * stride) * in.channels;
      const int64_t to = (int64_t{row} * out.width + column) * out.channels + pad_before;
      std::copy_n(x.maps[0].begin() + from, in.channels, y.begin() + to);
    }
}

VectorExtent extent(const VectorParameters& parameters) {
  return std::visit([](const auto& p) { return p.extent(); }, parameters);
}

void compute(const VectorParameters& parameters, const VectorOperands& x, std::span<int32_t> y) {
  std::visit([&](const auto& p) { p.compute(x, y); }, parameters);
}

uint32_t integer_sqrt(uint64_t value) {
  auto root = static_cast<uint64_t>(std::sqrt(static_cast<double>(value)));  // at most 1 off
  root = std::min<uint64_t>(root, UINT32_MAX);
  while (root * root > value) --root;
  while (root < UINT32_MAX && (root + 1) * (root + 1) <= value) ++root;
  return static_cast<uint32_t>(root);
}

ReciprocalRoot reciprocal_root(uint64_t s) {
  const int half = std::countl_zero(s) / 2;
  const uint64_t root = integer_sqrt(s << (2 * half));
  return {static_cast<uint32_t>((uint64_t{1} << 62) / root), 62 - half};
}

}  // namespace tram
