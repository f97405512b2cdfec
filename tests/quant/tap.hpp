#pragma once
#include "models/quant/integer_network.hpp"

namespace tram {

/// Code that tap k meets at output position m, by the definition of a convolution: the element [m][k] of im2col().
inline uint8_t tap(const GemmLayer& layer, std::span<const uint8_t> input, int64_t m, int64_t k, int64_t group = 0) {
  const int64_t channels = layer.in.channels / layer.groups;
  const int64_t channel = group * channels + k % channels, position = k / channels;
  const int64_t row = m / layer.out.width * layer.stride + position / layer.kernel_width - layer.padding;
  const int64_t column = m % layer.out.width * layer.column_stride + position % layer.kernel_width - layer.padding;
  if (row < 0 || row >= layer.in.height || column < 0 || column >= layer.in.width)
    return static_cast<uint8_t>(layer.operands.raw(layer.input_zero));
  return input[static_cast<size_t>((row * layer.in.width + column) * layer.in.channels + channel)];
}

}  // namespace tram
