#include "models/quant/im2col.hpp"

#include <algorithm>
#include <cstring>

namespace tram {

uint8_t tap(const GemmLayer& layer, std::span<const uint8_t> input, int64_t m, int64_t k) {
  const int64_t channel = k % layer.in.channels, position = k / layer.in.channels;
  const int64_t row = m / layer.out.width * layer.stride + position / layer.kernel_width - layer.padding;
  const int64_t column = m % layer.out.width * layer.stride + position % layer.kernel_width - layer.padding;
  if (row < 0 || row >= layer.in.height || column < 0 || column >= layer.in.width)
    return static_cast<uint8_t>(layer.input_zero);
  return input[static_cast<size_t>((row * layer.in.width + column) * layer.in.channels + channel)];
}

void im2col(const GemmLayer& layer, std::span<const uint8_t> input, std::span<uint8_t> matrix) {
  const int channels = layer.in.channels;
  const auto kernel_row = static_cast<int64_t>(layer.kernel_width) * channels;
  uint8_t* to = matrix.data();
  for (int y = 0; y < layer.out.height; ++y)
    for (int x = 0; x < layer.out.width; ++x)
      for (int r = 0; r < layer.kernel_height; ++r, to += kernel_row) {
        const int row = y * layer.stride + r - layer.padding, column = x * layer.stride - layer.padding;
        const int begin = std::max(0, -column), end = std::min(layer.kernel_width, layer.in.width - column);
        if (row < 0 || row >= layer.in.height || begin > 0 || end < layer.kernel_width)
          std::memset(to, layer.input_zero, static_cast<size_t>(kernel_row));
        if (row < 0 || row >= layer.in.height || begin >= end) continue;
        const int64_t from = (int64_t{row} * layer.in.width + column + begin) * channels;
        std::memcpy(to + int64_t{begin} * channels, input.data() + from, static_cast<size_t>((end - begin) * channels));
      }
}

}  // namespace tram
