#include "models/network/onnx/constant_folding.hpp"

#include <fmt/format.h>

#include <cmath>
#include <functional>
#include <numeric>
#include <optional>

#include "models/network/onnx/node_inputs.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

constexpr int64_t onnx_float = 1, onnx_double = 11;  // TensorProto::DataType

/// One node being folded.
struct Folding {
  const std::string& where;
  const OnnxNode& node;
  const std::vector<const OnnxTensor*>& inputs;

  [[noreturn]] void fail(const std::string& what) const { throw InputError(where, what); }

  const OnnxTensor& input(size_t i) const {
    if (i >= inputs.size() || inputs[i] == nullptr) fail(fmt::format("no input {}; one is expected", i));
    return *inputs[i];
  }

  bool has(size_t i) const { return i < inputs.size() && inputs[i] != nullptr; }
  const std::vector<int64_t>& integers(size_t i) const { return integers_of(where, input(i)); }
  std::vector<int64_t> integers_if_any(size_t i) const { return has(i) ? integers(i) : std::vector<int64_t>{}; }

  /// Axes as an attribute (up to opset 12) or as input 1.
  std::vector<int64_t> axes() const {
    if (has(1) && node.has("axes")) fail("axes as an attribute and as an input; one of them is expected");
    return has(1) ? integers(1) : node.integers("axes", {});
  }
};

OnnxTensor with_shape(const OnnxTensor& tensor, Shape shape) { return {std::move(shape), tensor.values}; }

/// Element i of the result is element indices[i] of the tensor.
OnnxTensor taken(const OnnxTensor& tensor, Shape shape, const std::vector<int64_t>& indices) {
  const auto take = [&](const auto& values) {
    std::remove_cvref_t<decltype(values)> result;
    result.reserve(indices.size());
    for (const int64_t index : indices) result.push_back(values[static_cast<size_t>(index)]);
    return OnnxTensor{std::move(shape), std::move(result)};
  };
  return std::visit(take, tensor.values);
}

/// Flat indices of the elements at the product of index lists, one list an axis.
std::vector<int64_t> grid(const std::vector<std::vector<int64_t>>& lists, const Shape& from) {
  std::vector<int64_t> indices = {0};
  for (size_t axis = 0; axis < lists.size(); ++axis) {
    std::vector<int64_t> finer;
    for (const int64_t index : indices)
      for (const int64_t i : lists[axis]) finer.push_back(index * from[axis] + i);
    indices = std::move(finer);
  }
  return indices;
}

/// 0 .. extent - 1
std::vector<int64_t> all_indices(int64_t extent) {
  std::vector<int64_t> list(static_cast<size_t>(extent));
  std::iota(list.begin(), list.end(), int64_t{0});
  return list;
}

/// The elements at the product of index lists; an axis without a list is taken whole.
OnnxTensor taken_at(const Folding& f, const OnnxTensor& from, const Shape& shape,
                    std::vector<std::optional<std::vector<int64_t>>> chosen) {
  if (checked_elements(f.where, shape) == 0) return taken(from, shape, {});
  std::vector<std::vector<int64_t>> lists;
  for (size_t axis = 0; axis < chosen.size(); ++axis)
    lists.push_back(chosen[axis] ? *std::move(chosen[axis]) : all_indices(from.shape[axis]));
  return taken(from, shape, grid(lists, from.shape));
}

OnnxTensor cast(const Folding& f) {
  const int64_t to = f.node.integer("to", 0);
  const bool to_float = to == onnx_float || to == onnx_double;
  const OnnxTensor& from = f.input(0);
  if (to_float == from.is_float()) return from;
  if (to_float) return {from.shape, std::vector<float>(from.integers().begin(), from.integers().end())};
  std::vector<int64_t> whole;
  for (const float value : from.floats()) {
    if (!(std::abs(value) < 0x1p62F)) f.fail(fmt::format("casts {} to an integer; one in range is expected", value));
    whole.push_back(static_cast<int64_t>(value));
  }
  return {from.shape, std::move(whole)};
}

OnnxTensor transpose(const Folding& f) {
  const OnnxTensor& from = f.input(0);
  const std::vector<size_t> order = resolve_permutation(f.where, f.node.integers("perm", {}), from.shape.size());
  std::vector<int64_t> stride(from.shape.size(), 1);
  for (size_t i = from.shape.size(); i-- > 1;) stride[i - 1] = stride[i] * from.shape[i];
  Shape shape;
  std::vector<int64_t> indices = {0};
  for (const size_t axis : order) {
    shape.push_back(from.shape[axis]);
    std::vector<int64_t> finer;
    finer.reserve(indices.size() * static_cast<size_t>(from.shape[axis]));
    for (const int64_t index : indices)
      for (int64_t i = 0; i < from.shape[axis]; ++i) finer.push_back(index + i * stride[axis]);
    indices = std::move(finer);
  }
  return taken(from, shape, indices);
}

OnnxTensor slice(const Folding& f) {
  const OnnxTensor& from = f.input(0);
  std::vector<std::optional<std::vector<int64_t>>> chosen(from.shape.size());
  Shape shape = from.shape;
  for (const SliceRange& range :
       resolve_slice(f.where, f.integers(1), f.integers(2), f.integers_if_any(3), f.integers_if_any(4), from.shape)) {
    std::vector<int64_t>& list = chosen[range.axis].emplace();
    for (int64_t i = 0; i < range.count; ++i) list.push_back(range.first + i * range.step);
    shape[range.axis] = range.count;
  }
  return taken_at(f, from, shape, std::move(chosen));
}

OnnxTensor gather(const Folding& f) {
  const OnnxTensor& from = f.input(0);
  const size_t axis = resolve_axis(f.where, f.node.integer("axis", 0), from.shape.size());
  std::vector<std::optional<std::vector<int64_t>>> chosen(from.shape.size());
  std::vector<int64_t>& list = chosen[axis].emplace();
  for (const int64_t index : f.integers(1))
    list.push_back(static_cast<int64_t>(resolve_axis(f.where, index, static_cast<size_t>(from.shape[axis]))));
  Shape shape(from.shape.begin(), from.shape.begin() + static_cast<int64_t>(axis));
  shape.insert(shape.end(), f.input(1).shape.begin(), f.input(1).shape.end());
  shape.insert(shape.end(), from.shape.begin() + static_cast<int64_t>(axis) + 1, from.shape.end());
  return taken_at(f, from, shape, std::move(chosen));
}

/// Concatenation of tensors of one dimension, by which shapes are put together.
OnnxTensor concat(const Folding& f) {
  OnnxTensor result = f.input(0);
  resolve_axis(f.where, f.node.integer("axis", 0), result.shape.size());
  for (size_t i = 0; i < f.inputs.size(); ++i) {
    if (f.input(i).shape.size() != 1 || f.input(i).is_float() != result.is_float())
      f.fail("joins constants of several dimensions or types; one-dimensional ones of one type are expected");
    if (i == 0) continue;
    result.shape[0] += f.input(i).shape[0];
    checked_elements(f.where, result.shape);
    std::visit(
        [&](auto& values) {
          const auto& more = std::get<std::remove_cvref_t<decltype(values)>>(f.input(i).values);
          values.insert(values.end(), more.begin(), more.end());
        },
        result.values);
  }
  return result;
}

OnnxTensor expand(const Folding& f) {
  const Shape shape = broadcast_shape(f.where, f.input(0).shape, f.integers(1));
  return taken(f.input(0), shape, broadcast_indices(f.where, f.input(0).shape, shape));
}

OnnxTensor constant_of_shape(const Folding& f) {
  const Shape shape = broadcast_shape(f.where, {}, f.integers(0));
  OnnxTensor value{{1}, std::vector<float>{0}};
  if (const auto found = f.node.attributes.find("value"); found != f.node.attributes.end())
    if (const auto* tensor = std::get_if<OnnxTensor>(&found->second)) value = *tensor;
  if (element_count(value.shape) != 1)
    f.fail(fmt::format("value of shape {}; one number is expected", to_string(value.shape)));
  value.shape = {};
  return taken(value, shape, broadcast_indices(f.where, {}, shape));
}

/// Element by element, with broadcasting, for operands of one type.
template <class Function>
OnnxTensor element_wise(const Folding& f, const Function& function) {
  const OnnxTensor &a = f.input(0), &b = f.input(1);
  if (a.is_float() != b.is_float()) f.fail("mixes integers and floating-point numbers; one type is expected");
  const Shape shape = broadcast_shape(f.where, a.shape, b.shape);
  const std::vector<int64_t> from_a = broadcast_indices(f.where, a.shape, shape);
  const std::vector<int64_t> from_b = broadcast_indices(f.where, b.shape, shape);
  const auto apply = [&](const auto& values) {
    using Values = std::remove_cvref_t<decltype(values)>;
    const Values& others = std::get<Values>(b.values);
    Values result;
    result.reserve(from_a.size());
    for (size_t i = 0; i < from_a.size(); ++i)
      result.push_back(function(values[static_cast<size_t>(from_a[i])], others[static_cast<size_t>(from_b[i])]));
    return OnnxTensor{shape, std::move(result)};
  };
  return std::visit(apply, a.values);
}

template <class Value>
Value wrapped(const auto& function, Value a, Value b) {
  if constexpr (std::is_integral_v<Value>)
    return static_cast<Value>(function(static_cast<uint64_t>(a), static_cast<uint64_t>(b)));
  else return function(a, b);
}

OnnxTensor divide(const Folding& f) {
  return element_wise(f, [&]<class Value>(Value a, Value b) -> Value {
    if constexpr (std::is_integral_v<Value>)
      if (b == 0 || b == -1)
        return b == 0 ? throw InputError(f.where, "divides by 0; another number is expected")
                      : static_cast<Value>(-static_cast<uint64_t>(a));
    return a / b;
  });
}

OnnxTensor choose(const Folding& f) {
  const OnnxTensor &condition = f.input(0), &yes = f.input(1), &no = f.input(2);
  if (yes.is_float() != no.is_float()) f.fail("chooses between types; one type is expected");
  const Shape shape = broadcast_shape(f.where, condition.shape, broadcast_shape(f.where, yes.shape, no.shape));
  OnnxTensor result = taken(no, shape, broadcast_indices(f.where, no.shape, shape));
  const OnnxTensor other = taken(yes, shape, broadcast_indices(f.where, yes.shape, shape));
  const std::vector<int64_t> conditions = broadcast_indices(f.where, condition.shape, shape);
  std::visit(
      [&](auto& values) {
        const auto& others = std::get<std::remove_cvref_t<decltype(values)>>(other.values);
        for (size_t i = 0; i < values.size(); ++i)
          if (f.integers(0)[static_cast<size_t>(conditions[i])] != 0) values[i] = others[i];
      },
      result.values);
  return result;
}

OnnxTensor mapped(const OnnxTensor& tensor, const auto& function) {
  OnnxTensor result = tensor;
  std::visit(
      [&](auto& values) {
        for (auto& value : values) value = static_cast<std::remove_reference_t<decltype(value)>>(function(value));
      },
      result.values);
  return result;
}

OnnxTensor reshape(const Folding& f) {
  const bool allow_zero = f.node.integer("allowzero", 0) != 0;
  return with_shape(f.input(0), resolve_reshape(f.where, f.integers(1), f.input(0).shape, allow_zero));
}

using Rule = std::function<OnnxTensor(const Folding&)>;

const std::map<std::string, Rule>& rules() {
  static const std::map<std::string, Rule> table = {
      {"Identity", [](const Folding& f) { return f.input(0); }},
      {"Cast", cast},
      {"Shape",
       [](const Folding& f) {
         const Shape shape = listed_extents(f.node, f.input(0).shape);
         return OnnxTensor{{static_cast<int64_t>(shape.size())}, shape};
       }},
      {"Reshape", reshape},
      {"Flatten",
       [](const Folding& f) {
         return with_shape(f.input(0), flattened_shape(f.where, f.node.integer("axis", 1), f.input(0).shape));
       }},
      {"Squeeze",
       [](const Folding& f) { return with_shape(f.input(0), squeezed_shape(f.where, f.axes(), f.input(0).shape)); }},
      {"Unsqueeze",
       [](const Folding& f) { return with_shape(f.input(0), unsqueezed_shape(f.where, f.axes(), f.input(0).shape)); }},
      {"Transpose", transpose},
      {"Slice", slice},
      {"Gather", gather},
      {"Concat", concat},
      {"Expand", expand},
      {"ConstantOfShape", constant_of_shape},
      {"Add",
       [](const Folding& f) {
         return element_wise(f, [](auto a, auto b) { return wrapped([](auto x, auto y) { return x + y; }, a, b); });
       }},
      {"Sub",
       [](const Folding& f) {
         return element_wise(f, [](auto a, auto b) { return wrapped([](auto x, auto y) { return x - y; }, a, b); });
       }},
      {"Mul",
       [](const Folding& f) {
         return element_wise(f, [](auto a, auto b) { return wrapped([](auto x, auto y) { return x * y; }, a, b); });
       }},
      {"Div", divide},
      {"Equal",
       [](const Folding& f) {
         OnnxTensor equal = element_wise(f, [](auto a, auto b) { return static_cast<decltype(a)>(a == b); });
         if (!equal.is_float()) return equal;
         return OnnxTensor{equal.shape, std::vector<int64_t>(equal.floats().begin(), equal.floats().end())};
       }},
      {"Where", choose},
      {"Sqrt", [](const Folding& f) { return mapped(f.input(0), [](auto x) { return std::sqrt(x); }); }},
      {"Neg", [](const Folding& f) {
         const auto minus = [](auto a, auto b) { return a - b; };
         return mapped(f.input(0), [&](auto x) { return wrapped(minus, decltype(x){}, x); });
       }}};
  return table;
}

}  // namespace

bool folds_constants(const std::string& type) { return rules().contains(type); }

std::optional<OnnxTensor> fold_constants(const std::string& where, const OnnxNode& node,
                                         const std::vector<const OnnxTensor*>& inputs) {
  const auto rule = rules().find(node.type);
  if (rule == rules().end() || node.outputs.size() != 1) return {};
  return rule->second({where, node, inputs});
}

}  // namespace tram
