#include "models/network/float_gemm.hpp"

#include <immintrin.h>

#include <algorithm>

namespace tram {
namespace {

constexpr int64_t columns = 16;

/// Sums of `rows` rows and 16 columns by fused multiply-add, k in order.
template <int rows>
void block(int64_t k, const float* a, const float* packed, float (&sums)[rows][columns]) {
  __m256 acc[rows][2] = {};
  for (int64_t t = 0; t < k; ++t) {
    const __m256 w0 = _mm256_loadu_ps(packed + t * columns), w1 = _mm256_loadu_ps(packed + t * columns + 8);
    for (int r = 0; r < rows; ++r) {
      const __m256 value = _mm256_broadcast_ss(a + r * k + t);
      acc[r][0] = _mm256_fmadd_ps(value, w0, acc[r][0]);
      acc[r][1] = _mm256_fmadd_ps(value, w1, acc[r][1]);
    }
  }
  for (int r = 0; r < rows; ++r) {
    _mm256_storeu_ps(sums[r], acc[r][0]);
    _mm256_storeu_ps(sums[r] + 8, acc[r][1]);
  }
}

template <int rows>
void store_block(int64_t m, int64_t n0, int64_t n, int64_t k, const float* a, const float* packed, const float* bias,
                 float* c) {
  float acc[rows][columns];
  block<rows>(k, a + m * k, packed, acc);
  const int64_t used = std::min(columns, n - n0);
  for (int r = 0; r < rows; ++r)
    for (int64_t j = 0; j < used; ++j) c[(m + r) * n + n0 + j] = acc[r][j] + (bias ? bias[n0 + j] : 0.0F);
}

}  // namespace

std::vector<float> gemm_weights(const Tensor& weight) {
  if (weight.shape.size() == 2) return weight.data;
  const int64_t out = weight.shape[0], in = weight.shape[1], taps = weight.shape[2] * weight.shape[3];
  std::vector<float> ordered(weight.data.size());
  for (int64_t o = 0; o < out; ++o)
    for (int64_t i = 0; i < in; ++i)
      for (int64_t t = 0; t < taps; ++t)
        ordered[static_cast<size_t>((o * taps + t) * in + i)] =
            weight.data[static_cast<size_t>((o * in + i) * taps + t)];
  return ordered;
}

std::vector<float> pack_columns(std::span<const float> weights, int64_t n, int64_t k) {
  std::vector<float> packed(static_cast<size_t>((n + columns - 1) / columns * columns * k));
  for (int64_t j = 0; j < n; ++j)
    for (int64_t t = 0; t < k; ++t)
      packed[static_cast<size_t>((j / columns * k + t) * columns + j % columns)] =
          weights[static_cast<size_t>(j * k + t)];
  return packed;
}

void float_gemm(int64_t m, int64_t n, int64_t k, std::span<const float> a, std::span<const float> packed,
                std::span<const float> bias, std::span<float> c) {
  const float* bias_data = bias.empty() ? nullptr : bias.data();
  for (int64_t n0 = 0; n0 < n; n0 += columns) {
    const float* panel = packed.data() + n0 * k;
    int64_t row = 0;
    for (; row + 4 <= m; row += 4) store_block<4>(row, n0, n, k, a.data(), panel, bias_data, c.data());
    for (; row < m; ++row) store_block<1>(row, n0, n, k, a.data(), panel, bias_data, c.data());
  }
}

std::vector<float> float_im2col(const Tensor& input, const ConvolutionOp& conv, const FeatureShape& in,
                                const FeatureShape& out) {
  const auto kernel_height = static_cast<int>(conv.weight.shape[2]);
  const auto kernel_width = static_cast<int>(conv.weight.shape[3]);
  const int64_t taps = int64_t{kernel_height} * kernel_width * in.channels;
  std::vector<float> matrix(static_cast<size_t>(int64_t{out.height} * out.width * taps));
  float* to = matrix.data();
  for (int y = 0; y < out.height; ++y)
    for (int x = 0; x < out.width; ++x)
      for (int r = 0; r < kernel_height; ++r)
        for (int s = 0; s < kernel_width; ++s, to += in.channels) {
          const int row = y * conv.stride + r - conv.padding, column = x * conv.stride + s - conv.padding;
          if (row < 0 || row >= in.height || column < 0 || column >= in.width) continue;
          const float* from = input.data.data() + (int64_t{row} * in.width + column) * in.channels;
          std::copy(from, from + in.channels, to);
        }
  return matrix;
}

}  // namespace tram
