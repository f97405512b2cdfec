#include "models/quant/vector_norm.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "models/quant/vector_ops.hpp"

namespace tram {
namespace {

constexpr int fraction_bits = 24;  // of t in layer_norm_row

}  // namespace

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

void layer_norm_row(const LayerNormLayer& layer, std::span<const int32_t> x, std::span<int32_t> y) {
  const auto channels = static_cast<int64_t>(x.size());
  int64_t sum = 0;
  for (const int32_t code : x) sum += code;
  auto squares = static_cast<uint64_t>(layer.epsilon);
  for (const int32_t code : x) {
    const int64_t d = channels * code - sum;
    squares += static_cast<uint64_t>(d * d);
  }
  const ReciprocalRoot root = squares > 0 ? reciprocal_root(squares) : ReciprocalRoot{0, 62};
  for (size_t c = 0; c < x.size(); ++c) {
    const int64_t d = channels * x[c] - sum;
    const int64_t t = round_half_even_shift(d * root.mantissa, root.shift - fraction_bits);
    const int64_t value = t * layer.gamma[c] + int64_t{layer.beta[c]} * (int64_t{1} << (layer.shift - 16));
    y[c] = saturate(round_half_even_shift(value, layer.shift), layer.zero_out, layer.clamp_low, layer.clamp_high);
  }
}

void softmax_row(const SoftmaxLayer& layer, std::span<const int32_t> x, std::span<int32_t> y) {
  const int32_t largest = *std::max_element(x.begin(), x.end());
  uint64_t sum = 0;
  for (size_t c = 0; c < x.size(); ++c) {
    const uint32_t e = exponential(layer, static_cast<uint32_t>(largest - x[c]));
    y[c] = static_cast<int32_t>(e);
    sum += e;
  }
  const int length = std::bit_width(sum);
  const uint64_t leading = length > 32 ? sum >> (length - 32) : sum << (32 - length);
  const auto reciprocal = static_cast<int64_t>((static_cast<uint64_t>(layer.inverse_scale.multiplier) << 32) / leading);
  const int shift = length + layer.inverse_scale.shift;
  for (int32_t& code : y) {
    const int64_t value = round_half_even_shift(code * reciprocal, shift);
    code = saturate(value, layer.zero_out, layer.clamp_low, layer.clamp_high);
  }
}

VectorCost vector_cost(const IntegerLayer& layer) {
  if (std::holds_alternative<LayerNormLayer>(layer)) return {4, 64};
  if (const auto* softmax = std::get_if<SoftmaxLayer>(&layer)) return {softmax->exp_high.size() > 1 ? 4 : 3, 32};
  if (const auto* pool = std::get_if<MaxPoolLayer>(&layer)) return {int64_t{pool->kernel} * pool->kernel, 0};
  const bool moves = std::holds_alternative<SliceLayer>(layer) || std::holds_alternative<PrependLayer>(layer) ||
                     std::holds_alternative<SelectLayer>(layer);
  return {moves ? 0 : 1, 0};
}

}  // namespace tram
