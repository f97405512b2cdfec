#include "models/network/float_inference.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "models/network/float_gemm.hpp"
#include "models/network/float_kernels.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

/// Evaluates one node; parameters are those of its inputs and output.
struct Evaluate {
  const std::vector<const Tensor*>& inputs;
  const FeatureShape& in;
  const FeatureShape& out;
  const std::vector<float>& packed;

  Tensor operator()(const ConvolutionOp& op) const {
    if (op.groups > 1) return grouped_convolution(*inputs[0], op, in, out, packed);
    const std::vector<float> matrix = float_im2col(*inputs[0], op, in, out);
    return gemm(matrix, op.bias.data, element_count(op.weight.shape) / op.weight.shape[0]);
  }

  Tensor operator()(const LinearOp& op) const { return gemm(inputs[0]->data, op.bias.data, op.weight.shape[1]); }

  Tensor operator()(const BatchNormOp& op) const {
    std::vector<float> factor, offset;
    for (size_t c = 0; c < op.gamma.data.size(); ++c) {
      factor.push_back(op.gamma.data[c] / std::sqrt(op.variance.data[c] + op.epsilon));
      offset.push_back(op.beta.data[c] - op.mean.data[c] * factor[c]);
    }
    Tensor y = *inputs[0];
    const size_t channels = factor.size();
    for (size_t i = 0; i < y.data.size(); i += channels)
      for (size_t c = 0; c < channels; ++c) y.data[i + c] = y.data[i + c] * factor[c] + offset[c];
    return y;
  }

  Tensor operator()(const ElementWise auto& op) const {
    return each([&](float x) { return static_cast<float>(op.value(x)); });
  }

  Tensor operator()(const GeluOp&) const {
    return each([](float x) { return x / 2 * (1 + fast_erf(x * std::numbers::sqrt2_v<float> / 2)); });
  }

  Tensor operator()(const ElementWisePair auto& op) const {
    Tensor y = *inputs[0];
    for (size_t i = 0; i < y.data.size(); ++i) y.data[i] = op.value(y.data[i], inputs[1]->data[i]);
    return y;
  }

  Tensor operator()(const GlobalAveragePoolOp&) const {
    Tensor y = zeros(out);
    const auto channels = static_cast<size_t>(in.channels);
    for (size_t i = 0; i < inputs[0]->data.size(); ++i) y.data[i % channels] += inputs[0]->data[i];
    for (float& value : y.data) value /= static_cast<float>(in.height * in.width);
    return y;
  }

  Tensor operator()(const SubsampleOp& op) const {
    Tensor y = zeros(out);
    const int before = (out.channels - in.channels) / 2;
    for (int row = 0; row < out.height; ++row)
      for (int column = 0; column < out.width; ++column) {
        const int64_t from = (int64_t{row} * op.stride * in.width + int64_t{column} * op.stride) * in.channels;
        const int64_t to = (int64_t{row} * out.width + column) * out.channels + before;
        std::copy_n(inputs[0]->data.begin() + from, in.channels, y.data.begin() + to);
      }
    return y;
  }

  Tensor operator()(const LayerNormOp& op) const { return layer_norm(*inputs[0], op); }
  Tensor operator()(const SoftmaxOp&) const { return softmax(*inputs[0]); }
  Tensor operator()(const SliceChannelsOp& op) const { return slice_channels(*inputs[0], op); }
  Tensor operator()(const AttentionScoresOp& op) const { return attention_scores(*inputs[0], *inputs[1], op, out); }
  Tensor operator()(const AttentionContextOp& op) const { return attention_context(*inputs[0], *inputs[1], op, out); }
  Tensor operator()(const MaxPoolOp& op) const { return max_pool(*inputs[0], op, in, out); }
  Tensor operator()(const AveragePoolOp& op) const { return average_pool(*inputs[0], op, in, out); }

  Tensor operator()(const PrependTokenOp& op) const {
    Tensor y = zeros(out);
    std::copy(op.token.data.begin(), op.token.data.end(), y.data.begin());
    std::copy(inputs[0]->data.begin(), inputs[0]->data.end(), y.data.begin() + out.channels);
    return y;
  }

  Tensor operator()(const AddConstantOp& op) const {
    Tensor y = *inputs[0];
    for (size_t i = 0; i < y.data.size(); ++i) y.data[i] += op.value.data[i];
    return y;
  }

  Tensor operator()(const SelectTokenOp& op) const {
    Tensor y = zeros(out);
    std::copy_n(inputs[0]->data.begin() + int64_t{op.index} * out.channels, out.channels, y.data.begin());
    return y;
  }

  Tensor operator()(const FlattenPositionsOp&) const {
    return {{out.height, out.width, out.channels}, inputs[0]->data};
  }

  Tensor operator()(const MultiplyOp&) const {
    Tensor y = *inputs[0];
    const std::vector<float>& factor = inputs[1]->data;
    for (size_t i = 0; i < y.data.size(); ++i) y.data[i] *= factor[i % factor.size()];
    return y;
  }

  Tensor each(const auto& function) const {
    Tensor y = *inputs[0];
    for (float& value : y.data) value = function(value);
    return y;
  }

  Tensor gemm(const std::vector<float>& a, const std::vector<float>& bias, int64_t k) const {
    Tensor y = zeros(out);
    float_gemm(int64_t{out.height} * out.width, out.channels, k, a, packed, bias, y.data);
    return y;
  }
};

std::vector<float> packed_weights(const Operation& operation) {
  const auto packed = [](const Tensor& weight) {
    return pack_columns(gemm_weights(weight), weight.shape[0], element_count(weight.shape) / weight.shape[0]);
  };
  if (const auto* conv = std::get_if<ConvolutionOp>(&operation))
    return conv->groups > 1 ? pack_groups(*conv) : packed(conv->weight);
  if (const auto* linear = std::get_if<LinearOp>(&operation)) return packed(linear->weight);
  return {};
}

}  // namespace

FloatInference::FloatInference(const NetworkGraph& graph) : graph_(graph), shapes_(infer_shapes(graph)) {
  for (const GraphNode& node : graph_.nodes) packed_weights_.push_back(packed_weights(node.operation));
}

std::vector<Tensor> FloatInference::run(const Tensor& image) const {
  const Shape expected = {graph_.input.height, graph_.input.width, graph_.input.channels};
  if (image.shape != expected)
    throw InputError(graph_.name,
                     fmt::format("image of shape {}; {} is expected", to_string(image.shape), to_string(expected)));
  std::vector<Tensor> values;
  values.reserve(graph_.nodes.size() + 1);
  values.push_back(image);
  for (size_t i = 0; i < graph_.nodes.size(); ++i) {
    std::vector<const Tensor*> inputs;
    for (const int value : graph_.nodes[i].inputs) inputs.push_back(&values[static_cast<size_t>(value)]);
    values.push_back(evaluate(i, inputs));
  }
  return values;
}

Tensor FloatInference::evaluate(size_t node, const std::vector<const Tensor*>& inputs) const {
  const GraphNode& n = graph_.nodes[node];
  const FeatureShape& in = shapes_[static_cast<size_t>(n.inputs[0])];
  return std::visit(Evaluate{inputs, in, shapes_[node + 1], packed_weights_[node]}, n.operation);
}

std::vector<float> FloatInference::logits(const Tensor& image) const { return std::move(run(image).back().data); }

}  // namespace tram
