#include "random_network.hpp"

#include <algorithm>

#include "networks.hpp"

namespace tram::test {
namespace {

int32_t uniform(std::mt19937& random, int32_t low, int32_t high) {
  return std::uniform_int_distribution<int32_t>(low, high)(random);
}

/// Appends layers to a network; each reads the tensor of the one before.
class Builder {
 public:
  explicit Builder(std::mt19937& random) : random_(random) {
    network_.name = "random";
    network_.tensors.push_back({{uniform(random, 1, 9), uniform(random, 1, 9), uniform(random, 1, 6)}, {}});
  }

  void add_any() {
    switch (uniform(random_, 0, 5)) {
      case 0: return append(random_add(), shape());
      case 1: return append(random_subsample());
      case 2: return append(random_max_pool());
      case 3: return append(random_grouped());
      default: return append(random_gemm(random_kernel(shape().height), random_kernel(shape().width)));
    }
  }

  IntegerNetwork finish() {
    if (uniform(random_, 0, 1) == 0) append(random_pool(), {1, 1, shape().channels});
    GemmLayer last = gemm(shape().height, shape().width, 1, 1, 0);  // over the whole map: M = 1
    last.requantise.clear();
    last.logit_scale.assign(static_cast<size_t>(last.n()), 1.0F);
    append(last);
    return std::move(network_);
  }

 private:
  const FeatureShape& shape() const { return network_.tensors.back().shape; }
  std::string next_name() const { return "layer" + std::to_string(network_.steps.size()); }

  void append(const GemmLayer& layer) { append(layer, 1, layer.out); }
  void append(const SubsampleParameters& subsample) { append(subsample, subsample.out); }
  void append(const MaxPoolParameters& pool) { append(pool, pool.out()); }
  void append(const VectorParameters& parameters, const FeatureShape& out) {
    append(VectorLayer{next_name(), parameters}, extent(parameters).inputs, out);
  }
  /// All inputs of the layer are the last tensor.
  void append(IntegerLayer layer, size_t inputs, const FeatureShape& out) {
    const int input = static_cast<int>(network_.tensors.size()) - 1;
    network_.steps.push_back({std::move(layer), std::vector(inputs, input), input + 1});
    network_.tensors.push_back({out, {}});
  }

  int random_kernel(int size) { return uniform(random_, 1, std::min(size, 4)); }

  GemmLayer random_gemm(int kernel_height, int kernel_width) {
    const int padding = uniform(random_, 0, std::min(kernel_height, kernel_width));
    const int stride = uniform(random_, 1, 3);
    return gemm(kernel_height, kernel_width, stride, uniform(random_, 1, 3), padding);
  }

  GemmLayer gemm(int kernel_height, int kernel_width, int stride, int column_stride, int padding) {
    GemmLayer layer = random_conv(next_name(), shape(), uniform(random_, 1, 30), 1, stride, 0, random_);
    layer.kernel_height = kernel_height;
    layer.kernel_width = kernel_width;
    layer.padding = padding;
    layer.column_stride = column_stride;
    layer.out.height = (layer.in.height + 2 * padding - kernel_height) / stride + 1;
    layer.out.width = (layer.in.width + 2 * padding - kernel_width) / column_stride + 1;
    layer.weights = random_codes(static_cast<size_t>(layer.n() * layer.k()), random_);
    return layer;
  }

  AddParameters random_add() {
    AddParameters add;
    add.count = static_cast<int32_t>(shape().size());
    add.zero_a = uniform(random_, 100, 150);
    add.zero_b = uniform(random_, 100, 150);
    add.zero_out = uniform(random_, 100, 150);
    add.multiplier_a = uniform(random_, 1 << 18, 1 << 20);
    add.multiplier_b = uniform(random_, 1 << 18, 1 << 20);
    add.shift = 20;
    return add;
  }

  /// Padding is below the kernel, as a window must meet the map.
  MaxPoolParameters random_max_pool() {
    const int kernel = random_kernel(std::min(shape().height, shape().width));
    const int stride = uniform(random_, 1, 3), padding = uniform(random_, 0, kernel - 1);
    const FeatureShape in = shape();
    return {in,
            (in.height + 2 * padding - kernel) / stride + 1,
            (in.width + 2 * padding - kernel) / stride + 1,
            kernel,
            stride,
            padding};
  }

  /// A depthwise convolution, or one of as many groups as divide the channels.
  GemmLayer random_grouped() {
    const int channels = shape().channels;
    const int groups = channels % 2 == 0 && uniform(random_, 0, 1) == 0 ? channels / 2 : channels;
    GemmLayer layer = random_gemm(random_kernel(shape().height), random_kernel(shape().width));
    const int n = groups * uniform(random_, 1, 3);
    GemmLayer grouped = random_conv(layer.name, layer.in, n, 1, layer.stride, 0, random_);
    grouped.kernel_height = layer.kernel_height;
    grouped.kernel_width = layer.kernel_width;
    grouped.padding = layer.padding;
    grouped.column_stride = layer.column_stride;
    grouped.groups = groups;
    grouped.out = {layer.out.height, layer.out.width, n};
    grouped.weights = random_codes(static_cast<size_t>(grouped.n() * grouped.k()), random_);
    return grouped;
  }

  SubsampleParameters random_subsample() {
    const int stride = uniform(random_, 1, 3), before = uniform(random_, 0, 3), after = uniform(random_, 0, 3);
    const FeatureShape in = shape();
    const FeatureShape out{(in.height + stride - 1) / stride, (in.width + stride - 1) / stride,
                           before + in.channels + after};
    return {in, out, stride, before, uniform(random_, 0, 255)};
  }

  AveragePoolParameters random_pool() {
    return {shape(), 110, 120, {uniform(random_, 1 << 30, INT32_MAX), uniform(random_, 31, 35)}, 0, 255};
  }

  std::mt19937& random_;
  IntegerNetwork network_;
};

}  // namespace

IntegerNetwork random_network(std::mt19937& random) {
  Builder builder(random);
  for (int layers = uniform(random, 1, 3); layers > 0; --layers) builder.add_any();
  return builder.finish();
}

Limits random_limits(std::mt19937& random) {
  const auto bytes = [&] { return int64_t{uniform(random, 32, 63)} << uniform(random, 1, 10); };
  Limits limits{.rows = uniform(random, 1, 20), .columns = uniform(random, 1, 12)};
  limits.weights = bytes();
  limits.activations = bytes();
  limits.outputs = bytes();
  limits.dram = 1 << 20;
  limits.tensors_on_chip = uniform(random, 0, 3) > 0;
  limits.weights_on_chip = uniform(random, 0, 3) == 0;
  return limits;
}

}  // namespace tram::test
