#include "models/network/onnx/operator_signature.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

#include "models/support/error.hpp"

namespace tram {
namespace {

constexpr size_t any = std::numeric_limits<size_t>::max();

/// Attributes are words "name:type", type one of i (integer), b (0 or 1), f (number), s (text), I (integers), t
/// (tensor), followed by ! where the attribute is required.
struct Signature {
  size_t min_inputs, max_inputs, max_outputs;
  const char* attributes;
};

constexpr const char* window = "auto_pad:s ceil_mode:b dilations:I kernel_shape:I! pads:I strides:I";

/// Opsets 11 to 21; that of an operator which changed is the union.
const std::map<std::string, Signature>& signatures() {
  static const std::string average = std::string(window) + " count_include_pad:b";
  static const std::string largest = std::string(window) + " storage_order:b";
  static const std::map<std::string, Signature> table = {
      {"Add", {2, 2, 1, ""}},
      {"AveragePool", {1, 1, 1, average.c_str()}},
      {"BatchNormalization", {5, 5, 5, "epsilon:f momentum:f training_mode:b"}},
      {"Cast", {1, 1, 1, "saturate:b to:i!"}},
      {"Clip", {1, 3, 1, ""}},
      {"Concat", {1, any, 1, "axis:i!"}},
      {"ConstantOfShape", {1, 1, 1, "value:t"}},
      {"Conv", {2, 3, 1, "auto_pad:s dilations:I group:i kernel_shape:I pads:I strides:I"}},
      {"Div", {2, 2, 1, ""}},
      {"Dropout", {1, 3, 2, "ratio:f seed:i"}},
      {"Equal", {2, 2, 1, ""}},
      {"Erf", {1, 1, 1, ""}},
      {"Expand", {2, 2, 1, ""}},
      {"Flatten", {1, 1, 1, "axis:i"}},
      {"Gather", {2, 2, 1, "axis:i"}},
      {"Gelu", {1, 1, 1, "approximate:s"}},
      {"Gemm", {2, 3, 1, "alpha:f beta:f transA:b transB:b"}},
      {"GlobalAveragePool", {1, 1, 1, ""}},
      {"HardSigmoid", {1, 1, 1, "alpha:f beta:f"}},
      {"HardSwish", {1, 1, 1, ""}},
      {"Identity", {1, 1, 1, ""}},
      {"LayerNormalization", {2, 3, 3, "axis:i epsilon:f stash_type:b"}},
      {"MatMul", {2, 2, 1, ""}},
      {"MaxPool", {1, 1, 2, largest.c_str()}},
      {"Mul", {2, 2, 1, ""}},
      {"Neg", {1, 1, 1, ""}},
      {"Pad", {2, 4, 1, "mode:s"}},
      {"Pow", {2, 2, 1, ""}},
      {"ReduceMean", {1, 2, 1, "axes:I keepdims:b noop_with_empty_axes:b"}},
      {"Relu", {1, 1, 1, ""}},
      {"Reshape", {2, 2, 1, "allowzero:b"}},
      {"Shape", {1, 1, 1, "end:i start:i"}},
      {"Sigmoid", {1, 1, 1, ""}},
      {"Slice", {3, 5, 1, ""}},
      {"Softmax", {1, 1, 1, "axis:i"}},
      {"Split", {1, 2, any, "axis:i num_outputs:i split:I"}},
      {"Sqrt", {1, 1, 1, ""}},
      {"Squeeze", {1, 2, 1, "axes:I"}},
      {"Sub", {2, 2, 1, ""}},
      {"Tanh", {1, 1, 1, ""}},
      {"Transpose", {1, 1, 1, "perm:I"}},
      {"Unsqueeze", {1, 2, 1, "axes:I"}},
      {"Where", {3, 3, 1, ""}}};
  return table;
}

/// "1", "2 .. 3" or "at least 1".
std::string range(size_t least, size_t most) {
  if (most == any) return fmt::format("at least {}", least);
  return least == most ? std::to_string(least) : fmt::format("{} .. {}", least, most);
}

/// Name of this type when the attribute is not of it; nothing when it is.
const char* missing_type(char type, const OnnxAttribute& attribute) {
  const auto* integer = std::get_if<int64_t>(&attribute);
  const auto* real = std::get_if<float>(&attribute);
  switch (type) {
    case 'i': return integer != nullptr ? nullptr : "an integer";
    case 'b': return integer != nullptr && (*integer == 0 || *integer == 1) ? nullptr : "0 or 1";
    case 'f': return real != nullptr && std::isfinite(*real) ? nullptr : "a finite number";
    case 's': return std::holds_alternative<std::string>(attribute) ? nullptr : "a text";
    case 'I': return std::holds_alternative<std::vector<int64_t>>(attribute) ? nullptr : "a list of integers";
    default: return std::holds_alternative<OnnxTensor>(attribute) ? nullptr : "a tensor";
  }
}

void check_attributes(const std::string& where, const OnnxNode& node, const char* expected) {
  std::istringstream words(expected);
  std::vector<std::string> names;
  size_t known = 0;
  for (std::string word; words >> word;) {
    const size_t colon = word.find(':');
    names.push_back(word.substr(0, colon));
    const auto found = node.attributes.find(names.back());
    if (found == node.attributes.end() && word.back() == '!')
      throw InputError(where, fmt::format("no attribute {}; one is expected", names.back()));
    if (found == node.attributes.end()) continue;
    ++known;
    if (const char* missing = missing_type(word[colon + 1], found->second))
      throw InputError(where, fmt::format("attribute {} is something else; {} is expected", names.back(), missing));
  }
  if (known == node.attributes.size()) return;
  for (const auto& [name, value] : node.attributes)
    if (std::find(names.begin(), names.end(), name) == names.end())
      throw InputError(where, fmt::format("attribute {}; {} expected", name,
                                          names.empty() ? "none is" : fmt::format("{} are", fmt::join(names, ", "))));
}

}  // namespace

void check_signature(const std::string& where, const OnnxNode& node) {
  const auto found = signatures().find(node.type);
  if (found == signatures().end()) return;
  const auto& [least, most, outputs, attributes] = found->second;
  if (node.inputs.size() < least || node.inputs.size() > most)
    throw InputError(where, fmt::format("{} inputs; {} expected", node.inputs.size(), range(least, most)));
  for (size_t i = 0; i < least; ++i)
    if (node.inputs[i].empty()) throw InputError(where, fmt::format("input {} is left out; one is expected", i));
  if (node.outputs.size() > outputs)
    throw InputError(where, fmt::format("{} outputs; {} expected", node.outputs.size(), range(1, outputs)));
  check_attributes(where, node, attributes);
}

}  // namespace tram
