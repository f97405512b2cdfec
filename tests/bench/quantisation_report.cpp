#include "tests/bench/quantisation_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "models/multiplier/truth_table.hpp"
#include "models/network/float_gemm.hpp"
#include "models/network/float_inference.hpp"
#include "models/quant/affine.hpp"
#include "models/quant/golden.hpp"
#include "models/quant/weight_quantiser.hpp"
#include "models/support/parallel.hpp"

namespace tram {
namespace {

/// Element (n, k) of gemm_weights() in a weight tensor.
size_t weight_index(const Shape& shape, size_t n, size_t k) {
  if (shape.size() == 2) return n * static_cast<size_t>(shape[1]) + k;
  const auto channels = static_cast<size_t>(shape[1]), positions = static_cast<size_t>(shape[2] * shape[3]);
  return (n * channels + k % channels) * positions + k / channels;
}

/// Replaces weights by their dequantised values.
void round_weights(const std::string& where, Tensor& weight, const QuantiseOptions& options) {
  const std::vector<double> no_bound(static_cast<size_t>(weight.shape[0]), 0);
  const QuantisedWeights quantised = quantise_weights(where, gemm_weights(weight), {}, no_bound, options);
  const size_t taps = weight.data.size() / no_bound.size();
  const CodeFormat format = options.weight_format();
  for (size_t n = 0; n < no_bound.size(); ++n)
    for (size_t k = 0; k < taps; ++k)
      weight.data[weight_index(weight.shape, n, k)] =
          static_cast<float>(real_value(format.value(quantised.codes[n * taps + k]), quantised.affines[n]));
}

NetworkGraph with_rounded_weights(NetworkGraph graph, const QuantiseOptions& options) {
  const std::vector<OperandBits> bits = bits_by_node(graph, options);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    GraphNode& node = graph.nodes[i];
    QuantiseOptions own = options;
    own.weight_bits = bits[i].weights;
    if (auto* conv = std::get_if<ConvolutionOp>(&node.operation)) round_weights(node.name, conv->weight, own);
    if (auto* linear = std::get_if<LinearOp>(&node.operation)) round_weights(node.name, linear->weight, own);
  }
  return graph;
}

/// A tensor as codes in memory, and back.
Codes encode(const Tensor& values, const Affine& affine, CodeFormat format) {
  std::vector<int32_t> codes;
  codes.reserve(values.data.size());
  for (const float value : values.data) codes.push_back(quantise_value(value, affine, format));
  Codes bytes(codes.size() * static_cast<size_t>(format.bytes()));
  store_codes(format, codes, bytes);
  return bytes;
}

void decode(const Codes& bytes, const Affine& affine, CodeFormat format, Tensor& values) {
  std::vector<int32_t> codes(values.data.size());
  load_codes(format, bytes, codes);
  for (size_t i = 0; i < codes.size(); ++i) values.data[i] = static_cast<float>(real_value(codes[i], affine));
}

/// fp32 inference in which some values are rounded to codes and some nodes computed in integers.
class MixedInference {
 public:
  MixedInference(const NetworkGraph& graph, const std::vector<Affine>& affines, const QuantiseOptions& options,
                 const IntegerNetwork& network)
      : graph_(graph), inference_(graph), affines_(affines), formats_(value_formats(graph, options)),
        network_(network) {
    for (const IntegerStep& step : network.steps) steps_[layer_name(step)] = &step;
  }

  bool round_activations = false;
  std::string in_integers;  ///< the layer_kind() of those; empty: none

  std::vector<float> logits(const Tensor& image) const {
    std::vector<Tensor> values = {image};
    if (round_activations) round(values[0], 0);
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      std::vector<const Tensor*> inputs;
      for (const int value : graph_.nodes[i].inputs) inputs.push_back(&values[static_cast<size_t>(value)]);
      const IntegerStep* step = integer_step(graph_.nodes[i]);
      values.push_back(step != nullptr ? integers(*step, i, inputs) : inference_.evaluate(i, inputs));
      if (round_activations && is_coded(i + 1)) round(values.back(), i + 1);
    }
    return std::move(values.back().data);
  }

 private:
  const IntegerStep* integer_step(const GraphNode& node) const {
    const auto found = steps_.find(node.name);
    const bool chosen = found != steps_.end() && layer_kind(*found->second) == in_integers;
    return chosen ? found->second : nullptr;
  }

  Tensor integers(const IntegerStep& step, size_t node, const std::vector<const Tensor*>& values) const {
    std::vector<Codes> codes;
    size_t next = 0;
    for (const int index : step.inputs) {
      const TensorInfo& tensor = network_.tensors[static_cast<size_t>(index)];
      const bool computed = tensor.constant.empty();
      codes.push_back(computed ? encode(*values[next++], tensor.affine, tensor.format) : tensor.constant);
    }
    std::vector<const Codes*> inputs;
    for (const Codes& input : codes) inputs.push_back(&input);
    std::vector<int32_t> logits;
    const Codes output = execute_step(network_, step, {}, inputs, 1, logits);
    const TensorInfo& tensor = network_.tensors[static_cast<size_t>(step.output)];
    Tensor result = zeros(inference_.shapes()[node + 1]);
    decode(output, tensor.affine, tensor.format, result);
    return result;
  }

  /// Values before a fused activation or a slice never exist as codes; logits are accumulators.
  bool is_coded(size_t value) const {
    const std::vector<int>& readers = readers_[value];
    return !readers.empty() && std::none_of(readers.begin(), readers.end(), [&](int reader) {
      const Operation& operation = graph_.nodes[static_cast<size_t>(reader)].operation;
      return std::holds_alternative<ReluOp>(operation) || std::holds_alternative<SliceChannelsOp>(operation);
    });
  }

  void round(Tensor& values, size_t value) const {
    decode(encode(values, affines_[value], formats_[value]), affines_[value], formats_[value], values);
  }

  const NetworkGraph& graph_;
  FloatInference inference_;
  const std::vector<Affine>& affines_;
  std::vector<CodeFormat> formats_;
  const IntegerNetwork& network_;
  std::map<std::string, const IntegerStep*> steps_;
  std::vector<std::vector<int>> readers_ = consumers(graph_);
};

using Logits = std::vector<std::vector<float>>;  // by image

Logits mixed_logits(const MixedInference& inference, const Dataset& test, int images, int threads) {
  Logits logits(static_cast<size_t>(images));
  parallel_for(images, threads,
               [&](int64_t i) { logits[static_cast<size_t>(i)] = inference.logits(test.image(static_cast<int>(i))); });
  return logits;
}

Logits integer_logits(const IntegerNetwork& network, const Dataset& test, int images, int threads) {
  const GoldenInference golden(network, exact_table_of(network));
  const std::vector<int32_t> accumulators = golden_logits(golden, test, 0, images, threads);
  const std::vector<float>& scale = network.last().logit_scale;
  Logits logits(static_cast<size_t>(images));
  for (size_t i = 0; i < accumulators.size(); ++i)
    logits[i / scale.size()].push_back(static_cast<float>(accumulators[i]) * scale[i % scale.size()]);
  return logits;
}

PartLoss loss_of(const std::string& part, const Logits& logits, const Logits& reference, const Dataset& test) {
  PartLoss loss{part, static_cast<int>(logits.size()), 0, 0};
  double error = 0, power = 0;
  for (size_t i = 0; i < logits.size(); ++i) {
    const auto best = std::max_element(logits[i].begin(), logits[i].end()) - logits[i].begin();
    loss.top1 += best == test.label(static_cast<int>(i));
    for (size_t n = 0; n < logits[i].size(); ++n) {
      error += std::pow(double{logits[i][n]} - reference[i][n], 2);
      power += std::pow(double{reference[i][n]}, 2);
    }
  }
  loss.logit_error = power > 0 ? std::sqrt(error / power) : 0;
  return loss;
}

}  // namespace

std::vector<PartLoss> quantisation_report(const NetworkGraph& graph, const Dataset& training, const Dataset& test,
                                          int images, const QuantiseOptions& options) {
  const NetworkGraph prepared = prepare_graph(graph, training, options);
  const std::vector<Affine> affines = calibrate_activations(prepared, training, options);
  const IntegerNetwork network = quantise(prepared, affines, options);
  MixedInference mixed(prepared, affines, options, network);
  const Logits reference = mixed_logits(mixed, test, images, options.threads);
  std::vector<PartLoss> report = {loss_of("fp32", reference, reference, test)};
  const auto add = [&](const std::string& part, const Logits& logits) {
    report.push_back(loss_of(part, logits, reference, test));
  };
  const NetworkGraph rounded = with_rounded_weights(prepared, options);
  add("weights", mixed_logits(MixedInference(rounded, affines, options, network), test, images, options.threads));
  mixed.round_activations = true;
  add("activations", mixed_logits(mixed, test, images, options.threads));
  mixed.round_activations = false;
  for (const auto& [part, kind] : {std::pair{"layer norm", LayerNormParameters::kind},
                                   {"softmax", SoftmaxParameters::kind},
                                   {"look-ups", LookupParameters::kind},
                                   {"additions", AddParameters::kind}}) {
    mixed.in_integers = kind;
    if (std::ranges::any_of(network.steps, [&](const IntegerStep& step) { return layer_kind(step) == kind; }))
      add(part, mixed_logits(mixed, test, images, options.threads));
  }
  add("integers", integer_logits(network, test, images, options.threads));
  return report;
}

std::string to_text(const std::vector<PartLoss>& report) {
  std::string text =
      fmt::format("{:<12} {:>6} {:>7} {:>8} {:>12}\n", "in integers", "images", "top-1 %", "change", "logit error");
  const auto share = [](const PartLoss& loss) { return 100.0 * loss.top1 / std::max(loss.images, 1); };
  for (const PartLoss& loss : report)
    text += fmt::format("{:<12} {:>6} {:>7.2f} {:>+8.2f} {:>11.2f}%\n", loss.part, loss.images, share(loss),
                        share(loss) - share(report.front()), 100 * loss.logit_error);
  return text;
}

}  // namespace tram
