#include "models/network/load_network.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "models/network/onnx/import_onnx.hpp"
#include "models/network/resnet.hpp"
#include "models/network/vit.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 4 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::vector<std::string> words(const std::string& name) {
  std::vector<std::string> parts(1);
  for (const char c : name) {
    if (c == '_') parts.emplace_back();
    else parts.back() += c;
  }
  return parts;
}

NetworkGraph load_resnet(const std::string& name, const std::string& depth, const SafeTensors& file,
                         const ParameterSource& parameters) {
  const ResnetCifar found = resnet_cifar_architecture(file);
  if (found.depth() != std::stoi(depth))
    throw InputError(file.path(), fmt::format("weights of a resnet{}; those of {} are expected", found.depth(), name));
  return resnet_cifar(found, parameters);
}

/// Widths and depths of the published models (DeiT: Touvron et al., ICML 2021, table 1).
struct NamedSize {
  std::string_view name;
  int width, depth;
};
constexpr std::array<NamedSize, 3> named_sizes = {{{"tiny", 192, 12}, {"small", 384, 12}, {"base", 768, 12}}};

NetworkGraph load_transformer(const std::string& name, const std::vector<std::string>& parts, const SafeTensors& file,
                              const ParameterSource& parameters) {
  const VisionTransformer found = vision_transformer_architecture(file);
  const auto check = [&](const char* what, int in_file, int in_name) {
    if (in_file != in_name)
      throw InputError(file.path(), fmt::format("{} {}; {} is expected for {}", what, in_file, in_name, name));
  };
  for (size_t i = 1; i < parts.size(); ++i) {
    for (const NamedSize& size : named_sizes)
      if (parts[i] == size.name) {
        check("width", found.width, size.width);
        check("depth", found.depth, size.depth);
      }
    if (!parts[i].starts_with("patch") || !is_number(parts[i].substr(5))) continue;
    check("patch size", found.patch, std::stoi(parts[i].substr(5)));
    if (i + 1 < parts.size() && is_number(parts[i + 1]))
      check("image size", found.input.height, std::stoi(parts[i + 1]));
  }
  return vision_transformer(found, parameters);
}

/// A last softmax is dropped: it changes no order of the classes, and the array's last sums are the logits before it.
NetworkGraph without_final_softmax(NetworkGraph graph) {
  const bool ends_in_softmax = !graph.nodes.empty() && std::holds_alternative<SoftmaxOp>(graph.nodes.back().operation);
  if (ends_in_softmax && graph.nodes.back().inputs[0] == graph.value_count() - 2) graph.nodes.pop_back();
  return graph;
}

}  // namespace

NetworkGraph load_network(const std::string& name, const SafeTensors& file, const ParameterSource& parameters) {
  const std::vector<std::string> parts = words(name);
  NetworkGraph graph;
  if (parts[0].starts_with("resnet") && is_number(parts[0].substr(6)))
    graph = load_resnet(name, parts[0].substr(6), file, parameters);
  else if ((parts[0] == "deit" || parts[0] == "vit") && parts.size() > 1)
    graph = load_transformer(name, parts, file, parameters);
  else
    throw InputError("network", fmt::format("'{}'; resnet<depth>_<data set>, deit_<size>_patch<size>_<image size>, "
                                            "vit_..., or a .onnx file is expected, e.g. resnet20_cifar10, "
                                            "deit_tiny_patch16_224",
                                            name));
  graph.name = name;
  return graph;
}

NetworkGraph load_network(const std::string& name, const SafeTensors& weights) {
  std::set<std::string> used;
  NetworkGraph graph = load_network(name, weights, [&](const std::string& tensor, const Shape& shape) {
    used.insert(tensor);
    return read_finite(weights, tensor, shape);
  });
  if (const std::optional<std::string> left_over = first_left_over(weights, used))
    throw InputError(weights.path(),
                     fmt::format("tensor {} has no place in {}; a network that uses every tensor of its "
                                 "file is expected",
                                 *left_over, name));
  return graph;
}

NetworkGraph load_network(const std::string& name_or_file, const std::filesystem::path& weights) {
  if (name_or_file.ends_with(".onnx")) return without_final_softmax(import_onnx(name_or_file));
  return load_network(name_or_file, SafeTensors(weights));
}

}  // namespace tram
