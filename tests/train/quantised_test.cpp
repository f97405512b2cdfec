#include "train/quantised/quantised_layers.hpp"

#include <cmath>

#include "models/data/synthetic.hpp"
#include "models/multiplier/array_multiplier.hpp"
#include "models/network/fold_batch_norm.hpp"
#include "models/quant/golden.hpp"
#include "models/quant/quantise.hpp"
#include "tests/train/gradients.hpp"
#include "tests/train/small_graphs.hpp"
#include "train/network/graph_values.hpp"
#include "train/onednn/single_thread.hpp"

namespace tram::train {
namespace {

/// ResNet-8 on drawn shapes, batch norm folded, with random weights.
NetworkGraph random_folded_resnet() {
  const ResnetCifar architecture{.blocks = 1, .width = 8};
  uint64_t seed = 1;
  NetworkGraph graph = resnet_cifar(architecture, [&](const std::string& name, const Shape& shape) {
    Tensor tensor = zeros(shape);
    const float fan_in = static_cast<float>(element_count(shape)) / static_cast<float>(shape[0]);
    fill_random(tensor.data, seed++, shape.size() > 1 ? std::sqrt(6 / fan_in) : 0.2F);
    if (name.ends_with("running_var") || (name.find("bn") != std::string::npos && name.ends_with("weight")))
      for (float& value : tensor.data) value += 1;
    return tensor;
  });
  return fold_batch_norm(graph);
}

class QuantisedNetworkTest : public testing::Test {
 protected:
  QuantisedNetworkTest() {
    onednn::use_single_thread();
    for (int i = 0; i < batch; ++i) {
      const tram::Tensor image = images_.image(i);
      std::copy(image.data.begin(), image.data.end(), &batch_.at(i, 0, 0, 0));
    }
  }
  /// Logits of the network in training with these products, and how far each is from golden inference, in steps of the
  /// accumulator.
  double largest_difference(const TruthTable& table, TableSharing sharing) {
    const auto network = make_quantised_network(graph_, {8, sharing}, batch);
    const std::vector<float> trained = initial_quantised_values(network->parameters(), graph_, activations_, options_);
    std::vector<float> tables;
    for (size_t i = 0; i < network->parameters().tables.entries().size(); ++i)
      tables.insert(tables.end(), table.values.begin(), table.values.end());
    const BatchTensor& logits = network->forward({trained, {}, {}, tables}, batch_);
    const IntegerNetwork integer = quantise(graph_, activations_, options_);
    const GoldenInference golden(integer, table);
    double largest = 0;
    for (int i = 0; i < batch; ++i) {
      const GoldenResult result = golden.run(quantise_image(integer, images_.image(i)));
      for (size_t c = 0; c < result.logits.size(); ++c)
        largest =
            std::max(largest, std::abs(double{logits.at(i, static_cast<int>(c), 0, 0)} / integer.last().logit_scale[c] -
                                       result.logits[c]));
    }
    return largest;
  }

  static constexpr int batch = 4;
  Shapes images_{Split::test, 8}, training_{Split::train, 16};
  NetworkGraph graph_ = random_folded_resnet();
  QuantiseOptions options_{.images = 16};
  std::vector<Affine> activations_ = calibrate_activations(graph_, training_, options_);
  BatchTensor batch_{BatchShape(batch, images_.shape())};
};

/// The integer network rounds as the trainer does, but for ties and requantisation factors of 31 bits: single codes on
/// the way may differ by one, which the accumulators of the logits (about 1e6) show as a few hundred.
TEST_F(QuantisedNetworkTest, ForwardEqualsGoldenInference) {
  EXPECT_LT(largest_difference(exact_table(), TableSharing::none), 3000);
  EXPECT_LT(largest_difference(truth_table(array_multiplier(8, 6)), TableSharing::single), 3000);
  EXPECT_LT(largest_difference(truth_table(array_multiplier(8, 4)), TableSharing::layer_wise), 3000);
}

TEST_F(QuantisedNetworkTest, ForwardEqualsGoldenInferenceWithRangesOfFewerBits) {
  options_.range_bits = 5;
  activations_ = calibrate_activations(graph_, training_, options_);
  EXPECT_LT(largest_difference(truth_table(array_multiplier(8, 6)), TableSharing::single), 3000);
}

TEST_F(QuantisedNetworkTest, ATableOfExactProductsChangesNothing) {
  const auto exact = make_quantised_network(graph_, {8, TableSharing::none}, batch);
  const auto table = make_quantised_network(graph_, {8, TableSharing::layer_wise}, batch);
  const std::vector<float> trained = initial_quantised_values(exact->parameters(), graph_, activations_, {});
  const TruthTable products = exact_table();
  std::vector<float> tables;
  for (size_t i = 0; i < table->parameters().tables.entries().size(); ++i)
    tables.insert(tables.end(), products.values.begin(), products.values.end());
  const BatchTensor& a = exact->forward({trained, {}, {}}, batch_);
  const BatchTensor& b = table->forward({trained, {}, {}, tables}, batch_);
  for (size_t i = 0; i < a.values().size(); ++i) EXPECT_NEAR(a.values()[i], b.values()[i], 0.05);
}

/// One layer of its own.
class QuantisedGemmTest : public testing::Test {
 protected:
  QuantisedGemmTest() {
    onednn::use_single_thread();
    fill_random(trained_, 5);
    for (const Parameter& p : parameters_.trained.entries())
      if (p.kind == Parameter::Kind::range)
        for (int64_t i = 0; i < p.size; i += 2) {
          trained_[static_cast<size_t>(p.offset + i)] = -0.75F;
          trained_[static_cast<size_t>(p.offset + i + 1)] = 0.75F;
        }
    fake_quantise({input_.affine(trained_), 4}, x_.values(), x_.values());
    for (size_t i = 0; i < tables_.size(); ++i) tables_[i] = static_cast<float>((i >> 4) * (i & 15));
  }
  double loss() {
    const BatchTensor* x = &x_;
    layer_.forward({trained_, {}, {}, tables_}, {&x, 1}, y_);
    return dot(y_.values(), dy_.values());
  }
  void backward(std::span<float> table_gradient) {
    const BatchTensor* x = &x_;
    BatchTensor* dx = &dx_;
    layer_.backward({trained_, {}, gradient_, table_gradient}, {&x, 1}, y_, dy_, {&dx, 1});
  }

  /// dx_ and gradient_ of the same layer with another table.
  void backward_with(MultiplierTable table) {
    NetworkParameters parameters;
    const RangeParameter input(parameters, "input.range", 1, 4);
    table.offset = parameters.tables.add("multiplier", {16, 16}, Parameter::Kind::table);
    QuantisedGemm layer(parameters, "layer", shape_, input, table);
    const BatchTensor* x = &x_;
    BatchTensor* dx = &dx_;
    layer.forward({trained_, {}, {}, tables_}, {&x, 1}, y_);
    layer.backward({trained_, {}, gradient_, {}}, {&x, 1}, y_, dy_, {&dx, 1});
  }

  static inline const onednn::ConvolutionShape shape_{3, 5, 6, 1, 7, 6, 3, 3, 2, 1, true};
  NetworkParameters parameters_;
  RangeParameter input_{parameters_, "input.range", 1, 4};
  MultiplierTable table_{parameters_.tables.add("multiplier", {16, 16}, Parameter::Kind::table), 4};
  QuantisedGemm layer_{parameters_, "layer", shape_, input_, table_};
  std::vector<float> trained_ = std::vector<float>(static_cast<size_t>(parameters_.trained.size()));
  std::vector<float> gradient_ = trained_, tables_ = std::vector<float>(256);
  BatchTensor x_ = random_tensor({3, 5, 7, 6}, 1), dx_{x_.shape()};
  BatchTensor y_{layer_.output_shape()}, dy_ = random_tensor(layer_.output_shape(), 2);
};

TEST_F(QuantisedGemmTest, TableGradientEqualsFiniteDifferences) {
  loss();
  std::vector<float> gradient(256);
  backward(gradient);
  expect_gradient(
      tables_, gradient, [this] { return loss(); }, 8.0F, 1e-3);
}

/// Straight through: with exact products the output is linear in x, whose gradient is then the true one.
TEST_F(QuantisedGemmTest, InputGradientIsThatOfTheExactProduct) {
  loss();
  backward({});
  const float step = input_.affine(trained_).scale;
  for (size_t i = 0; i < x_.values().size(); i += 7) {
    const float kept = x_.values()[i];
    const float direction = kept > 0 ? -step : step;  // stays within the range
    const double before = loss();
    x_.values()[i] = kept + direction;
    const double numeric = (loss() - before) / direction;
    x_.values()[i] = kept;
    EXPECT_NEAR(numeric, dx_.values()[i], 2e-4) << i;
  }
}

/// What codes of activations cost is added to the gradient of the values that they stand for.
TEST_F(QuantisedGemmTest, ActivationsCostByTheirCodes) {
  loss();
  backward({});
  const std::vector<float> plain(dx_.values().begin(), dx_.values().end());
  std::vector<float> slope(16);
  for (size_t code = 0; code < slope.size(); ++code) slope[code] = 0.25F * static_cast<float>(code * code);
  MultiplierTable table = table_;
  table.activation_cost_slope = std::make_shared<const std::vector<float>>(slope);
  backward_with(table);
  const Affine affine = input_.affine(trained_);
  for (size_t i = 0; i < plain.size(); ++i) {
    const auto code = static_cast<size_t>(std::lround(x_.values()[i] / affine.scale) + affine.zero);
    EXPECT_NEAR(dx_.values()[i], plain[i] + slope[code] / affine.scale, 1e-4) << i;
  }
}

/// With slopes of the multiplier the gradients are the true ones where its error is linear in each operand.
TEST_F(QuantisedGemmTest, SlopesOfTheMultiplierGiveTrueGradients) {
  ProductSlopes slopes;
  for (size_t i = 0; i < tables_.size(); ++i) {
    const auto w = static_cast<float>(i >> 4), x = static_cast<float>(i & 15);
    tables_[i] = 1.25F * w * x + 3 * x - 2 * w + 7;
    slopes.by_weight.push_back(0.25F * x - 2);
    slopes.by_activation.push_back(0.25F * w + 3);
  }
  MultiplierTable table = table_;
  table.slopes = std::make_shared<const ProductSlopes>(slopes);
  backward_with(table);
  const auto expect_slope = [&](float& value, float step, float gradient, double tolerance) {
    const float kept = value, direction = kept > 0 ? -step : step;  // stays within the range
    const double before = loss();
    value = kept + direction;
    EXPECT_NEAR((loss() - before) / direction, gradient, tolerance);
    value = kept;
  };
  const float step = input_.affine(trained_).scale;
  for (size_t i = 0; i < x_.values().size(); i += 7) expect_slope(x_.values()[i], step, dx_.values()[i], 5e-4);
  const Parameter& weight = *std::ranges::find(parameters_.trained.entries(), "layer.weight", &Parameter::name);
  for (int64_t i = weight.offset; i < weight.offset + weight.size; i += 5)
    if (float& value = trained_[static_cast<size_t>(i)]; std::abs(value) < 0.7F)
      expect_slope(value, 1.5F / 15, gradient_[static_cast<size_t>(i)], 2e-2);
}

TEST(ProductSlopes, AreThoseOfSmoothedProductsLessTheExactOnes) {
  const ProductSlopes exact = product_slopes(exact_table(), 8);
  for (const auto& slopes : {exact.by_weight, exact.by_activation})
    EXPECT_TRUE(std::ranges::all_of(slopes, [](float slope) { return slope == 0; }));

  const TruthTable table = truth_table(array_multiplier(8, 6));
  constexpr uint32_t half_width = 4;
  const ProductSlopes slopes = product_slopes(table, half_width);
  const auto smooth = [&](uint32_t w, uint32_t x, bool along_weights) {  // S of the published gradient
    double sum = 0;
    for (uint32_t d = 0; d <= 2 * half_width; ++d)
      sum += along_weights ? table.at(w + d - half_width, x) : table.at(w, x + d - half_width);
    return sum / (2 * half_width + 1);
  };
  for (uint32_t w = half_width + 1; w < 255 - half_width; w += 3)
    for (uint32_t x = half_width + 1; x < 255 - half_width; ++x) {
      EXPECT_NEAR(slopes.by_weight[w << 8 | x] + static_cast<float>(x),
                  (smooth(w + 1, x, true) - smooth(w - 1, x, true)) / 2, 1e-3);
      EXPECT_NEAR(slopes.by_activation[w << 8 | x] + static_cast<float>(w),
                  (smooth(w, x + 1, false) - smooth(w, x - 1, false)) / 2, 1e-3);
    }
}

TEST_F(QuantisedGemmTest, ClippedWeightsGetNoGradientAndBiasItsOwn) {
  loss();
  backward({});
  int clipped = 0;
  for (const Parameter& p : parameters_.trained.entries())
    for (int64_t i = p.offset; i < p.offset + p.size; ++i) {
      const auto at = static_cast<size_t>(i);
      if (p.name != "layer.weight") continue;
      const bool outside = std::abs(trained_[at]) > 0.85F;  // beyond half a step of the last code
      clipped += outside;
      EXPECT_TRUE(!outside || gradient_[at] == 0) << i;
      EXPECT_TRUE(std::abs(trained_[at]) >= 0.7F || gradient_[at] != 0) << i;
    }
  EXPECT_GT(clipped, 0);
}

/// Values beyond both ends, ties, and a last vector that is not full, against quantise_value.
TEST(FakeQuantise, GivesTheValuesOfCodes) {
  for (const int bits : {4, 8}) {
    const FakeQuantiser quantiser{affine_of_range(-0.7F, 1.3F, bits), bits};
    std::vector<float> x(1003), y(x.size());
    for (size_t i = 0; i < x.size(); ++i)
      x[i] = quantiser.affine.scale * 0.5F * (static_cast<float>(i) - static_cast<float>(x.size()) / 2);
    fake_quantise(quantiser, x, y);
    for (size_t i = 0; i < x.size(); ++i)
      EXPECT_EQ(y[i], static_cast<float>(real_value(quantise_value(x[i], quantiser.affine, bits), quantiser.affine)));
  }
}

/// By hand: bits = 2, range 0 .. 3, so that scale = 1, zero = 0 and codes are 0 .. 3.
TEST(FakeQuantise, BackwardWorkedCase) {
  const FakeQuantiser quantiser{affine_of_range(0, 3, 2), 2};
  const std::vector<float> x = {-1, 0.25F, 1.75F, 4}, dy = {10, 2, 3, 5};
  std::vector<float> dx(4), range = {0, 0};
  fake_quantise(quantiser, x, dx);
  EXPECT_EQ(dx, (std::vector<float>{0, 0, 2, 3}));
  fake_quantise_backward(quantiser, x, dy, dx, range.data());
  EXPECT_EQ(dx, (std::vector<float>{0, 2, 3, 0}));
  const float within = 2 * (0 - 0.25F) + 3 * (2 - 1.75F), balance = 1 / std::sqrt(4.0F * 4);
  EXPECT_FLOAT_EQ(range[0], balance * (10 - within / 3));
  EXPECT_FLOAT_EQ(range[1], balance * (5 + within / 3));
}

}  // namespace
}  // namespace tram::train
