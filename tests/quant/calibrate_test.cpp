#include <gtest/gtest.h>

#include <limits>

#include "models/network/float_inference.hpp"
#include "models/network/fold_batch_norm.hpp"
#include "models/quant/affine.hpp"
#include "models/quant/quantise.hpp"
#include "models/support/error.hpp"
#include "tests/network/naive_inference.hpp"
#include "tests/network/test_networks.hpp"
#include "tests/quant/random_dataset.hpp"

namespace tram {
namespace {

constexpr CalibrationMethod every_method[] = {CalibrationMethod::min_max, CalibrationMethod::percentile,
                                              CalibrationMethod::mse};

class Calibrate : public testing::Test {
 protected:
  std::vector<Affine> with(CalibrationMethod method, int threads = 1) const {
    QuantiseOptions options;
    options.calibrate = method;
    options.images = 7;
    options.threads = threads;
    return calibrate_activations(graph_, data_, options);
  }

  NetworkGraph graph_ = fold_batch_norm(small_resnet(5));
  RandomDataset data_{{12, 12, 3}, 10};
};

bool equal(const std::vector<Affine>& a, const std::vector<Affine>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Affine& x, const Affine& y) { return x.scale == y.scale && x.zero == y.zero; });
}

TEST_F(Calibrate, MinMaxCoversExactlyTheValuesOfTheFirstImages) {
  std::vector<float> low(static_cast<size_t>(graph_.value_count()), INFINITY), high(low.size(), -INFINITY);
  for (int image = 0; image < 7; ++image) {
    const std::vector<Tensor> values = naive_inference(graph_, data_.image(image));
    for (size_t v = 0; v < values.size(); ++v)
      for (const float value : values[v].data) {
        low[v] = std::min(low[v], value);
        high[v] = std::max(high[v], value);
      }
  }
  const std::vector<Affine> affines = with(CalibrationMethod::min_max);
  ASSERT_EQ(affines.size(), low.size());
  for (size_t v = 0; v < low.size(); ++v) {
    const Affine expected = affine_of_range(low[v], high[v], 8);
    EXPECT_NEAR(affines[v].scale, expected.scale, 1e-4F * expected.scale) << v;
    EXPECT_NEAR(affines[v].zero, expected.zero, 1) << v;
  }
}

TEST_F(Calibrate, ThreadsDoNotMatter) {
  for (const CalibrationMethod method : every_method) {
    EXPECT_TRUE(equal(with(method, 1), with(method, 3)));
    EXPECT_TRUE(equal(with(method, 1), with(method, 16)));
  }
}

TEST_F(Calibrate, PercentileCutsTheTails) {
  QuantiseOptions options;
  options.calibrate = CalibrationMethod::percentile;
  options.percentile = 95;
  options.images = 7;
  // The input is uniform noise per channel, so its range shrinks markedly; 100 % gives the whole range.
  const Affine cut = calibrate_activations(graph_, data_, options)[0];
  options.percentile = 100;
  const Affine whole = calibrate_activations(graph_, data_, options)[0];
  const Affine full = with(CalibrationMethod::min_max)[0];
  EXPECT_LT(cut.scale, 0.97F * full.scale);
  EXPECT_GT(cut.scale, 0.8F * full.scale);
  EXPECT_NEAR(whole.scale, full.scale, 0.002F * full.scale);
}

TEST_F(Calibrate, ReluOutputsHaveZeroAtCodeZero) {
  const std::vector<Affine> affines = with(CalibrationMethod::mse);
  for (size_t i = 0; i < graph_.nodes.size(); ++i) {
    if (kind(graph_.nodes[i].operation) != "relu") continue;
    EXPECT_EQ(affines[i + 1].zero, 0) << graph_.nodes[i].name;
  }
}

TEST_F(Calibrate, RangesOfFewerBitsHaveTheCodesOfAll) {
  QuantiseOptions options{.images = 7};
  options.bits = 5;
  const std::vector<Affine> narrow = calibrate_activations(graph_, data_, options);
  options.bits = 8;
  const std::vector<Affine> own = calibrate_activations(graph_, data_, options);
  options.range_bits = 5;
  const std::vector<Affine> fitted = calibrate_activations(graph_, data_, options);
  for (size_t v = 0; v < fitted.size(); ++v) {
    EXPECT_NEAR(fitted[v].scale * 255, narrow[v].scale * 31, 1e-5F * narrow[v].scale * 31) << v;
    EXPECT_NEAR(real_value(0, fitted[v]), real_value(0, narrow[v]), 0.51 * narrow[v].scale) << v;
  }
  EXPECT_LT(fitted[0].scale, own[0].scale);  // fewer codes cut more off
  options.range_bits = 8;
  EXPECT_TRUE(equal(calibrate_activations(graph_, data_, options), own));
}

TEST_F(Calibrate, OptionsOutOfRangeAreRefused) {
  const auto refused = [&](auto change) {
    QuantiseOptions options;
    options.images = 7;
    change(options);
    EXPECT_THROW(calibrate_activations(graph_, data_, options), InputError);
  };
  refused([](QuantiseOptions& o) { o.bits = 1; });
  refused([](QuantiseOptions& o) { o.bits = 9; });
  refused([](QuantiseOptions& o) { o.range_bits = 1; });
  refused([](QuantiseOptions& o) { o.range_bits = 9; });
  refused([](QuantiseOptions& o) { o.images = 0; });
  refused([](QuantiseOptions& o) { o.images = 11; });
  refused([](QuantiseOptions& o) { o.percentile = 50; });
  refused([](QuantiseOptions& o) { o.percentile = NAN; });
}

/// A linear layer on its own; its weights times a power of two.
NetworkGraph linear_times(int exponent) {
  NetworkGraph graph{"one", {12, 12, 3}, {}};
  const int pooled = graph.add("pool", GlobalAveragePoolOp{}, {0});
  LinearOp linear{random_parameters(8)("w", {5, 3}), {}};
  for (float& weight : linear.weight.data) weight = std::ldexp(weight, exponent);
  graph.add("linear", std::move(linear), {pooled});
  return graph;
}

/// Ranges follow the values through all of fp32: 2^-129 is below its normal numbers (a scale has some 10 bits left), and
/// highest - lowest of the largest one overflows.
TEST_F(Calibrate, TinyAndHugeValuesHaveTheirRanges) {
  QuantiseOptions options;
  options.images = 7;
  for (const CalibrationMethod method : every_method) {
    options.calibrate = method;
    const Affine usual = calibrate_activations(linear_times(0), data_, options).back();
    for (const int exponent : {-129, -127, -60, 60, 126}) {
      const Affine affine = calibrate_activations(linear_times(exponent), data_, options).back();
      const double tolerance = exponent < -126 ? 0.3 : 1e-6;  // of a scale with few bits
      EXPECT_NEAR(std::ldexp(double{affine.scale}, -exponent) / usual.scale, 1, tolerance) << exponent;
      EXPECT_NEAR(affine.zero, usual.zero, exponent < -126 ? 60 : 0) << exponent;
    }
  }
}

TEST_F(Calibrate, ValuesOfWhichSomeAreNoNumbersAreNamed) {
  NetworkGraph graph = linear_times(0);
  std::get<LinearOp>(graph.nodes.back().operation).weight.data[4] = NAN;  // of one of the five outputs
  QuantiseOptions options;
  options.images = 7;
  try {
    calibrate_activations(graph, data_, options);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("value linear is not finite"), std::string::npos) << error.what();
  }
}

TEST_F(Calibrate, InfiniteWeightsAreNamed) {
  std::get<ConvolutionOp>(graph_.nodes[0].operation).weight.data[0] = INFINITY;
  try {
    with(CalibrationMethod::mse);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("value conv1 is not finite"), std::string::npos) << error.what();
  }
}

/// A NaN that nothing after it shows (a max pool passes over it) is found all the same.
TEST(CalibrateErrors, OneNanAmongNumbers) {
  NetworkGraph graph{"net", {12, 12, 3}, {}};
  Tensor offsets = zeros(graph.input);
  offsets.data[5] = std::numeric_limits<float>::quiet_NaN();
  int x = graph.add("offsets", AddConstantOp{std::move(offsets)}, {0});
  x = graph.add("pool", MaxPoolOp{2, 2, 0}, {x});
  x = graph.add("mean", GlobalAveragePoolOp{}, {x});
  graph.add("linear", LinearOp{{{1, 3}, {1, 2, 3}}, {}}, {x});
  QuantiseOptions options;
  options.images = 2;
  try {
    calibrate_activations(graph, RandomDataset({12, 12, 3}, 2), options);
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(), "net: value offsets is not finite on training images; usable weights are expected");
  }
}

}  // namespace
}  // namespace tram
