#include "tests/network/naive_inference.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/network/float_inference.hpp"

namespace tram {
namespace {

/// One output element from the definition of each operation, summed in double.
struct Element {
  const std::vector<Tensor>& values;
  const std::vector<int>& inputs;
  FeatureShape in, out;
  int y, x, c;

  double at(int input, int row, int column, int channel) const {
    const Tensor& map = values[static_cast<size_t>(inputs[static_cast<size_t>(input)])];
    const int64_t height = map.shape[0], width = map.shape[1], channels = map.shape[2];
    if (row < 0 || row >= height || column < 0 || column >= width || channel < 0 || channel >= channels) return 0;
    return map.data[static_cast<size_t>((row * width + column) * channels + channel)];
  }

  double operator()(const ConvolutionOp& op) const {
    double sum = op.bias.empty() ? 0 : op.bias.data[static_cast<size_t>(c)];
    size_t tap = static_cast<size_t>(c) * static_cast<size_t>(element_count(op.weight.shape) / op.weight.shape[0]);
    const int first = c / (out.channels / op.groups) * static_cast<int>(op.weight.shape[1]);
    for (int i = first; i < first + op.weight.shape[1]; ++i)
      for (int r = 0; r < op.weight.shape[2]; ++r)
        for (int s = 0; s < op.weight.shape[3]; ++s, ++tap)
          sum += at(0, y * op.stride + r - op.padding, x * op.stride + s - op.padding, i) * double{op.weight.data[tap]};
    return sum;
  }

  double operator()(const BatchNormOp& op) const {
    const auto i = static_cast<size_t>(c);
    return (at(0, y, x, c) - op.mean.data[i]) / std::sqrt(double{op.variance.data[i]} + double{op.epsilon}) *
               op.gamma.data[i] +
           op.beta.data[i];
  }

  double operator()(const LinearOp& op) const {
    double sum = op.bias.empty() ? 0 : op.bias.data[static_cast<size_t>(c)];
    for (int i = 0; i < in.channels; ++i)
      sum += at(0, y, x, i) * double{op.weight.data[static_cast<size_t>(int64_t{c} * in.channels + i)]};
    return sum;
  }

  double operator()(const ElementWise auto& op) const { return op.value(at(0, y, x, c)); }
  double operator()(const ElementWisePair auto& op) const { return op.value(at(0, y, x, c), at(1, y, x, c)); }

  double operator()(const GlobalAveragePoolOp&) const {
    double sum = 0;
    for (int row = 0; row < in.height; ++row)
      for (int column = 0; column < in.width; ++column) sum += at(0, row, column, c);
    return sum / (in.height * in.width);
  }

  double operator()(const SubsampleOp& op) const {
    return at(0, y * op.stride, x * op.stride, c - (out.channels - in.channels) / 2);
  }

  double operator()(const LayerNormOp& op) const {
    double mean = 0, variance = 0;
    for (int i = 0; i < in.channels; ++i) mean += at(0, y, x, i) / in.channels;
    for (int i = 0; i < in.channels; ++i) variance += std::pow(at(0, y, x, i) - mean, 2) / in.channels;
    const auto i = static_cast<size_t>(c);
    return (at(0, y, x, c) - mean) / std::sqrt(variance + double{op.epsilon}) * op.gamma.data[i] + op.beta.data[i];
  }

  double operator()(const SoftmaxOp&) const {
    double largest = at(0, y, x, 0), sum = 0;
    for (int i = 0; i < in.channels; ++i) largest = std::max(largest, at(0, y, x, i));
    for (int i = 0; i < in.channels; ++i) sum += std::exp(at(0, y, x, i) - largest);
    return std::exp(at(0, y, x, c) - largest) / sum;
  }

  double operator()(const SliceChannelsOp& op) const { return at(0, y, x, op.first + c); }

  double operator()(const AttentionScoresOp& op) const {
    const int depth = in.channels / op.heads;
    double sum = 0;
    for (int i = x * depth; i < (x + 1) * depth; ++i) sum += at(0, y, 0, i) * at(1, c, 0, i);
    return sum * double{op.scale};
  }

  double operator()(const AttentionContextOp& op) const {
    const int head = c / (out.channels / op.heads);
    double sum = 0;
    for (int key = 0; key < in.channels; ++key) sum += at(0, y, head, key) * at(1, key, 0, c);
    return sum;
  }

  double operator()(const PrependTokenOp& op) const {
    return y == 0 ? double{op.token.data[static_cast<size_t>(c)]} : at(0, y - 1, 0, c);
  }

  double operator()(const AddConstantOp& op) const {
    return at(0, y, x, c) + double{op.value.data[static_cast<size_t>((int64_t{y} * out.width + x) * out.channels + c)]};
  }

  double operator()(const SelectTokenOp& op) const { return at(0, op.index, 0, c); }
  double operator()(const FlattenPositionsOp&) const { return at(0, y / in.width, y % in.width, c); }

  double operator()(const MaxPoolOp& op) const {
    double largest = -std::numeric_limits<double>::infinity();
    for (int row = y * op.stride - op.padding; row < y * op.stride - op.padding + op.kernel; ++row)
      for (int column = x * op.stride - op.padding; column < x * op.stride - op.padding + op.kernel; ++column)
        if (inside(row, column)) largest = std::max(largest, at(0, row, column, c));
    return largest;
  }

  double operator()(const AveragePoolOp& op) const {
    double sum = 0;
    int count = 0;
    for (int row = y * op.stride - op.padding; row < y * op.stride - op.padding + op.kernel; ++row)
      for (int column = x * op.stride - op.padding; column < x * op.stride - op.padding + op.kernel; ++column) {
        sum += at(0, row, column, c);
        count += op.count_padding || inside(row, column);
      }
    return sum / count;
  }

  double operator()(const MultiplyOp&) const {
    const Tensor& factor = values[static_cast<size_t>(inputs[1])];
    const bool by_channel = factor.shape[0] == 1 && factor.shape[1] == 1;
    return at(0, y, x, c) * (by_channel ? at(1, 0, 0, c) : at(1, y, x, c));
  }

  bool inside(int row, int column) const { return row >= 0 && row < in.height && column >= 0 && column < in.width; }
};

/// Multiply-accumulate operations of one node with its first input and its output.
struct NodeMacs {
  const FeatureShape& in;
  const FeatureShape& out;

  int64_t operator()(const ConvolutionOp& op) const { return positions() * element_count(op.weight.shape); }
  int64_t operator()(const LinearOp& op) const { return positions() * element_count(op.weight.shape); }
  int64_t operator()(const AttentionScoresOp&) const { return int64_t{in.height} * out.channels * in.channels; }
  int64_t operator()(const AttentionContextOp&) const { return int64_t{in.height} * in.channels * out.channels; }
  int64_t operator()(const auto&) const { return 0; }

  int64_t positions() const { return int64_t{out.height} * out.width; }
};

}  // namespace

std::vector<Tensor> naive_inference(const NetworkGraph& graph, const Tensor& image) {
  const std::vector<FeatureShape> shapes = infer_shapes(graph);
  std::vector<Tensor> values = {image};
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const GraphNode& node = graph.nodes[i];
    const FeatureShape in = shapes[static_cast<size_t>(node.inputs[0])], out = shapes[i + 1];
    Tensor result = zeros(out);
    size_t index = 0;
    for (int y = 0; y < out.height; ++y)
      for (int x = 0; x < out.width; ++x)
        for (int c = 0; c < out.channels; ++c)
          result.data[index++] =
              static_cast<float>(std::visit(Element{values, node.inputs, in, out, y, x, c}, node.operation));
    values.push_back(std::move(result));
  }
  return values;
}

int64_t mac_count(const NetworkGraph& graph) {
  const std::vector<FeatureShape> shapes = infer_shapes(graph);
  int64_t macs = 0;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const FeatureShape& in = shapes[static_cast<size_t>(graph.nodes[i].inputs[0])];
    macs += std::visit(NodeMacs{in, shapes[i + 1]}, graph.nodes[i].operation);
  }
  return macs;
}

}  // namespace tram
