#include "models/network/onnx/onnx_model.hpp"

#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cstring>
#include <set>

#include "models/network/onnx/node_inputs.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

constexpr int64_t oldest_opset = 11, newest_opset = 21;
constexpr int64_t max_elements = int64_t{1} << 30;

/// Values of a type stored as raw bytes or in a repeated field, as another type.
template <class To, class Stored>
std::vector<To> stored_values(const std::string& where, int64_t count, const std::string& raw, const auto& field) {
  std::vector<To> values;
  const auto wanted = static_cast<size_t>(count);
  if (!raw.empty()) {
    if (raw.size() != wanted * sizeof(Stored))
      throw InputError(where, fmt::format("{} bytes; {} are expected", raw.size(), wanted * sizeof(Stored)));
    values.resize(wanted);
    for (size_t i = 0; i < wanted; ++i) {
      Stored value;
      std::memcpy(&value, raw.data() + i * sizeof(Stored), sizeof(Stored));
      values[i] = static_cast<To>(value);
    }
    return values;
  }
  if (static_cast<size_t>(field.size()) != wanted)
    throw InputError(where, fmt::format("{} values; {} are expected", field.size(), wanted));
  for (const auto value : field) values.push_back(static_cast<To>(value));
  return values;
}

std::string type_name(int type) {
  if (!onnx::TensorProto::DataType_IsValid(type)) return std::to_string(type);
  return onnx::TensorProto::DataType_Name(static_cast<onnx::TensorProto::DataType>(type));
}

/// Whether a tensor is of one of the types that convert_tensor() knows.
bool is_readable(const onnx::TensorProto& proto) {
  const int type = proto.data_type();
  return type == onnx::TensorProto::FLOAT || type == onnx::TensorProto::DOUBLE || type == onnx::TensorProto::INT64 ||
         type == onnx::TensorProto::INT32 || type == onnx::TensorProto::BOOL;
}

/// Values belong into the field of their type, or into raw_data.
void check_fields(const std::string& where, const onnx::TensorProto& proto) {
  if (proto.data_location() == onnx::TensorProto::EXTERNAL || proto.external_data_size() != 0)
    throw InputError(where, "its values are kept in another file; a file that holds its own is expected");
  if (proto.has_segment()) throw InputError(where, "is a segment of a tensor; a whole one is expected");
  const int kinds = (proto.float_data_size() != 0) + (proto.double_data_size() != 0) + (proto.int32_data_size() != 0) +
                    (proto.int64_data_size() != 0) + (proto.uint64_data_size() != 0) + (proto.string_data_size() != 0) +
                    !proto.raw_data().empty();
  if (kinds > 1) throw InputError(where, fmt::format("values in {} fields; one field is expected", kinds));
}

OnnxTensor convert_tensor(const std::string& where, const onnx::TensorProto& proto) {
  check_fields(where, proto);
  OnnxTensor tensor;
  tensor.shape.assign(proto.dims().begin(), proto.dims().end());
  const int64_t count = checked_elements(where, tensor.shape, max_elements);
  const std::string& raw = proto.raw_data();
  switch (proto.data_type()) {
    case onnx::TensorProto::FLOAT:
      tensor.values = stored_values<float, float>(where, count, raw, proto.float_data());
      break;
    case onnx::TensorProto::DOUBLE:
      tensor.values = stored_values<float, double>(where, count, raw, proto.double_data());
      break;
    case onnx::TensorProto::INT64:
      tensor.values = stored_values<int64_t, int64_t>(where, count, raw, proto.int64_data());
      break;
    case onnx::TensorProto::INT32:
      tensor.values = stored_values<int64_t, int32_t>(where, count, raw, proto.int32_data());
      break;
    case onnx::TensorProto::BOOL:
      tensor.values = stored_values<int64_t, uint8_t>(where, count, raw, proto.int32_data());
      for (int64_t& value : std::get<std::vector<int64_t>>(tensor.values)) value = value != 0;
      break;
    default:
      throw InputError(
          where, fmt::format("type {}; FLOAT, DOUBLE, INT64, INT32 or BOOL is expected", type_name(proto.data_type())));
  }
  return tensor;
}

OnnxAttribute convert_attribute(const std::string& where, const onnx::AttributeProto& proto) {
  if (!proto.ref_attr_name().empty())
    throw InputError(where, fmt::format("attribute {} is a function's; a value is expected", proto.name()));
  switch (proto.type()) {
    case onnx::AttributeProto::INT: return proto.i();
    case onnx::AttributeProto::FLOAT: return proto.f();
    case onnx::AttributeProto::STRING: return proto.s();
    case onnx::AttributeProto::INTS: return std::vector<int64_t>(proto.ints().begin(), proto.ints().end());
    case onnx::AttributeProto::FLOATS: return std::vector<float>(proto.floats().begin(), proto.floats().end());
    case onnx::AttributeProto::TENSOR: return convert_tensor(where, proto.t());
    default:
      throw InputError(where, fmt::format("attribute {} of type {}; numbers, texts and tensors are expected",
                                          proto.name(), static_cast<int>(proto.type())));
  }
}

/// The value of a Constant node, in whichever attribute it is.
OnnxTensor constant_value(const std::string& where, const OnnxNode& node) {
  if (node.attributes.size() > 1 || !node.inputs.empty() || node.outputs.size() != 1)
    throw InputError(where, fmt::format("{} values, {} inputs and {} outputs; one value and one output are expected",
                                        node.attributes.size(), node.inputs.size(), node.outputs.size()));
  for (const auto& [name, attribute] : node.attributes) {
    if (!name.starts_with("value")) continue;
    if (const auto* tensor = std::get_if<OnnxTensor>(&attribute)) return *tensor;
    if (const auto* integer = std::get_if<int64_t>(&attribute)) return {{}, std::vector<int64_t>{*integer}};
    if (const auto* real = std::get_if<float>(&attribute)) return {{}, std::vector<float>{*real}};
    if (const auto* list = std::get_if<std::vector<int64_t>>(&attribute))
      return {{static_cast<int64_t>(list->size())}, *list};
    if (const auto* list = std::get_if<std::vector<float>>(&attribute))
      return {{static_cast<int64_t>(list->size())}, *list};
  }
  throw InputError(where, "a constant without value; one with a tensor or numbers is expected");
}

/// Builds the model from the message, one part after the other.
class Converter {
 public:
  Converter(const std::string& file, const onnx::ModelProto& proto) : graph_(proto.graph()) {
    model_.file = file;
    read_opset(proto);
  }

  OnnxModel convert() {
    if (graph_.sparse_initializer_size() != 0)
      throw InputError(model_.file, "sparse initialisers; dense ones are expected");
    for (const onnx::TensorProto& proto : graph_.initializer()) read_initialiser(proto);
    for (const onnx::ValueInfoProto& proto : graph_.input()) read_input(proto);
    for (const onnx::NodeProto& proto : graph_.node()) read_node(proto);
    for (const onnx::ValueInfoProto& proto : graph_.output()) read_output(proto);
    return std::move(model_);
  }

 private:
  void read_opset(const onnx::ModelProto& proto) {
    for (const onnx::OperatorSetIdProto& opset : proto.opset_import())
      if (opset.domain().empty() || opset.domain() == "ai.onnx") model_.opset = opset.version();
    if (!proto.has_graph() || graph_.node_size() == 0)
      throw InputError(model_.file, "no graph; an ONNX model is expected");
    if (model_.opset < oldest_opset || model_.opset > newest_opset)
      throw InputError(model_.file,
                       fmt::format("opset {}; {} .. {} is expected", model_.opset, oldest_opset, newest_opset));
  }

  void read_initialiser(const onnx::TensorProto& proto) {
    const std::string where = fmt::format("{}, tensor {}", model_.file, proto.name());
    if (proto.name().empty() || !defined_.insert(proto.name()).second)
      throw InputError(where, "an initialiser of no name, or of one used before; a name of its own is expected");
    if (is_readable(proto)) model_.constants[proto.name()] = convert_tensor(where, proto);
    else model_.unreadable[proto.name()] = type_name(proto.data_type());
  }

  /// The shape that a graph declares of an input or output, which must be fp32; an extent of 0 is a free one.
  Shape declared_shape(const std::string& where, const onnx::ValueInfoProto& proto) const {
    const auto& type = proto.type().tensor_type();
    if (!proto.type().has_tensor_type() || type.elem_type() != onnx::TensorProto::FLOAT)
      throw InputError(where, fmt::format("type {}; a tensor of FLOAT is expected", type_name(type.elem_type())));
    Shape shape;
    for (const auto& dimension : type.shape().dim())
      shape.push_back(dimension.has_dim_value() && dimension.dim_value() > 0 ? dimension.dim_value() : -1);
    return shape;
  }

  /// An input that is an initialiser (IR version 3 lists them all) is none; its shapes must agree.
  void read_input(const onnx::ValueInfoProto& proto) {
    const std::string where = fmt::format("{}, input {}", model_.file, proto.name());
    if (!input_names_.insert(proto.name()).second) throw InputError(where, "is there twice; one is expected");
    if (const auto found = model_.constants.find(proto.name()); found != model_.constants.end()) {
      if (!found->second.is_float()) return;
      const Shape declared = declared_shape(where, proto), &shape = found->second.shape;
      const auto fits = [](int64_t from, int64_t to) { return from == -1 || from == to; };
      if (proto.type().tensor_type().has_shape() &&
          !std::equal(declared.begin(), declared.end(), shape.begin(), shape.end(), fits))
        throw InputError(where, fmt::format("shape {} of an initialiser of {}; equal ones are expected",
                                            to_string(declared), to_string(shape)));
      return;
    }
    defined_.insert(proto.name());
    model_.inputs.push_back({proto.name(), declared_shape(where, proto)});
  }

  void read_output(const onnx::ValueInfoProto& proto) {
    const std::string where = fmt::format("{}, output {}", model_.file, proto.name());
    if (defined_.count(proto.name()) == 0)
      throw InputError(model_.file,
                       fmt::format("output {} is defined by no node; one that is defined is expected", proto.name()));
    const Shape shape = declared_shape(where, proto);
    if (proto.type().tensor_type().has_shape()) model_.output_shape = shape;
    model_.outputs.push_back(proto.name());
  }

  void read_node(const onnx::NodeProto& proto) {
    const bool own = proto.domain().empty() || proto.domain() == "ai.onnx";
    OnnxNode node{proto.name(), own ? proto.op_type() : proto.domain() + "." + proto.op_type(), {}, {}, {}};
    node.inputs.assign(proto.input().begin(), proto.input().end());
    node.outputs.assign(proto.output().begin(), proto.output().end());
    if (node.name.empty() && !node.outputs.empty()) node.name = node.outputs[0];
    const std::string where = model_.where(node);
    for (const onnx::AttributeProto& attribute : proto.attribute())
      if (!node.attributes.emplace(attribute.name(), convert_attribute(where, attribute)).second)
        throw InputError(where, fmt::format("attribute {} is there twice; one is expected", attribute.name()));
    for (const std::string& input : node.inputs)
      if (!input.empty() && defined_.count(input) == 0)
        throw InputError(where,
                         fmt::format("reads {}, which nothing before it defines; an earlier value is expected", input));
    for (const std::string& output : node.outputs)
      if (!output.empty() && !defined_.insert(output).second)
        throw InputError(where, fmt::format("defines {} again; a new name is expected", output));
    if (node.outputs.empty()) throw InputError(where, "no output; at least one is expected");
    if (node.type == "Constant") model_.constants[node.outputs[0]] = constant_value(where, node);
    else model_.nodes.push_back(std::move(node));
  }

  const onnx::GraphProto& graph_;
  OnnxModel model_;
  std::set<std::string> defined_, input_names_;
};

template <class Value>
Value attribute_or(const OnnxNode& node, const std::string& attribute, const Value& otherwise) {
  const auto found = node.attributes.find(attribute);
  if (found == node.attributes.end()) return otherwise;
  const auto* value = std::get_if<Value>(&found->second);
  return value != nullptr ? *value : otherwise;
}

}  // namespace

int64_t OnnxNode::integer(const std::string& attribute, int64_t otherwise) const {
  return attribute_or(*this, attribute, otherwise);
}
float OnnxNode::real(const std::string& attribute, float otherwise) const {
  return attribute_or(*this, attribute, otherwise);
}
std::string OnnxNode::text(const std::string& attribute, const std::string& otherwise) const {
  return attribute_or(*this, attribute, otherwise);
}
std::vector<int64_t> OnnxNode::integers(const std::string& attribute, const std::vector<int64_t>& otherwise) const {
  return attribute_or(*this, attribute, otherwise);
}

std::string OnnxModel::where(const OnnxNode& node) const {
  return fmt::format("{}, node {} ({})", file, node.name, node.type);
}

OnnxModel parse_onnx(const std::string& name, const std::string& bytes) {
  onnx::ModelProto proto;
  google::protobuf::LogSilencer silence;
  if (bytes.empty() || !proto.ParseFromString(bytes))
    throw InputError(name, "cut off, or no ONNX file; an ONNX model is expected");
  return Converter(name, proto).convert();
}

OnnxModel read_onnx(const std::filesystem::path& path) { return parse_onnx(path.string(), read_file(path)); }

}  // namespace tram
