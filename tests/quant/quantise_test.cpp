#include "models/quant/quantise.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "models/network/float_gemm.hpp"
#include "models/network/float_inference.hpp"
#include "models/network/fold_batch_norm.hpp"
#include "models/quant/affine.hpp"
#include "models/quant/golden.hpp"
#include "models/support/error.hpp"
#include "tests/network/naive_inference.hpp"
#include "tests/network/test_networks.hpp"
#include "tests/quant/random_dataset.hpp"

namespace tram {
namespace {

constexpr CalibrationMethod every_method[] = {CalibrationMethod::min_max, CalibrationMethod::percentile,
                                              CalibrationMethod::mse};

/// linear(x) of one position with unit input scale and zero 0, then a second linear layer as the last.
NetworkGraph two_linear(const Tensor& weight, const Tensor& bias) {
  NetworkGraph graph{"two", {1, 1, static_cast<int>(weight.shape[1])}, {}};
  const int x = graph.add("first", LinearOp{weight, bias}, {0});
  Tensor ones = zeros(Shape{1, weight.shape[0]});
  for (float& value : ones.data) value = 1;
  graph.add("second", LinearOp{ones, {}}, {x});
  return graph;
}

QuantiseOptions min_max() {
  QuantiseOptions options;
  options.calibrate = CalibrationMethod::min_max;
  return options;
}

std::string error_of(const NetworkGraph& graph) {
  try {
    quantise(graph, std::vector<Affine>(static_cast<size_t>(graph.value_count()), Affine{0.1F, 10}), {});
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

TEST(Quantise, LinearLayerByHand) {
  const NetworkGraph graph = two_linear({{1, 2}, {2.55F, -1.0F}}, {{1}, {0.5F}});
  const IntegerNetwork net = quantise(graph, {{0.5F, 3}, {0.25F, 7}, {1.0F, 0}}, min_max());
  const auto& layer = std::get<GemmLayer>(net.steps[0].layer);
  const double scale = 3.55 / 255;                           // range -1 .. 2.55
  EXPECT_EQ(layer.weight_zero, (std::vector<int32_t>{72}));  // 1 / scale = 71.8
  EXPECT_EQ(layer.weights, (std::vector<uint8_t>{255, 0}));  // 183.2 + 72 = 255.2; -71.8 + 72 = .2
  EXPECT_EQ(layer.bias, (std::vector<int32_t>{72}));         // .5 / (.5 scale) = 71.8
  EXPECT_EQ(layer.input_zero, 3);
  EXPECT_EQ(layer.output_zero, 7);
  EXPECT_EQ(layer.clamp_low, 0);
  EXPECT_EQ(layer.clamp_high, 255);
  EXPECT_NEAR(std::ldexp(layer.requantise[0].multiplier, -layer.requantise[0].shift), 0.5 * scale / 0.25, 1e-8);
  EXPECT_TRUE(layer.logit_scale.empty());
  EXPECT_TRUE(net.last().requantise.empty());
  EXPECT_NEAR(net.last().logit_scale[0], 0.25 / 255, 1e-8);
}

/// Every parameter is a few steps above 0: products vanish beside the outputs' range.
TEST(Quantise, ANetworkOfDenormalsIsQuantised) {
  ResnetCifar architecture{.blocks = 1, .width = 4, .classes = 5, .stages = 3, .input = {12, 12, 3}};
  const NetworkGraph graph = resnet_cifar(architecture, [](const std::string&, const Shape& shape) {
    Tensor tensor = zeros(shape);
    std::ranges::fill(tensor.data, 9.8e-45F);
    return tensor;
  });
  const RandomDataset data({12, 12, 3}, 4);
  for (const CalibrationMethod method : {CalibrationMethod::mse, CalibrationMethod::min_max}) {
    QuantiseOptions options;
    options.calibrate = method;
    options.images = 4;
    EXPECT_NO_THROW(quantise(graph, data, options));
  }
}

TEST(Quantise, ResnetStructure) {
  const NetworkGraph folded = fold_batch_norm(small_resnet(8));
  QuantiseOptions options = min_max();
  options.images = 4;
  const RandomDataset data({12, 12, 3}, 4);
  const IntegerNetwork net = quantise(folded, calibrate_activations(folded, data, options), options);
  std::vector<std::string> names;
  for (const IntegerStep& step : net.steps) names.push_back(layer_name(step));
  const std::vector<std::string> expected = {"conv1",          "layer1.0.conv1", "layer1.0.conv2",    "layer1.0.add",
                                             "layer2.0.conv1", "layer2.0.conv2", "layer2.0.shortcut", "layer2.0.add",
                                             "layer3.0.conv1", "layer3.0.conv2", "layer3.0.shortcut", "layer3.0.add",
                                             "pool",           "linear"};
  EXPECT_EQ(names, expected);
  EXPECT_EQ(net.macs(), mac_count(folded));
  EXPECT_EQ(net.tensors.size(), net.steps.size() + 1);
  const auto& first = std::get<GemmLayer>(net.steps[1].layer);
  EXPECT_EQ(first.clamp_low, first.output_zero);  // fused ReLU
  const auto& second = std::get<GemmLayer>(net.steps[2].layer);
  EXPECT_EQ(second.clamp_low, 0);  // no ReLU before the addition
  EXPECT_GT(second.output_zero, 0);
  const auto* shortcut = vector_parameters<SubsampleParameters>(net.steps[6]);
  ASSERT_NE(shortcut, nullptr);
  EXPECT_EQ(shortcut->pad_before, 2);
  EXPECT_EQ(net.steps[7].inputs, (std::vector<int>{6, 7}));
}

TEST(Quantise, WeightsAreWithinHalfAStepPerChannel) {
  const NetworkGraph folded = fold_batch_norm(small_resnet(9));
  const std::vector<Affine> activations(static_cast<size_t>(folded.value_count()), Affine{0.05F, 20});
  const IntegerNetwork net = quantise(folded, activations, min_max());
  const auto& layer = std::get<GemmLayer>(net.steps[0].layer);
  const std::vector<float> real = gemm_weights(std::get<ConvolutionOp>(folded.nodes[0].operation).weight);
  const auto taps = static_cast<size_t>(layer.k());
  for (size_t n = 0; n < static_cast<size_t>(layer.n()); ++n) {
    const auto [low, high] = std::minmax_element(real.begin() + long(n * taps), real.begin() + long((n + 1) * taps));
    const Affine affine = affine_of_range(*low, *high, 8);
    ASSERT_EQ(layer.weight_zero[n], affine.zero);
    for (size_t k = n * taps; k < (n + 1) * taps; ++k)
      ASSERT_NEAR(real_value(layer.weights[k], affine), real[k], affine.scale);
  }
}

TEST(Quantise, PerTensorUsesOneZero) {
  QuantiseOptions options = min_max();
  options.weights = WeightGranularity::per_tensor;
  const NetworkGraph folded = fold_batch_norm(small_resnet(9));
  const std::vector<Affine> activations(static_cast<size_t>(folded.value_count()), Affine{0.05F, 20});
  const IntegerNetwork net = quantise(folded, activations, options);
  const auto& layer = std::get<GemmLayer>(net.steps[0].layer);
  EXPECT_EQ(layer.weight_zero, std::vector<int32_t>(layer.weight_zero.size(), layer.weight_zero[0]));
}

TEST(Quantise, ResultsComeNearTheFloatNetwork) {
  const NetworkGraph graph = small_resnet(10);
  const RandomDataset data({12, 12, 3}, 30);
  for (const CalibrationMethod method : every_method) {
    QuantiseOptions options;
    options.images = 20;
    options.calibrate = method;
    const IntegerNetwork net = quantise(graph, data, options);
    const GoldenInference golden(net, exact_table());
    const FloatInference inference(graph);
    double error = 0, power = 0;
    for (int image = 20; image < 30; ++image) {
      const std::vector<float> real = inference.logits(data.image(image));
      const std::vector<int32_t> codes = golden.run(quantise_image(net, data.image(image))).logits;
      for (size_t n = 0; n < real.size(); ++n) {
        error += std::pow(static_cast<float>(codes[n]) * net.last().logit_scale[n] - real[n], 2);
        power += std::pow(real[n], 2);
      }
    }
    EXPECT_LT(std::sqrt(error / power), 0.05) << static_cast<int>(method);
  }
}

TEST(Quantise, DeadChannelKeepsItsBias) {
  const NetworkGraph graph = two_linear({{2, 2}, {0, 0, 1, 1}}, {{2}, {3, 0}});
  const IntegerNetwork net = quantise(graph, {{0.5F, 0}, {0.25F, 0}, {1.0F, 0}}, min_max());
  const GoldenResult result = GoldenInference(net, exact_table()).run(std::vector<uint8_t>{9, 200});
  EXPECT_EQ(result.tensors[1][0], 12);  // 3 / .25
}

TEST(Quantise, TinyWeightsBesideALargeBiasStayWithinTheAccumulator) {
  const NetworkGraph graph = two_linear({{1, 2}, {1e-20F, -1e-20F}}, {{1}, {-40}});
  const IntegerNetwork net = quantise(graph, {{0.5F, 0}, {0.25F, 200}, {1.0F, 0}}, min_max());
  const GoldenResult result = GoldenInference(net, exact_table()).run(std::vector<uint8_t>{9, 200});
  EXPECT_EQ(result.tensors[1][0], 200 - 160);
}

TEST(Quantise, GraphsThatCannotBeExpressedAreNamed) {
  EXPECT_NE(error_of(small_resnet(1)).find("batch_norm bn1"), std::string::npos);
  NetworkGraph graph{"net", {1, 1, 2}, {}};
  graph.add("product", MultiplyOp{}, {0, 0});
  EXPECT_NE(error_of(graph).find("net, multiply product: has no integer layer"), std::string::npos);
  graph.nodes.clear();
  graph.add("pool", GlobalAveragePoolOp{}, {0});
  EXPECT_NE(error_of(graph).find("net: the last node"), std::string::npos);
  const Tensor wide = {{1, 9000}, std::vector<float>(9000, 1.0F)};
  NetworkGraph long_sum{"net", {1, 1, 9000}, {}};
  long_sum.add("fc", LinearOp{wide, {}}, {0});
  EXPECT_NE(error_of(long_sum).find("net, linear fc: 9000 taps"), std::string::npos);
}

TEST(Quantise, ImagesBecomeCodes) {
  const NetworkGraph graph = two_linear({{1, 3}, {1, 1, 1}}, {});
  const IntegerNetwork net = quantise(graph, {{0.5F, 100}, {0.25F, 0}, {1.0F, 0}}, min_max());
  EXPECT_EQ(quantise_image(net, {{1, 1, 3}, {1.2F, -60.0F, 1e9F}}), (std::vector<uint8_t>{102, 0, 255}));
  EXPECT_THROW(quantise_image(net, {{1, 3, 1}, {1, 1, 1}}), InputError);
}

}  // namespace
}  // namespace tram
