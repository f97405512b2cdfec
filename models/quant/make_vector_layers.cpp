#include "models/quant/make_vector_layers.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "models/quant/affine.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

constexpr int root_bits = 24;                  // fraction bits of layer norm's t and of softmax's exponentials
constexpr int min_shift = 16, max_shift = 47;  // of LayerNormParameters
constexpr double int64_limit = 0x1p62;

/// round(value 2^bits) to the nearest int32.
int32_t fixed_point(double value, int bits) {
  return static_cast<int32_t>(std::clamp(std::nearbyint(std::ldexp(value, bits)), -2147483648.0, 2147483647.0));
}

}  // namespace

VectorLayer make_layer_norm(const std::string& name, const FeatureShape& shape, const LayerNormOp& op,
                            const CodedAs& in, const CodedAs& out) {
  LayerNormParameters norm{.count = shape.height * shape.width,
                           .channels = shape.channels,
                           .zero_out = out.affine.zero,
                           .clamp_low = out.format.lowest(),
                           .clamp_high = out.format.highest()};
  const double channels = shape.channels, scale = in.affine.scale;
  const double epsilon = op.epsilon * channels * channels * channels / (scale * scale);
  if (channels * channels * channels * std::ldexp(1.0, 2 * in.format.bits - 2) + epsilon >= int64_limit)
    throw InputError(name, fmt::format("{} channels of {}-bit codes; sums of squares below 2^62 are expected",
                                       shape.channels, in.format.bits));
  norm.epsilon = static_cast<int64_t>(std::nearbyint(epsilon));
  std::vector<double> factors;
  for (const float gamma : op.gamma.data)
    factors.push_back(std::ldexp(gamma * std::sqrt(channels) / out.affine.scale, -root_bits));
  double largest = 0;
  for (const double factor : factors) largest = std::max(largest, std::abs(factor));
  norm.shift = largest > 0 ? std::clamp(make_requantiser(name, largest).shift, min_shift, max_shift) : min_shift;
  std::vector<int32_t> constants;
  for (const double factor : factors) constants.push_back(fixed_point(factor, norm.shift));
  for (const float beta : op.beta.data) constants.push_back(fixed_point(double{beta} / out.affine.scale, min_shift));
  return {name, norm, std::move(constants)};
}

VectorLayer make_softmax(const std::string& name, const FeatureShape& shape, const CodedAs& in, const CodedAs& out) {
  SoftmaxParameters softmax{.count = shape.height * shape.width,
                            .channels = shape.channels,
                            .inverse_scale = make_requantiser(name, 1 / double{out.affine.scale}),
                            .zero_out = out.affine.zero,
                            .clamp_low = out.format.lowest(),
                            .clamp_high = out.format.highest()};
  std::vector<int32_t> tables;
  const auto add_exponentials = [&](int bits, double step) {
    for (int d = 0; d < 1 << bits; ++d)
      tables.push_back(static_cast<int32_t>(std::nearbyint(std::ldexp(std::exp(-d * step), root_bits))));
    return 1 << bits;
  };
  softmax.low_entries = add_exponentials(std::min(in.format.bits, 8), in.affine.scale);
  softmax.high_entries = add_exponentials(std::max(in.format.bits - 8, 0), 256.0 * in.affine.scale);
  const int length = root_bits + std::bit_width(static_cast<uint32_t>(shape.channels));
  if (length + softmax.inverse_scale.shift > 62)
    throw InputError(name, fmt::format("a softmax over {} values to {} bits; a shorter one is expected", shape.channels,
                                       out.format.bits));
  return {name, softmax, std::move(tables)};
}

VectorLayer make_lookup(const std::string& name, const FeatureShape& shape,
                        const std::function<double(double)>& function, const CodedAs& in, const CodedAs& out) {
  const LookupParameters lookup{.count = static_cast<int32_t>(shape.size()), .entries = 1 << in.format.bits};
  std::vector<int32_t> table;
  for (uint32_t raw = 0; raw < uint32_t{1} << in.format.bits; ++raw)
    table.push_back(quantise_value(function(real_value(in.format.value(raw), in.affine)), out.affine, out.format));
  return {name, lookup, std::move(table)};
}

AddParameters make_add(const std::string& name, int64_t count, const CodedAs& a, const CodedAs& b, const CodedAs& out) {
  const double factor_a = double{a.affine.scale} / out.affine.scale;
  const double factor_b = double{b.affine.scale} / out.affine.scale;
  const int shift = make_requantiser(name, std::max(factor_a, factor_b)).shift;
  return {.count = static_cast<int32_t>(count),
          .zero_a = a.affine.zero,
          .zero_b = b.affine.zero,
          .zero_out = out.affine.zero,
          .multiplier_a = fixed_point(factor_a, shift),
          .multiplier_b = fixed_point(factor_b, shift),
          .shift = shift,
          .clamp_low = out.format.lowest(),
          .clamp_high = out.format.highest()};
}

}  // namespace tram
