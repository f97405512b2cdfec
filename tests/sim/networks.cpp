#include "networks.hpp"

namespace tram::test {
namespace {

int32_t uniform(std::mt19937& random, int32_t low, int32_t high) {
  return std::uniform_int_distribution<int32_t>(low, high)(random);
}

/// Brings accumulators of about +-2^18 to codes.
Requantiser random_requantiser(std::mt19937& random) {
  return {uniform(random, 1 << 30, INT32_MAX), uniform(random, 40, 42)};
}

GemmLayer shape_only(FeatureShape in, int channels, int kernel, int stride, int padding) {
  GemmLayer layer;
  layer.in = in;
  layer.out = {(in.height + 2 * padding - kernel) / stride + 1, (in.width + 2 * padding - kernel) / stride + 1,
               channels};
  layer.kernel_height = layer.kernel_width = kernel;
  layer.stride = layer.column_stride = stride;
  layer.padding = padding;
  return layer;
}

void make_last(GemmLayer& layer) {
  layer.requantise.clear();
  layer.logit_scale.assign(static_cast<size_t>(layer.n()), 1.0F);
}

AddParameters random_add(FeatureShape shape, std::mt19937& random) {
  AddParameters add;
  add.count = static_cast<int32_t>(shape.size());
  add.zero_a = uniform(random, 100, 150);
  add.zero_b = uniform(random, 100, 150);
  add.zero_out = uniform(random, 100, 150);
  add.multiplier_a = uniform(random, 1 << 18, 1 << 20);
  add.multiplier_b = uniform(random, 1 << 18, 1 << 20);
  add.shift = 20;
  return add;
}

}  // namespace

TruthTable random_table(uint32_t seed) {
  std::mt19937 random(seed);
  TruthTable table;
  table.values.resize(65536);
  for (int32_t a = 0; a < 256; ++a)
    for (int32_t b = 0; b < 256; ++b)
      table.values[static_cast<size_t>(a << 8 | b)] = a * b + uniform(random, -3000, 3000);
  table.values[0] = 17;
  return table;
}

std::vector<uint8_t> random_codes(size_t count, std::mt19937& random) {
  std::vector<uint8_t> codes(count);
  for (uint8_t& code : codes) code = static_cast<uint8_t>(uniform(random, 0, 255));
  return codes;
}

GemmLayer random_conv(const std::string& name, FeatureShape in, int channels, int kernel, int stride, int padding,
                      std::mt19937& random) {
  GemmLayer layer = shape_only(in, channels, kernel, stride, padding);
  layer.name = name;
  layer.weights = random_codes(static_cast<size_t>(layer.n() * layer.k()), random);
  layer.input_zero = uniform(random, 100, 150);
  layer.output_zero = uniform(random, 100, 150);
  layer.clamp_low = uniform(random, 0, 20);
  layer.clamp_high = uniform(random, 200, 255);
  for (int n = 0; n < channels; ++n) {
    layer.weight_zero.push_back(uniform(random, 100, 150));
    layer.bias.push_back(uniform(random, -100000, 100000));
    layer.requantise.push_back(random_requantiser(random));
  }
  return layer;
}

IntegerNetwork single_gemm(int m, int k, int n, std::mt19937& random) {
  IntegerNetwork network;
  network.name = "single_gemm";
  GemmLayer layer = random_conv("gemm", {m, 1, k}, n, 1, 1, 0, random);
  make_last(layer);
  network.tensors = {{layer.in, {}}, {layer.out, {}}};
  network.steps = {{layer, {0}, 1}};
  return network;
}

IntegerNetwork single_linear(int k, int n, std::mt19937& random) { return single_gemm(1, k, n, random); }

IntegerNetwork small_residual_network(uint32_t seed) {
  std::mt19937 random(seed);
  const GemmLayer conv1 = random_conv("conv1", {9, 7, 3}, 5, 3, 1, 1, random);
  const GemmLayer conv2 = random_conv("conv2", conv1.out, 11, 3, 2, 1, random);
  const SubsampleParameters shortcut{conv1.out, conv2.out, 2, 3, uniform(random, 0, 255)};
  const AddParameters add = random_add(conv2.out, random);
  const GemmLayer conv3 = random_conv("conv3", conv2.out, 13, 1, 1, 0, random);
  const AveragePoolParameters pool{conv3.out, 110, 120, {uniform(random, 1 << 30, INT32_MAX), 34}, 0, 255};
  GemmLayer linear = random_conv("linear", {1, 1, 13}, 10, 1, 1, 0, random);
  make_last(linear);

  IntegerNetwork network;
  network.name = "small_residual";
  for (const FeatureShape& shape :
       {conv1.in, conv1.out, conv2.out, shortcut.out, conv2.out, conv3.out, linear.in, linear.out})
    network.tensors.push_back({shape, {}});
  network.steps = {{conv1, {0}, 1},
                   {conv2, {1}, 2},
                   {VectorLayer{"shortcut", shortcut}, {1}, 3},
                   {VectorLayer{"add", add}, {2, 3}, 4},
                   {conv3, {4}, 5},
                   {VectorLayer{"pool", pool}, {5}, 6},
                   {linear, {6}, 7}};
  return network;
}

std::vector<GemmLayer> resnet20_gemms() {
  std::vector<GemmLayer> layers{shape_only({32, 32, 3}, 16, 3, 1, 1)};
  for (const int channels : {16, 32, 64}) {
    for (int conv = 0; conv < 6; ++conv) {
      const FeatureShape in = layers.back().out;
      layers.push_back(shape_only(in, channels, 3, in.channels == channels ? 1 : 2, 1));
    }
  }
  layers.push_back(shape_only({1, 1, 64}, 10, 1, 1, 0));
  for (size_t i = 0; i < layers.size(); ++i) layers[i].name = "layer" + std::to_string(i);
  return layers;
}

}  // namespace tram::test
