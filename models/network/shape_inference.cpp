#include <fmt/format.h>

#include "models/network/graph.hpp"
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
    if (op.groups < 1 || in.channels % op.groups != 0)
      fail(fmt::format("{} groups of {} channels; a divisor of the channels is expected", op.groups, in.channels));
    check_weight(op.weight, 4, in.channels / op.groups);
    if (op.weight.shape[0] % op.groups != 0)
      fail(
          fmt::format("{} groups of {} output channels; a divisor of them is expected", op.groups, op.weight.shape[0]));
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
    check_weight(op.weight, 2, in.channels);
    check_vector(op.bias, op.weight.shape[0], true);
    return {in.height, in.width, static_cast<int>(op.weight.shape[0])};
  }

  FeatureShape operator()(const ElementWise auto&) const { return input(1); }
  FeatureShape operator()(const SoftmaxOp&) const { return input(1); }

  FeatureShape operator()(const ElementWisePair auto&) const {
    const FeatureShape in = input(2);
    if (inputs_[1] != in)
      fail(fmt::format("maps of {} and {}; equal shapes are expected", to_string(in), to_string(inputs_[1])));
    return in;
  }

  FeatureShape operator()(const MultiplyOp&) const {
    const FeatureShape in = input(2);
    if (inputs_[1] != in && inputs_[1] != FeatureShape{1, 1, in.channels})
      fail(fmt::format("multiplies maps of {} and {}; equal shapes, or 1 x 1 x channels, are expected", to_string(in),
                       to_string(inputs_[1])));
    return in;
  }

  FeatureShape operator()(const GlobalAveragePoolOp&) const { return {1, 1, input(1).channels}; }
  FeatureShape operator()(const MaxPoolOp& op) const { return pool(op.kernel, op.stride, op.padding); }
  FeatureShape operator()(const AveragePoolOp& op) const { return pool(op.kernel, op.stride, op.padding); }

  FeatureShape operator()(const SubsampleOp& op) const {
    const FeatureShape in = input(1);
    if (op.stride < 1 || op.out_channels < in.channels)
      fail(fmt::format("stride {}, {} output channels from {}; at least 1 and the input's channels are expected",
                       op.stride, op.out_channels, in.channels));
    return {(in.height - 1) / op.stride + 1, (in.width - 1) / op.stride + 1, op.out_channels};
  }

  FeatureShape operator()(const LayerNormOp& op) const {
    const FeatureShape in = input(1);
    check_vector(op.gamma, in.channels, false);
    check_vector(op.beta, in.channels, false);
    if (!(op.epsilon >= 0)) fail(fmt::format("epsilon {}; at least 0 is expected", op.epsilon));
    return in;
  }

  FeatureShape operator()(const SliceChannelsOp& op) const {
    const FeatureShape in = input(1);
    if (op.first < 0 || op.count < 1 || op.first > in.channels - op.count)
      fail(fmt::format("{} channels from {} on; a part of the {} channels is expected", op.count, op.first,
                       in.channels));
    return {in.height, in.width, op.count};
  }

  FeatureShape operator()(const AttentionScoresOp& op) const {
    const FeatureShape q = tokens(0, 2), k = tokens(1, 2);
    check_heads(op.heads, q.channels);
    if (k.channels != q.channels)
      fail(fmt::format("queries of {} and keys of {} channels; equal ones are expected", q.channels, k.channels));
    return {q.height, op.heads, k.height};
  }

  FeatureShape operator()(const AttentionContextOp& op) const {
    const FeatureShape p = input(2), v = tokens(1, 2);
    check_heads(op.heads, v.channels);
    if (p.width != op.heads || p.channels != v.height)
      fail(fmt::format("probabilities of {}; queries x {} heads x {} keys are expected", to_string(p), op.heads,
                       v.height));
    return {p.height, 1, v.channels};
  }

  FeatureShape operator()(const PrependTokenOp& op) const {
    const FeatureShape in = tokens(0, 1);
    check_vector(op.token, in.channels, false);
    return {in.height + 1, 1, in.channels};
  }

  FeatureShape operator()(const AddConstantOp& op) const {
    const FeatureShape in = input(1);
    if (op.value.shape != Shape{in.height, in.width, in.channels})
      fail(fmt::format("constant of shape {}; that of the {} map is expected", tram::to_string(op.value.shape),
                       to_string(in)));
    return in;
  }

  FeatureShape operator()(const SelectTokenOp& op) const {
    const FeatureShape in = tokens(0, 1);
    if (op.index < 0 || op.index >= in.height)
      fail(fmt::format("token {}; 0 .. {} is expected", op.index, in.height - 1));
    return {1, 1, in.channels};
  }

  FeatureShape operator()(const FlattenPositionsOp&) const {
    const FeatureShape in = input(1);
    return {in.height * in.width, 1, in.channels};
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw InputError(where_, what); }

  FeatureShape input(size_t expected_inputs) const {
    if (inputs_.size() != expected_inputs) fail(fmt::format("{} inputs; {} expected", inputs_.size(), expected_inputs));
    return inputs_[0];
  }

  /// Input i, which must be a sequence of tokens.
  FeatureShape tokens(size_t i, size_t expected_inputs) const {
    input(expected_inputs);
    if (inputs_[i].width != 1)
      fail(fmt::format("input {} is a {} map; tokens x 1 x channels are expected", i, to_string(inputs_[i])));
    return inputs_[i];
  }

  FeatureShape pool(int kernel, int stride, int padding) const {
    const FeatureShape in = input(1);
    if (kernel < 1 || stride < 1 || padding < 0 || padding >= kernel)
      fail(fmt::format("kernel {}, stride {}, padding {}; at least 1, 1 and 0 .. kernel - 1 are expected", kernel,
                       stride, padding));
    const int height = in.height + 2 * padding - kernel, width = in.width + 2 * padding - kernel;
    if (height < 0 || width < 0)
      fail(fmt::format("kernel {} on a {} map; one no larger than the padded map is expected", kernel, to_string(in)));
    return {height / stride + 1, width / stride + 1, in.channels};
  }

  void check_heads(int heads, int channels) const {
    if (heads < 1 || channels % heads != 0)
      fail(fmt::format("{} heads of {} channels; a divisor of the channels is expected", heads, channels));
  }

  void check_weight(const Tensor& weight, size_t rank, int64_t in_channels) const {
    if (weight.shape.size() != rank || weight.shape[1] != in_channels || weight.shape[0] < 1)
      fail(fmt::format("weight of shape {}; {} dimensions with {} input channels are expected",
                       tram::to_string(weight.shape), rank, in_channels));
  }

  void check_vector(const Tensor& parameter, int64_t channels, bool optional) const {
    if ((optional && parameter.empty()) || parameter.shape == Shape{channels}) return;
    fail(fmt::format("parameter of shape {}; [{}] is expected", tram::to_string(parameter.shape), channels));
  }

  std::string where_;
  std::vector<FeatureShape> inputs_;
};

}  // namespace

FeatureShape output_shape(const std::string& where, const Operation& operation, std::vector<FeatureShape> inputs) {
  return std::visit(ShapeRule(where, std::move(inputs)), operation);
}

std::vector<FeatureShape> infer_shapes(const NetworkGraph& graph) {
  std::vector<FeatureShape> shapes = {graph.input};
  for (const GraphNode& node : graph.nodes) {
    const std::string where = fmt::format("{}, {} {}", graph.name, kind(node.operation), node.name);
    std::vector<FeatureShape> inputs;
    for (const int value : node.inputs) {
      if (value < 0 || value >= static_cast<int>(shapes.size()))
        throw InputError(where,
                         fmt::format("reads value {}; an earlier one, 0 .. {}, is expected", value, shapes.size() - 1));
      inputs.push_back(shapes[static_cast<size_t>(value)]);
    }
    shapes.push_back(output_shape(where, node.operation, std::move(inputs)));
  }
  return shapes;
}

}  // namespace tram
