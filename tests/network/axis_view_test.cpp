#include "models/network/onnx/axis_view.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace tram {
namespace {

/// The numbers 0 .. n - 1 as a tensor, moved by plain loops: the oracle of the views.
struct Moved {
  Shape shape;
  std::vector<int64_t> values;

  void transpose(const std::vector<size_t>& order) {
    Moved result;
    for (const size_t dim : order) result.shape.push_back(shape[dim]);
    std::vector<int64_t> index(order.size(), 0), stride(order.size(), 1);
    for (size_t i = order.size(); i-- > 1;) stride[i - 1] = stride[i] * shape[i];
    for (size_t n = 0; n < values.size(); ++n) {
      int64_t from = 0;
      for (size_t i = 0; i < order.size(); ++i) from += index[i] * stride[order[i]];
      result.values.push_back(values[static_cast<size_t>(from)]);
      for (size_t i = order.size(); i-- > 0 && ++index[i] == result.shape[i];) index[i] = 0;
    }
    *this = std::move(result);
  }
};

/// The offsets of an NCHW tensor in height x width x channels data.
Moved nchw(const FeatureShape& shape) {
  Moved tensor{{1, shape.channels, shape.height, shape.width}, {}};
  for (int c = 0; c < shape.channels; ++c)
    for (int y = 0; y < shape.height; ++y)
      for (int x = 0; x < shape.width; ++x)
        tensor.values.push_back((int64_t{y} * shape.width + x) * shape.channels + c);
  return tensor;
}

TEST(AxisView, QueriesKeysAndValuesOfTimm) {
  // 5 tokens, 3 x 2 heads x 4: [1, 5, 24] -> [1, 5, 3, 2, 4] -> permute (2, 0, 3, 1, 4).
  AxisView view = {{{}, whole_axis(0, 5), whole_axis(2, 24)}};
  view = *reshaped(view, {1, 5, 3, 2, 4});
  EXPECT_EQ(view.dims[2], (AxisFactors{{2, 8, 3}}));
  EXPECT_EQ(view.dims[3], (AxisFactors{{2, 4, 2}}));
  EXPECT_EQ(view.dims[4], (AxisFactors{{2, 1, 4}}));
  view = transposed(view, {2, 0, 3, 1, 4});
  EXPECT_EQ(shape_of(view), (Shape{3, 1, 2, 5, 4}));
  view = *reshaped(transposed(view, {1, 3, 0, 2, 4}), {1, 5, 24});  // and back
  EXPECT_EQ(view, (AxisView{{{}, whole_axis(0, 5), whole_axis(2, 24)}}));
}

TEST(AxisView, PositionsOfAPatchEmbedding) {
  AxisView view = nchw_view({14, 14, 192});
  view = transposed(*reshaped(view, {1, 192, 196}), {0, 2, 1});
  EXPECT_EQ(view.dims[1], (AxisFactors{{0, 1, 14}, {1, 1, 14}}));
  EXPECT_EQ(view.dims[2], whole_axis(2, 192));
}

TEST(AxisView, UnevenCutsHaveNoView) {
  const AxisView view = {{whole_axis(2, 4), whole_axis(0, 6)}};  // 4 channels, then 6 rows
  EXPECT_FALSE(reshaped(view, {6, 4}));                          // 6 is all channels and half of an index more
  EXPECT_FALSE(reshaped(view, {3, 8}));
  EXPECT_FALSE(reshaped(view, {4, 5}));  // too few elements
  EXPECT_FALSE(reshaped(view, {4, 6, 2}));
  EXPECT_EQ(reshaped(view, {8, 3})->dims[0], (AxisFactors{{2, 1, 4}, {0, 3, 2}}));
  EXPECT_EQ(reshaped(view, {2, 12})->dims[0], (AxisFactors{{2, 2, 2}}));
}

TEST(AxisView, RandomReshapesAndTransposesEqualTheOracle) {
  std::mt19937 generator(1);
  const auto pick = [&](size_t count) { return generator() % count; };
  int reshapes = 0;
  for (int trial = 0; trial < 3000; ++trial) {
    const int extents[] = {1, 2, 3, 4, 6};
    const FeatureShape shape = {extents[pick(5)], extents[pick(5)], extents[pick(5)]};
    AxisView view = nchw_view(shape);
    Moved oracle = nchw(shape);
    for (int step = 0; step < 4; ++step) {
      if (pick(2) == 0) {
        std::vector<size_t> order(oracle.shape.size());
        for (size_t i = 0; i < order.size(); ++i) order[i] = i;
        std::shuffle(order.begin(), order.end(), generator);
        view = transposed(view, order);
        oracle.transpose(order);
      } else {
        Shape target;
        for (int64_t rest = shape.size(); rest > 1 || target.empty();) {
          const int64_t divisors[] = {1, 2, 3, rest};
          const int64_t extent = divisors[pick(4)];
          if (rest % extent != 0) continue;
          target.push_back(extent);
          rest /= extent;
        }
        const std::optional<AxisView> result = reshaped(view, target);
        if (!result) continue;
        ++reshapes;
        view = *result;
        oracle.shape = target;
      }
      ASSERT_EQ(shape_of(view), oracle.shape);
      ASSERT_EQ(data_offsets(view, shape), oracle.values);
    }
  }
  EXPECT_GT(reshapes, 2000);
}

}  // namespace
}  // namespace tram
