#include "models/quant/im2col.hpp"

#include <gtest/gtest.h>

#include <random>

#include "tests/quant/tap.hpp"

namespace tram {
namespace {

GemmLayer layer_of(FeatureShape in, int kernel_height, int kernel_width, int stride, int padding) {
  GemmLayer layer;
  layer.in = in;
  layer.kernel_height = kernel_height;
  layer.kernel_width = kernel_width;
  layer.stride = layer.column_stride = stride;
  layer.padding = padding;
  layer.input_zero = 77;
  layer.out.height = (in.height + 2 * padding - kernel_height) / stride + 1;
  layer.out.width = (in.width + 2 * padding - kernel_width) / stride + 1;
  return layer;
}

TEST(Im2col, StridesOfRowsAndColumns) {
  // 5 x 4 map holding 0 .. 19; 1 x 1 kernel, stride 2 from row to row and 3 from column to column.
  GemmLayer layer = layer_of({5, 4, 1}, 1, 1, 2, 0);
  layer.column_stride = 3;
  layer.out = {3, 2, 1};
  std::vector<uint8_t> input(20), matrix(6);
  for (size_t i = 0; i < input.size(); ++i) input[i] = static_cast<uint8_t>(i);
  im2col(layer, input, matrix);
  EXPECT_EQ(matrix, (std::vector<uint8_t>{0, 3, 8, 11, 16, 19}));
  EXPECT_EQ(tap(layer, input, 3, 0), 11);
}

TEST(Im2col, TapsByHand) {
  // 2 x 3 map of 2 channels holding 0 .. 11; 3 x 3 kernel, stride 2, padding 1: outputs at columns 0 and 2.
  const GemmLayer layer = layer_of({2, 3, 2}, 3, 3, 2, 1);
  std::vector<uint8_t> input(12);
  for (size_t i = 0; i < input.size(); ++i) input[i] = static_cast<uint8_t>(i);
  EXPECT_EQ(layer.m(), 2);
  EXPECT_EQ(tap(layer, input, 0, 0), 77);                   // above and left of the map
  EXPECT_EQ(tap(layer, input, 0, (1 * 3 + 1) * 2), 0);      // centre of the kernel on (0, 0), channel 0
  EXPECT_EQ(tap(layer, input, 0, (2 * 3 + 2) * 2 + 1), 9);  // (1, 1), channel 1
  EXPECT_EQ(tap(layer, input, 1, (1 * 3 + 0) * 2), 2);      // centre on (0, 2): left neighbour (0, 1)
  EXPECT_EQ(tap(layer, input, 1, (1 * 3 + 2) * 2), 77);     // right of the map
}

TEST(Im2col, MatrixEqualsTaps) {
  std::mt19937 generator(1);
  for (const GemmLayer& layer :
       {layer_of({8, 8, 3}, 3, 3, 1, 1), layer_of({8, 8, 4}, 3, 3, 2, 1), layer_of({7, 5, 2}, 3, 3, 2, 1),
        layer_of({1, 1, 64}, 1, 1, 1, 0), layer_of({6, 9, 1}, 1, 5, 1, 2), layer_of({2, 2, 3}, 5, 5, 1, 4),
        layer_of({9, 9, 2}, 2, 3, 3, 0), layer_of({4, 4, 5}, 1, 1, 2, 0), layer_of({1, 1, 2}, 3, 3, 1, 3)}) {
    std::vector<uint8_t> input(static_cast<size_t>(layer.in.size()));
    for (uint8_t& code : input) code = static_cast<uint8_t>(generator());
    std::vector<uint8_t> matrix(static_cast<size_t>(layer.m() * layer.k()), 1);
    im2col(layer, input, matrix);
    for (int64_t m = 0; m < layer.m(); ++m)
      for (int64_t k = 0; k < layer.k(); ++k)
        ASSERT_EQ(matrix[static_cast<size_t>(m * layer.k() + k)], tap(layer, input, m, k)) << m << ' ' << k;
  }
}

}  // namespace
}  // namespace tram
