#include "models/quant/compensate.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "models/data/synthetic.hpp"
#include "models/multiplier/array_multiplier.hpp"
#include "models/quant/golden.hpp"
#include "models/quant/quantise.hpp"
#include "tests/quant/random_dataset.hpp"
#include "tests/quant/small_graphs.hpp"
#include "tests/quant/tap.hpp"

namespace tram {
namespace {

/// One 1 x 1 convolution on 32 x 32 x 3 images, the whole network: its accumulators are the logits.
IntegerNetwork one_layer(std::vector<uint8_t> weights) {
  GemmLayer layer;
  layer.name = "only";
  layer.in = {32, 32, 3};
  layer.out = {8, 8, 1};
  layer.kernel_height = layer.kernel_width = 3;
  layer.stride = layer.column_stride = 4;
  layer.padding = 1;
  layer.weights = std::move(weights);
  layer.weight_zero = {17};
  layer.input_zero = 128;
  layer.bias = {1000};
  layer.logit_scale = {1};
  IntegerNetwork network;
  network.tensors = {{layer.in, {1.0F / 64, 128}}, {layer.out, {}}};
  network.steps = {{layer, {0}, 1}};
  return network;
}

std::vector<uint8_t> some_weights() {
  std::vector<uint8_t> weights;
  for (int k = 0; k < 27; ++k) weights.push_back(static_cast<uint8_t>(31 * k + 5));
  return weights;
}

TEST(Compensate, ExactMultiplierChangesNothing) {
  const Shapes training(Split::train, 4);
  const IntegerNetwork network = one_layer(some_weights());
  const IntegerNetwork same = compensate_mean_error(network, exact_table(), training, {.images = 4});
  EXPECT_EQ(same.last().bias, network.last().bias);
}

/// The definition, one product at a time.
TEST(Compensate, EqualsMeanErrorOverTheTapsOfTrainingImages) {
  const Shapes training(Split::train, 3);
  const IntegerNetwork network = one_layer(some_weights());
  const TruthTable table = truth_table(array_multiplier(8, 6));
  const GemmLayer& layer = network.last();
  std::vector<double> codes(256, 0);
  double taps = 0;
  for (int i = 0; i < 3; ++i) {
    const std::vector<uint8_t> image = quantise_image(network, training.image(i));
    for (int64_t m = 0; m < layer.m(); ++m)
      for (int64_t k = 0; k < layer.k(); ++k, ++taps) ++codes[tap(layer, image, m, k)];
  }
  double error = 0;
  for (const uint8_t weight : layer.weights)
    for (int x = 0; x < 256; ++x) error += codes[x] / taps * (table.at(weight, x) - int{weight} * x);
  ASSERT_LT(error, -100);
  const IntegerNetwork compensated = compensate_mean_error(network, table, training, {.images = 3, .threads = 2});
  EXPECT_EQ(compensated.last().bias[0], 1000 - std::lround(error));
}

/// Products that are low by a constant: what the biases get back is that constant a tap, and the results are exact.
TEST(Compensate, RestoresATransformerFromAConstantError) {
  const RandomDataset training({12, 12, 3}, 3);
  for (const bool is_signed : {false, true}) {
    QuantiseOptions options;
    options.images = 3;
    options.signed_codes = is_signed;
    const IntegerNetwork network = quantise(small_transformer(1), training, options);
    TruthTable low = exact_table(8, 8, is_signed);
    for (int32_t& value : low.values) value -= 77;
    const std::vector<MultiplierRule> all = {{"all", "low"}}, linear = {{"linear", "low"}};
    for (const std::vector<MultiplierRule>& rules : {all, linear}) {
      const MultiplierAssignment assignment = assign_multipliers("multiplier", network, rules);
      std::vector<TruthTable> tables;
      for (const std::string& name : assignment.multipliers)
        tables.push_back(name == "low" ? low : exact_table(8, 8, is_signed));
      const IntegerNetwork compensated =
          compensate_mean_error(network, assignment, tables, training, {.images = 2, .threads = 2});
      const std::vector<uint8_t> image = quantise_image(network, training.image(2));
      EXPECT_EQ(GoldenInference(compensated, assignment, tables).run(image).logits,
                GoldenInference(network, exact_table(8, 8, is_signed)).run(image).logits);
      for (const IntegerStep& step : compensated.steps)
        if (const auto* matmul = std::get_if<MatmulLayer>(&step.layer)) {
          EXPECT_EQ(matmul->parameters.bias, rules[0].layers == "all" ? 77 * matmul->parameters.inner : 0);
        }
    }
  }
}

}  // namespace
}  // namespace tram
