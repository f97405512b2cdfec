#include <cmath>

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
    if (row < 0 || row >= in.height || column < 0 || column >= in.width) return 0;
    if (channel < 0 || channel >= in.channels) return 0;
    const Tensor& map = values[static_cast<size_t>(inputs[static_cast<size_t>(input)])];
    return map.data[static_cast<size_t>((int64_t{row} * in.width + column) * in.channels + channel)];
  }

  double operator()(const ConvolutionOp& op) const {
    double sum = op.bias.empty() ? 0 : op.bias.data[static_cast<size_t>(c)];
    size_t tap = static_cast<size_t>(c) * static_cast<size_t>(element_count(op.weight.shape) / op.weight.shape[0]);
    for (int i = 0; i < op.weight.shape[1]; ++i)
      for (int r = 0; r < op.weight.shape[2]; ++r)
        for (int s = 0; s < op.weight.shape[3]; ++s, ++tap)
          sum += at(0, y * op.stride + r - op.padding, x * op.stride + s - op.padding, i) * double{op.weight.data[tap]};
    return sum;
  }

  double operator()(const BatchNormOp& op) const {
    const auto i = static_cast<size_t>(c);
    return (at(0, y, x, c) - op.mean.data[i]) / std::sqrt(double{op.variance.data[i]} + double{op.epsilon}) *
               op.gamma.data[i] + op.beta.data[i];
  }

  double operator()(const LinearOp& op) const {
    double sum = op.bias.empty() ? 0 : op.bias.data[static_cast<size_t>(c)];
    for (int i = 0; i < in.channels; ++i)
      sum += at(0, y, x, i) * double{op.weight.data[static_cast<size_t>(int64_t{c} * in.channels + i)]};
    return sum;
  }

  double operator()(const ReluOp&) const { return at(0, y, x, c) > 0 ? at(0, y, x, c) : 0; }

  double operator()(const AddOp&) const { return at(0, y, x, c) + at(1, y, x, c); }

  double operator()(const GlobalAveragePoolOp&) const {
    double sum = 0;
    for (int row = 0; row < in.height; ++row)
      for (int column = 0; column < in.width; ++column) sum += at(0, row, column, c);
    return sum / (in.height * in.width);
  }

  double operator()(const SubsampleOp& op) const {
    return at(0, y * op.stride, x * op.stride, c - (out.channels - in.channels) / 2);
  }
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

}  // namespace tram
