#include "models/quant/vector_layers.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "models/quant/affine.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

constexpr int root_bits = 24;                   // fraction bits of layer norm's t and of softmax's exponentials
constexpr int least_shift = 16, most_shift = 47;  // of LayerNormLayer
constexpr double int64_limit = 0x1p62;

/// round(value 2^bits) to the nearest int32.
int32_t fixed_point(double value, int bits) {
  return static_cast<int32_t>(std::clamp(std::nearbyint(std::ldexp(value, bits)), -2147483648.0, 2147483647.0));
}

}  // namespace

LayerNormLayer make_layer_norm(const std::string& name, const FeatureShape& shape, const LayerNormOp& op,
                               const CodedAs& in, const CodedAs& out) {
  LayerNormLayer layer{.name = name, .shape = shape, .gamma = {}, .beta = {}, .zero_out = out.affine.zero,
                       .clamp_low = out.format.lowest(), .clamp_high = out.format.highest()};
  const double channels = shape.channels, scale = in.affine.scale;
  const double epsilon = op.epsilon * channels * channels * channels / (scale * scale);
  if (channels * channels * channels * std::ldexp(1.0, 2 * in.format.bits - 2) + epsilon >= int64_limit)
    throw InputError(name, fmt::format("{} channels of {}-bit codes; sums of squares below 2^62 are expected",
                                       shape.channels, in.format.bits));
  layer.epsilon = static_cast<int64_t>(std::nearbyint(epsilon));
  std::vector<double> factors;
  for (const float gamma : op.gamma.data) factors.push_back(std::ldexp(gamma * std::sqrt(channels) / out.affine.scale,
                                                                       -root_bits));
  double largest = 0;
  for (const double factor : factors) largest = std::max(largest, std::abs(factor));
  layer.shift = largest > 0 ? std::clamp(make_requantiser(name, largest).shift, least_shift, most_shift) : least_shift;
  for (const double factor : factors) layer.gamma.push_back(fixed_point(factor, layer.shift));
  for (const float beta : op.beta.data) layer.beta.push_back(fixed_point(double{beta} / out.affine.scale, least_shift));
  return layer;
}

SoftmaxLayer make_softmax(const std::string& name, const FeatureShape& shape, const CodedAs& in, const CodedAs& out) {
  SoftmaxLayer layer{.name = name, .shape = shape, .exp_low = {}, .exp_high = {},
                     .inverse_scale = make_requantiser(name, 1 / double{out.affine.scale}),
                     .zero_out = out.affine.zero,
                     .clamp_low = out.format.lowest(), .clamp_high = out.format.highest()};
  const auto exponentials = [&](int bits, double step) {
    std::vector<uint32_t> table;
    for (int d = 0; d < 1 << bits; ++d)
      table.push_back(static_cast<uint32_t>(std::nearbyint(std::ldexp(std::exp(-d * step), root_bits))));
    return table;
  };
  layer.exp_low = exponentials(std::min(in.format.bits, 8), in.affine.scale);
  layer.exp_high = exponentials(std::max(in.format.bits - 8, 0), 256.0 * in.affine.scale);
  const int length = root_bits + std::bit_width(static_cast<uint32_t>(shape.channels));
  if (length + layer.inverse_scale.shift > 62)
    throw InputError(name, fmt::format("a softmax over {} values to {} bits; a shorter one is expected", shape.channels,
                                       out.format.bits));
  return layer;
}

LookupLayer make_lookup(const std::string& name, const FeatureShape& shape,
                        const std::function<double(double)>& function, const CodedAs& in, const CodedAs& out) {
  LookupLayer layer{name, shape, std::vector<int32_t>(size_t{1} << in.format.bits)};
  for (uint32_t raw = 0; raw < layer.table.size(); ++raw)
    layer.table[raw] = quantise_value(function(real_value(in.format.value(raw), in.affine)), out.affine, out.format);
  return layer;
}

AddLayer make_add(const std::string& name, const FeatureShape& shape, const CodedAs& a, const CodedAs& b,
                  const CodedAs& out) {
  AddLayer layer;
  layer.name = name;
  layer.shape = shape;
  layer.zero_a = a.affine.zero;
  layer.zero_b = b.affine.zero;
  layer.zero_out = out.affine.zero;
  const double factor_a = double{a.affine.scale} / out.affine.scale;
  const double factor_b = double{b.affine.scale} / out.affine.scale;
  layer.shift = make_requantiser(name, std::max(factor_a, factor_b)).shift;
  layer.multiplier_a = fixed_point(factor_a, layer.shift);
  layer.multiplier_b = fixed_point(factor_b, layer.shift);
  layer.clamp_low = out.format.lowest();
  layer.clamp_high = out.format.highest();
  return layer;
}

}  // namespace tram
