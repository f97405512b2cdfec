#include "models/network/graph.hpp"

#include <fmt/format.h>

#include "models/support/error.hpp"

namespace tram {
namespace {

std::string to_string(const FeatureShape& shape) {
  return fmt::format("{} x {} x {}", shape.height, shape.width, shape.channels);
}

/// Computes the output shape of one node, and checks its parameters.
class ShapeRule {
 public:
  ShapeRule(std::string where, std::vector<FeatureShape> inputs)
      : where_(std::move(where)), inputs_(std::move(inputs)) {}

  FeatureShape operator()(const ConvolutionOp& op) const {
    const FeatureShape in = input(1);
    check_weight(op.weight, 4, in);
    check_vector(op.bias, op.weight.shape[0], true);
    if (op.stride < 1 || op.padding < 0)
      fail(fmt::format("stride {}, padding {}; at least 1 and 0 are expected", op.stride, op.padding));
    const int64_t height = in.height + 2 * op.padding - op.weight.shape[2];
    const int64_t width = in.width + 2 * op.padding - op.weight.shape[3];
    if (height < 0 || width < 0)
      fail(fmt::format("weight {} on a {} map; a kernel no larger than the padded map is expected",
                       tram::to_string(op.weight.shape), to_string(in)));
    return {static_cast<int>(height / op.stride) + 1, static_cast<int>(width / op.stride) + 1,
            static_cast<int>(op.weight.shape[0])};
  }

  FeatureShape operator()(const BatchNormOp& op) const {
    const FeatureShape in = input(1);
    for (const Tensor* parameter : {&op.gamma, &op.beta, &op.mean, &op.variance})
      check_vector(*parameter, in.channels, false);
    return in;
  }

  FeatureShape operator()(const LinearOp& op) const {
    const FeatureShape in = input(1);
    check_weight(op.weight, 2, in);
    check_vector(op.bias, op.weight.shape[0], true);
    return {in.height, in.width, static_cast<int>(op.weight.shape[0])};
  }

  FeatureShape operator()(const ReluOp&) const { return input(1); }

  FeatureShape operator()(const AddOp&) const {
    const FeatureShape in = input(2);
    if (inputs_[1] != in)
      fail(fmt::format("adds maps of {} and {}; equal shapes are expected", to_string(in), to_string(inputs_[1])));
    return in;
  }

  FeatureShape operator()(const GlobalAveragePoolOp&) const { return {1, 1, input(1).channels}; }

  FeatureShape operator()(const SubsampleOp& op) const {
    const FeatureShape in = input(1);
    if (op.stride < 1 || op.out_channels < in.channels)
      fail(fmt::format("stride {}, {} output channels from {}; at least 1 and the input's channels are expected",
                       op.stride, op.out_channels, in.channels));
    return {(in.height - 1) / op.stride + 1, (in.width - 1) / op.stride + 1, op.out_channels};
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw InputError(where_, what); }

  FeatureShape input(size_t expected_inputs) const {
    if (inputs_.size() != expected_inputs)
      fail(fmt::format("{} inputs; {} expected", inputs_.size(), expected_inputs));
    return inputs_[0];
  }

  void check_weight(const Tensor& weight, size_t rank, const FeatureShape& in) const {
    if (weight.shape.size() != rank || weight.shape[1] != in.channels || weight.shape[0] < 1)
      fail(fmt::format("weight of shape {}; {} dimensions with {} input channels are expected",
                       tram::to_string(weight.shape), rank, in.channels));
  }

  void check_vector(const Tensor& parameter, int64_t channels, bool optional) const {
    if ((optional && parameter.empty()) || parameter.shape == Shape{channels}) return;
    fail(fmt::format("parameter of shape {}; [{}] is expected", tram::to_string(parameter.shape), channels));
  }

  std::string where_;
  std::vector<FeatureShape> inputs_;
};

struct KindName {
  std::string operator()(const ConvolutionOp&) const { return "conv"; }
  std::string operator()(const BatchNormOp&) const { return "batch_norm"; }
  std::string operator()(const LinearOp&) const { return "linear"; }
  std::string operator()(const ReluOp&) const { return "relu"; }
  std::string operator()(const AddOp&) const { return "add"; }
  std::string operator()(const GlobalAveragePoolOp&) const { return "global_average_pool"; }
  std::string operator()(const SubsampleOp&) const { return "subsample"; }
};

}  // namespace

std::string kind(const Operation& operation) { return std::visit(KindName{}, operation); }

int NetworkGraph::add(std::string node_name, Operation operation, std::vector<int> inputs) {
  nodes.push_back({std::move(node_name), std::move(operation), std::move(inputs)});
  return static_cast<int>(nodes.size());
}

std::vector<FeatureShape> infer_shapes(const NetworkGraph& graph) {
  std::vector<FeatureShape> shapes = {graph.input};
  for (const GraphNode& node : graph.nodes) {
    const std::string where = fmt::format("{}, {} {}", graph.name, kind(node.operation), node.name);
    std::vector<FeatureShape> inputs;
    for (const int value : node.inputs) {
      if (value < 0 || value >= static_cast<int>(shapes.size()))
        throw InputError(where, fmt::format("reads value {}; an earlier one, 0 .. {}, is expected", value,
                                            shapes.size() - 1));
      inputs.push_back(shapes[static_cast<size_t>(value)]);
    }
    shapes.push_back(std::visit(ShapeRule(where, std::move(inputs)), node.operation));
  }
  return shapes;
}

std::vector<std::vector<int>> consumers(const NetworkGraph& graph) {
  std::vector<std::vector<int>> readers(static_cast<size_t>(graph.value_count()));
  for (size_t i = 0; i < graph.nodes.size(); ++i)
    for (const int value : graph.nodes[i].inputs) readers[static_cast<size_t>(value)].push_back(static_cast<int>(i));
  return readers;
}

int64_t mac_count(const NetworkGraph& graph) {
  const std::vector<FeatureShape> shapes = infer_shapes(graph);
  int64_t macs = 0;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const int64_t positions = int64_t{shapes[i + 1].height} * shapes[i + 1].width;
    if (const auto* conv = std::get_if<ConvolutionOp>(&graph.nodes[i].operation))
      macs += positions * element_count(conv->weight.shape);
    if (const auto* linear = std::get_if<LinearOp>(&graph.nodes[i].operation))
      macs += positions * element_count(linear->weight.shape);
  }
  return macs;
}

}  // namespace tram
