#include "models/quant/im2col.hpp"

#include <algorithm>
#include <cstring>

namespace tram {

void im2col(const GemmLayer& layer, std::span<const uint8_t> input, std::span<uint8_t> matrix, int64_t group) {
  const int channels = layer.in.channels / layer.groups;
  const auto kernel_row = static_cast<int64_t>(layer.kernel_width) * channels;
  const auto padding = static_cast<int>(layer.operands.raw(layer.input_zero));
  uint8_t* to = matrix.data();
  for (int y = 0; y < layer.out.height; ++y)
    for (int x = 0; x < layer.out.width; ++x)
      for (int r = 0; r < layer.kernel_height; ++r, to += kernel_row) {
        const int row = y * layer.stride + r - layer.padding, column = x * layer.column_stride - layer.padding;
        const int begin = std::max(0, -column), end = std::min(layer.kernel_width, layer.in.width - column);
        if (row < 0 || row >= layer.in.height || begin > 0 || end < layer.kernel_width)
          std::memset(to, padding, static_cast<size_t>(kernel_row));
        if (row < 0 || row >= layer.in.height || begin >= end) continue;
        const uint8_t* from =
            input.data() + (int64_t{row} * layer.in.width + column + begin) * layer.in.channels + group * channels;
        uint8_t* copy = to + int64_t{begin} * channels;
        if (layer.groups == 1) {
          std::memcpy(copy, from, static_cast<size_t>((end - begin) * channels));
          continue;
        }
        for (int s = begin; s < end; ++s, copy += channels, from += layer.in.channels)
          std::memcpy(copy, from, static_cast<size_t>(channels));
      }
}

void matmul_operands(const MatmulLayer& layer, std::span<const uint8_t> a, std::span<const uint8_t> b, int64_t head,
                     std::span<uint8_t> a_matrix, std::span<uint8_t> b_matrix) {
  for (int64_t m = 0; m < layer.m(); ++m)
    std::memcpy(a_matrix.data() + m * layer.k(), a.data() + m * layer.a_width + layer.a_first + head * layer.k(),
                static_cast<size_t>(layer.k()));
  for (int64_t n = 0; n < layer.n(); ++n)
    for (int64_t k = 0; k < layer.k(); ++k)
      b_matrix[static_cast<size_t>(n * layer.k() + k)] = b[static_cast<size_t>(layer.b_index(head, n, k))];
}

}  // namespace tram
