#include "models/network/onnx/lowering.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "models/network/onnx/constant_folding.hpp"
#include "models/network/onnx/fuse_patterns.hpp"
#include "models/network/onnx/import_onnx.hpp"
#include "models/network/onnx/node_inputs.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

constexpr int64_t max_map_elements = int64_t{1} << 25;

/// The module that an exporter puts into a node's name: "/layer1/layer1.0/conv1/Conv" gives "layer1.0.conv1". Empty
/// when the name has another form.
std::string module_of(const std::string& node_name) {
  if (!node_name.starts_with('/')) return "";
  std::vector<std::string> parts;
  for (size_t begin = 1; begin < node_name.size();) {
    const size_t end = std::min(node_name.find('/', begin), node_name.size());
    const std::string part = node_name.substr(begin, end - begin);
    begin = end + 1;
    if (begin > node_name.size()) break;  // the operator
    if (!parts.empty() && part.starts_with(parts.back() + ".")) parts.back() = part;
    else parts.push_back(part);
  }
  return fmt::format("{}", fmt::join(parts, "."));
}

/// "a, b", at most five.
std::string first_names(const std::vector<std::string>& names) {
  constexpr size_t most = 5;
  const auto end = names.begin() + static_cast<int64_t>(std::min(names.size(), most));
  return fmt::format("{}{}", fmt::join(names.begin(), end, ", "),
                     names.size() > most ? fmt::format(" and {} more", names.size() - most) : "");
}

}  // namespace

Lowering::Lowering(OnnxModel model, std::string name) : model_(std::move(model)) {
  graph_.name = std::move(name);
  constexpr int64_t always = int64_t{1} << 26, by_element = 4;
  allowance_ = always;
  for (const auto& [constant_name, tensor] : model_.constants) allowance_ += by_element * element_count(tensor.shape);
  check_signatures();
  fuse_patterns(model_);
  for (const OnnxNode& node : model_.nodes)
    for (const std::string& input : node.inputs) readers_[input] += node.type != "Shape";
  for (const std::string& output : model_.outputs) ++readers_[output];
}

const std::map<std::string, Lowering::Rule>& Lowering::rules() {
  static const std::map<std::string, Rule> table = {{"Add", &Lowering::add},
                                                    {"AveragePool", &Lowering::average_pool},
                                                    {"BatchNormalization", &Lowering::batch_normalization},
                                                    {"Cast", &Lowering::cast},
                                                    {"Clip", &Lowering::clip},
                                                    {"Concat", &Lowering::concat},
                                                    {"Conv", &Lowering::convolution},
                                                    {"Div", &Lowering::divide},
                                                    {"Dropout", &Lowering::dropout},
                                                    {"Flatten", &Lowering::flatten},
                                                    {"Gather", &Lowering::gather},
                                                    {"Gelu", &Lowering::gelu_node},
                                                    {"Gemm", &Lowering::gemm},
                                                    {"GlobalAveragePool", &Lowering::global_average_pool},
                                                    {"HardSigmoid", &Lowering::hard_sigmoid},
                                                    {"HardSwish", &Lowering::hard_swish},
                                                    {"Identity", &Lowering::pass_through},
                                                    {"LayerNormalization", &Lowering::layer_normalization},
                                                    {"MatMul", &Lowering::matrix_product},
                                                    {"MaxPool", &Lowering::max_pool},
                                                    {"Mul", &Lowering::multiply},
                                                    {"Pad", &Lowering::pad},
                                                    {"ReduceMean", &Lowering::reduce_mean},
                                                    {"Relu", &Lowering::relu},
                                                    {"Reshape", &Lowering::reshape},
                                                    {"Shape", &Lowering::shape_of_tensor},
                                                    {"Sigmoid", &Lowering::sigmoid},
                                                    {"Slice", &Lowering::slice},
                                                    {"Softmax", &Lowering::softmax},
                                                    {"Split", &Lowering::split},
                                                    {"Squeeze", &Lowering::squeeze},
                                                    {"Sub", &Lowering::subtract},
                                                    {"Tanh", &Lowering::hyperbolic_tangent},
                                                    {"Transpose", &Lowering::transpose},
                                                    {"Unsqueeze", &Lowering::unsqueeze}};
  return table;
}

NetworkGraph Lowering::run() {
  define_input();
  for (const OnnxNode& node : model_.nodes) {
    if (waits_for_refused(node)) continue;
    try {
      lower(node);
    } catch (const InputError& error) {
      refuse(node, error.what());
    }
  }
  report_refused();
  return finished();
}

void Lowering::define_input() {
  if (model_.inputs.size() != 1 || model_.outputs.size() != 1) {
    std::vector<std::string> inputs;
    for (const OnnxModel::Input& input : model_.inputs) inputs.push_back(input.name);
    throw InputError(model_.file, fmt::format("inputs {}, outputs {}; one of each is expected", first_names(inputs),
                                              first_names(model_.outputs)));
  }
  const OnnxModel::Input& input = model_.inputs[0];
  constexpr int64_t largest = 1 << 14;
  const auto fits = [](int64_t extent) { return extent >= 1 && extent <= largest; };
  const Shape& shape = input.shape;
  constexpr int64_t max_images = 1 << 20;
  const bool images = shape.size() == 4 && shape[0] <= max_images;
  if (!images || !fits(shape[1]) || !fits(shape[2]) || !fits(shape[3]) ||
      shape[1] * shape[2] * shape[3] > max_map_elements)
    throw InputError(model_.file, fmt::format("input {} of shape {} (-1: free); [images, channels, height, width] "
                                              "with at most 2^25 elements an image is expected",
                                              input.name, to_string(shape)));
  batch_ = std::max<int64_t>(shape[0], 1);
  graph_.input = {static_cast<int>(shape[2]), static_cast<int>(shape[3]), static_cast<int>(shape[1])};
  shapes_.push_back(graph_.input);
  activations_[input.name] = {0, nchw_view(graph_.input), 1, 1, 1, false};
}

void Lowering::lower(const OnnxNode& node) {
  const bool reads_image =
      std::any_of(node.inputs.begin(), node.inputs.end(), [&](const std::string& name) { return is_activation(name); });
  if (!reads_image) {
    if (!fold(node))
      fail(node, "operator between constants is not supported; one that constant folding has is expected");
    return;
  }
  (this->*rules().at(node.type))(node);
}

bool Lowering::fold(const OnnxNode& node) {
  std::vector<const OnnxTensor*> inputs;
  for (const std::string& name : node.inputs) inputs.push_back(constant(name));
  std::optional<OnnxTensor> result = fold_constants(model_.where(node), node, inputs);
  if (!result) return false;
  spend(node, element_count(result->shape));
  if (!node.inputs.empty()) {
    const auto found = origin_.find(node.inputs[0]);
    origin_[node.outputs[0]] = found != origin_.end() ? found->second : node.inputs[0];
  }
  model_.constants[node.outputs[0]] = std::move(*result);
  return true;
}

/// Spends elements of an allowance that keeps the memory within a multiple of the file, however often its constants are
/// copied.
void Lowering::spend(const OnnxNode& node, int64_t elements) {
  allowance_ -= elements;
  if (allowance_ < 0)
    fail(node,
         "parameters and computed constants have more elements in all than 2^26 and four times the file's; fewer "
         "are expected");
}

/// Checks the output against the shape that the file declares; the batch is free.
void Lowering::check_output(const Activation& output) const {
  const Shape shape = shape_of(output.view), &declared = model_.output_shape;
  if (declared.empty()) return;
  bool fits = declared.size() == shape.size();
  for (size_t i = 1; fits && i < shape.size(); ++i) fits = declared[i] == -1 || declared[i] == shape[i];
  if (!fits)
    throw InputError(model_.file, fmt::format("output {} is declared as {} (-1: free); {}, what its nodes give, is "
                                              "expected",
                                              model_.outputs[0], to_string(declared), to_string(shape)));
}

NetworkGraph Lowering::finished() const {
  const auto found = activations_.find(model_.outputs[0]);
  if (found == activations_.end())
    throw InputError(model_.file, fmt::format("output {} does not depend on the image; logits that do are expected",
                                              model_.outputs[0]));
  const Activation& output = found->second;
  check_output(output);
  const FeatureShape& out = shapes_[static_cast<size_t>(output.value)];
  if (output.scale != 1 || output.row_step != 1 || output.column_step != 1 || out.height != 1 || out.width != 1)
    throw InputError(model_.file, fmt::format("output {} of shape {} is no row of logits; [1, classes] is expected",
                                              model_.outputs[0], to_string(shape_of(output.view))));
  std::vector<bool> needed(shapes_.size(), false);
  needed[static_cast<size_t>(output.value)] = true;
  for (size_t i = graph_.nodes.size(); i-- > 0;)
    if (needed[i + 1])
      for (const int value : graph_.nodes[i].inputs) needed[static_cast<size_t>(value)] = true;
  NetworkGraph graph{graph_.name, graph_.input, {}};
  std::vector<int> moved(shapes_.size(), 0);
  for (size_t i = 0; i < graph_.nodes.size(); ++i) {
    if (!needed[i + 1]) continue;
    std::vector<int> inputs;
    for (const int value : graph_.nodes[i].inputs) inputs.push_back(moved[static_cast<size_t>(value)]);
    moved[i + 1] = graph.add(graph_.nodes[i].name, graph_.nodes[i].operation, std::move(inputs));
  }
  infer_shapes(graph);
  return graph;
}

void Lowering::fail(const OnnxNode& node, const std::string& what) const { throw InputError(model_.where(node), what); }

const OnnxTensor* Lowering::constant(const std::string& name) const {
  const auto found = model_.constants.find(name);
  return found != model_.constants.end() ? &found->second : nullptr;
}

const std::vector<float>& Lowering::floats(const OnnxNode& node, size_t input) const {
  const OnnxTensor* tensor = constant(node.input(input));
  if (tensor == nullptr || !tensor->is_float())
    fail(node, fmt::format("input {} is not a constant of floating-point numbers; one is expected", input));
  return tensor->floats();
}

std::vector<int64_t> Lowering::integers(const OnnxNode& node, size_t input, const char* attribute) const {
  if (node.input(input).empty()) return node.integers(attribute, {});
  if (node.has(attribute))
    fail(node, fmt::format("{} as an attribute and as an input; one of them is expected", attribute));
  const OnnxTensor* tensor = constant(node.input(input));
  if (tensor == nullptr) fail(node, fmt::format("{} depends on the image; a constant is expected", attribute));
  return integers_of(model_.where(node), *tensor);
}

const Activation& Lowering::raw_operand(const OnnxNode& node, size_t input) const {
  const auto found = activations_.find(node.input(input));
  if (found == activations_.end())
    fail(node, fmt::format("input {} is a constant; a tensor that depends on the image is expected", input));
  return found->second;
}

Activation Lowering::operand(const OnnxNode& node, size_t input) { return settled(node, raw_operand(node, input)); }

Activation Lowering::settled(const OnnxNode& node, Activation a) {
  if (a.row_step != a.column_step)
    fail(node, fmt::format("reads every {}. row and every {}. column of a map; equal steps are expected", a.row_step,
                           a.column_step));
  if (a.row_step != 1) {
    a.value = emit(node, layer_name(node, {}, "subsample"), SubsampleOp{a.row_step, shape(a).channels}, {a.value});
    a.row_step = a.column_step = 1;
  }
  if (a.scale != 1) {
    if (!absorb_factor(a, std::vector<float>(static_cast<size_t>(shape(a).channels), a.scale)))
      fail(node, fmt::format("reads a tensor times {}; factors are expected on the output of a layer that nothing else "
                             "reads, or in attention",
                             a.scale));
    a.scale = 1;
  }
  return a;
}

Activation Lowering::with_token_rows(const OnnxNode& node, Activation a) {
  const FeatureShape from = shape(a);
  if (from.width == 1) return a;
  const AxisFactors rows = whole_axis(0, from.height), columns = whole_axis(1, from.width);
  bool found = false;
  for (AxisFactors& dim : a.view.dims) {
    AxisFactors both = rows;
    both.insert(both.end(), columns.begin(), columns.end());
    if (dim != both) continue;
    dim = whole_axis(0, int64_t{from.height} * from.width);
    found = true;
  }
  if (!found) fail(node, "its operand is not a sequence of positions; rows and columns in one dimension are expected");
  a.value = emit(node, layer_name(node, {}, "flatten"), FlattenPositionsOp{}, {a.value});
  return a;
}

int Lowering::emit(const OnnxNode& node, const std::string& name, Operation operation, std::vector<int> inputs) {
  std::vector<FeatureShape> input_shapes;
  for (const int value : inputs) input_shapes.push_back(shapes_[static_cast<size_t>(value)]);
  const FeatureShape out = output_shape(model_.where(node), operation, std::move(input_shapes));
  if (out.size() > max_map_elements)
    fail(node,
         fmt::format("gives {} x {} x {} values; at most 2^25 are expected", out.height, out.width, out.channels));
  constexpr int64_t max_values = int64_t{1} << 30;
  values_ += out.size();
  if (values_ > max_values) fail(node, "all values of the network have over 2^30 elements; fewer are expected");
  shapes_.push_back(out);
  return graph_.add(unique(name), std::move(operation), std::move(inputs));
}

void Lowering::define(const OnnxNode& node, const Activation& a, size_t output) {
  Activation defined = a;
  defined.exclusive = a.exclusive && reader_count(node.outputs[output]) == 1;
  activations_[node.outputs[output]] = std::move(defined);
}

void Lowering::define_value(const OnnxNode& node, int value, AxisView view) {
  define(node, {value, std::move(view), 1, 1, 1, true});
}

std::string Lowering::layer_name(const OnnxNode& node, const std::vector<std::string>& parameters,
                                 const char* kind) const {
  for (const std::string& parameter : parameters)
    if (std::string name = stem(parameter); !name.empty()) return name;
  std::string module = module_of(node.name);
  if (!parameters.empty() && !module.empty()) return module;
  return module.empty() ? kind : module + "." + kind;
}

std::string Lowering::unique(const std::string& name) {
  std::string candidate = name;
  for (int& copies = copies_[name]; !names_.insert(candidate).second;)
    candidate = fmt::format("{}_{}", name, ++copies + 1);
  return candidate;
}

/// "layer1.0.conv1" of "layer1.0.conv1.weight"; empty for names that an exporter made up.
std::string Lowering::stem(const std::string& parameter) const {
  const auto found = origin_.find(parameter);
  const std::string& name = found != origin_.end() ? found->second : parameter;
  if (name.find("::") != std::string::npos || name.starts_with('/')) return "";
  for (const char* ending : {".weight", ".bias", ".in_proj_weight", ".in_proj_bias"})
    if (name.ends_with(ending)) return name.substr(0, name.size() - std::string(ending).size());
  return "";
}

int Lowering::reader_count(const std::string& name) const {
  const auto found = readers_.find(name);
  return found != readers_.end() ? found->second : 0;
}

NetworkGraph import_onnx(OnnxModel model, const std::string& name) { return Lowering(std::move(model), name).run(); }

NetworkGraph import_onnx(const std::filesystem::path& path) {
  return import_onnx(read_onnx(path), path.stem().string());
}

}  // namespace tram
