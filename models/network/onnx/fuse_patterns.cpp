#include "models/network/onnx/fuse_patterns.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <set>

namespace tram {
namespace {

/// Finds chains in a model. Searches return nullptr, or an empty name or value, where the graph is another.
class Matcher {
 public:
  explicit Matcher(OnnxModel& model) : model_(model) {
    for (OnnxNode& node : model.nodes) {
      for (const std::string& output : node.outputs) producer_[output] = &node;
      for (const std::string& input : node.inputs) readers_[input].push_back(&node);
    }
    for (const std::string& output : model.outputs) readers_[output].push_back(nullptr);
  }

  /// The node of this type that defines a value.
  const OnnxNode* defined_by(const std::string& value, const char* type) const {
    const auto found = producer_.find(value);
    return found != producer_.end() && found->second->type == type ? found->second : nullptr;
  }

  /// The only reader of a node's output, when it has this type (any type when null).
  OnnxNode* only_reader(const OnnxNode& node, const char* type) const {
    const auto found = readers_.find(node.outputs[0]);
    if (found == readers_.end() || found->second.size() != 1 || found->second[0] == nullptr) return nullptr;
    return type == nullptr || found->second[0]->type == type ? found->second[0] : nullptr;
  }

  /// The number that a value of one element is.
  std::optional<double> number(const std::string& value) const {
    const auto found = model_.constants.find(value);
    if (found == model_.constants.end() || element_count(found->second.shape) != 1) return {};
    return std::visit([](const auto& values) { return static_cast<double>(values[0]); }, found->second.values);
  }

  bool is_number(const std::string& value, double expected) const {
    const std::optional<double> found = number(value);
    return found && std::abs(*found - expected) < 1e-5 * std::abs(expected);
  }

  bool is_constant(const std::string& value) const { return model_.constants.count(value) != 0; }

  /// The other operand of a node with two inputs, one of which is this.
  static std::string other(const OnnxNode& node, const std::string& operand) {
    if (node.inputs.size() != 2) return "";
    return node.inputs[0] == operand ? node.inputs[1] : node.inputs[1] == operand ? node.inputs[0] : "";
  }

  /// The operand that a product with (or division by the inverse of) this number leaves; empty when it is none.
  std::string scaled_operand(const OnnxNode& node, double factor) const {
    if (node.inputs.size() != 2) return "";
    if (node.type == "Div") return is_number(node.inputs[1], 1 / factor) ? node.inputs[0] : "";
    if (node.type != "Mul") return "";
    if (is_number(node.inputs[1], factor)) return node.inputs[0];
    return is_number(node.inputs[0], factor) ? node.inputs[1] : "";
  }

  /// The operand of a sum with this number.
  std::string offset_operand(const OnnxNode& node, double offset) const {
    if (node.type != "Add" || node.inputs.size() != 2) return "";
    if (is_number(node.inputs[1], offset)) return node.inputs[0];
    return is_number(node.inputs[0], offset) ? node.inputs[1] : "";
  }

 private:
  OnnxModel& model_;
  std::map<std::string, OnnxNode*> producer_;
  std::map<std::string, std::vector<OnnxNode*>> readers_;
};

void replace(OnnxNode& node, const char* type, std::vector<std::string> inputs,
             std::map<std::string, OnnxAttribute> attributes) {
  node.type = type;
  node.inputs = std::move(inputs);
  node.attributes = std::move(attributes);
}

/// The axis of a ReduceMean over one axis that keeps its dimension; since opset 18 it is an input.
std::optional<int64_t> mean_axis(const Matcher& match, const OnnxNode* mean) {
  if (mean == nullptr || mean->integer("keepdims", 1) != 1) return {};
  if (const std::optional<double> axis = match.number(mean->input(1))) return static_cast<int64_t>(*axis);
  const std::vector<int64_t> axes = mean->integers("axes", {});
  return axes.size() == 1 ? std::optional(axes[0]) : std::nullopt;
}

/// The difference x - mean(x) whose mean square is under this root; null when it is another sum.
const OnnxNode* centred_under_root(const Matcher& match, const OnnxNode& root, double& epsilon, int64_t& axis) {
  const OnnxNode* sum = match.defined_by(root.input(0), "Add");
  if (sum == nullptr || sum->inputs.size() != 2) return nullptr;
  const size_t constant = match.number(sum->inputs[1]) ? 1 : 0;
  const OnnxNode* variance = match.defined_by(sum->inputs[1 - constant], "ReduceMean");
  if (!match.number(sum->inputs[constant]) || !mean_axis(match, variance)) return nullptr;
  epsilon = *match.number(sum->inputs[constant]);
  axis = *mean_axis(match, variance);
  std::string centred;
  if (const OnnxNode* power = match.defined_by(variance->input(0), "Pow"))
    centred = match.is_number(power->input(1), 2) ? power->input(0) : "";
  else if (const OnnxNode* square = match.defined_by(variance->input(0), "Mul"))
    centred = square->input(0) == square->input(1) ? square->input(0) : "";
  const OnnxNode* difference = match.defined_by(centred, "Sub");
  if (difference == nullptr) return nullptr;
  const OnnxNode* mean = match.defined_by(difference->input(1), "ReduceMean");
  const bool fits = mean_axis(match, mean) == axis && mean->input(0) == difference->input(0);
  return fits ? difference : nullptr;
}

void fuse_layer_norm(const Matcher& match, const OnnxNode& root) {
  double epsilon = 0;
  int64_t axis = 0;
  const OnnxNode* difference = centred_under_root(match, root, epsilon, axis);
  if (difference == nullptr) return;
  OnnxNode* last = match.only_reader(root, "Div");
  if (last == nullptr || last->input(0) != difference->outputs[0]) return;
  std::string gamma, beta;
  if (OnnxNode* product = match.only_reader(*last, "Mul");
      product != nullptr && match.is_constant(Matcher::other(*product, last->outputs[0]))) {
    gamma = Matcher::other(*product, last->outputs[0]);
    last = product;
    if (OnnxNode* sum = match.only_reader(*last, "Add");
        sum != nullptr && match.is_constant(Matcher::other(*sum, last->outputs[0]))) {
      beta = Matcher::other(*sum, last->outputs[0]);
      last = sum;
    }
  }
  replace(*last, "LayerNormalization", {difference->input(0), gamma, beta},
          {{"axis", axis}, {"epsilon", static_cast<float>(epsilon)}});
}

void fuse_gelu(const Matcher& match, const OnnxNode& erf) {
  const auto argument = match.defined_by(erf.input(0), "Div") != nullptr ? match.defined_by(erf.input(0), "Div")
                                                                         : match.defined_by(erf.input(0), "Mul");
  if (argument == nullptr) return;
  const std::string x = match.scaled_operand(*argument, 1 / std::numbers::sqrt2);
  const OnnxNode* sum = match.only_reader(erf, "Add");
  if (x.empty() || sum == nullptr || match.offset_operand(*sum, 1).empty()) return;
  OnnxNode* product = match.only_reader(*sum, "Mul");
  if (product == nullptr) return;
  const std::string factor = Matcher::other(*product, sum->outputs[0]);
  OnnxNode* last = nullptr;
  if (factor == x) {
    OnnxNode* half = match.only_reader(*product, nullptr);
    if (half != nullptr && match.scaled_operand(*half, 0.5) == product->outputs[0]) last = half;
  } else if (match.is_number(factor, 0.5)) {
    OnnxNode* whole = match.only_reader(*product, "Mul");
    if (whole != nullptr && Matcher::other(*whole, product->outputs[0]) == x) last = whole;
  } else {
    for (const char* type : {"Mul", "Div"})
      if (const OnnxNode* half = match.defined_by(factor, type); half && match.scaled_operand(*half, 0.5) == x)
        last = product;
  }
  if (last != nullptr) replace(*last, "Gelu", {x}, {});
}

void fuse_hard_functions(const Matcher& match, const OnnxNode& clip) {
  const OnnxNode* sum = match.defined_by(clip.input(0), "Add");
  if (sum == nullptr || !match.is_number(clip.input(2), 6) || match.number(clip.input(1)) != 0.0) return;
  const std::string x = match.offset_operand(*sum, 3);
  OnnxNode* next = match.only_reader(clip, nullptr);
  if (x.empty() || next == nullptr) return;
  const std::map<std::string, OnnxAttribute> attributes = {{"alpha", 1.0F / 6}, {"beta", 0.5F}};
  if (match.scaled_operand(*next, 1.0 / 6) == clip.outputs[0]) {
    replace(*next, "HardSigmoid", {x}, attributes);
  } else if (next->type == "Mul" && Matcher::other(*next, clip.outputs[0]) == x) {
    OnnxNode* last = match.only_reader(*next, nullptr);
    if (last != nullptr && match.scaled_operand(*last, 1.0 / 6) == next->outputs[0])
      replace(*last, "HardSwish", {x}, {});
  }
}

void drop_unused(OnnxModel& model) {
  std::set<std::string> needed(model.outputs.begin(), model.outputs.end());
  std::vector<OnnxNode> kept;
  for (auto node = model.nodes.rbegin(); node != model.nodes.rend(); ++node) {
    const auto is_needed = [&](const std::string& output) { return needed.count(output) != 0; };
    if (std::none_of(node->outputs.begin(), node->outputs.end(), is_needed)) continue;
    needed.insert(node->inputs.begin(), node->inputs.end());
    kept.push_back(std::move(*node));
  }
  std::reverse(kept.begin(), kept.end());
  model.nodes = std::move(kept);
}

}  // namespace

void fuse_patterns(OnnxModel& model) {
  const Matcher match(model);
  for (const OnnxNode& node : model.nodes) {
    if (node.type == "Sqrt") fuse_layer_norm(match, node);
    if (node.type == "Erf") fuse_gelu(match, node);
    if (node.type == "Clip") fuse_hard_functions(match, node);
  }
  drop_unused(model);
}

}  // namespace tram
