#include "train/layers/conv2d.hpp"

#include "tests/train/gradients.hpp"

namespace tram::train {
namespace {

struct Case {
  BatchShape in;
  int out_channels, kernel, stride, padding;
};

class Conv2dTest : public testing::TestWithParam<Case> {
 protected:
  Conv2dTest()
      : layer_(parameters_, "conv", GetParam().in, GetParam().out_channels, GetParam().kernel, GetParam().stride,
               GetParam().padding),
        x_(random_tensor(GetParam().in, 1)), weights_(static_cast<size_t>(parameters_.trained.size())),
        gradient_(weights_.size()), dy_(random_tensor(layer_.output().shape(), 3)) {
    fill_random(weights_, 2);
  }
  double loss() { return dot(layer_.forward({weights_, {}, {}}, x_).values(), dy_.values()); }

  NetworkParameters parameters_;
  Conv2d layer_;
  BatchTensor x_;
  std::vector<float> weights_, gradient_;
  BatchTensor dy_;
};

/// The definition: out of the map x is zero.
double naive_output(const Case& c, const BatchTensor& x, const std::vector<float>& w, int n, int o, int h, int v) {
  double sum = 0;
  for (int i = 0; i < c.in.channels; ++i)
    for (int a = 0; a < c.kernel; ++a)
      for (int b = 0; b < c.kernel; ++b) {
        const int row = h * c.stride + a - c.padding, column = v * c.stride + b - c.padding;
        if (row < 0 || row >= c.in.height || column < 0 || column >= c.in.width) continue;
        const auto tap = static_cast<size_t>(((o * c.in.channels + i) * c.kernel + a) * c.kernel + b);
        sum += double{x.at(n, i, row, column)} * w[tap];
      }
  return sum;
}

TEST_P(Conv2dTest, ForwardEqualsTheDefinition) {
  const BatchTensor& y = layer_.forward({weights_, {}, {}}, x_);
  const BatchShape& s = y.shape();
  for (int n = 0; n < s.batch; ++n)
    for (int o = 0; o < s.channels; ++o)
      for (int h = 0; h < s.height; ++h)
        for (int v = 0; v < s.width; ++v)
          ASSERT_NEAR(y.at(n, o, h, v), naive_output(GetParam(), x_, weights_, n, o, h, v), 2e-5);
}

TEST_P(Conv2dTest, BackwardEqualsFiniteDifferences) {
  loss();
  const BatchTensor& dx = layer_.backward({weights_, {}, gradient_}, dy_);
  expect_gradient(x_.values(), dx.values(), [this] { return loss(); }, 0.5F, 1e-4);
  expect_gradient(weights_, gradient_, [this] { return loss(); }, 0.5F, 1e-4);
}

INSTANTIATE_TEST_SUITE_P(Shapes, Conv2dTest,
                         testing::Values(Case{{2, 3, 6, 5}, 8, 3, 1, 1},    // the image
                                         Case{{2, 8, 6, 6}, 16, 3, 2, 1},   // first of a stage
                                         Case{{3, 16, 5, 4}, 8, 3, 1, 1},   // within a stage, odd map
                                         Case{{2, 16, 4, 4}, 8, 1, 1, 0},   // pointwise
                                         Case{{1, 3, 7, 7}, 5, 5, 2, 2}));  // channels that fill no block

}  // namespace
}  // namespace tram::train
