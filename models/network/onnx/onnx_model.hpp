#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "models/network/tensor.hpp"

namespace tram {

/// A constant of an ONNX graph: fp32 values (also from fp64), or integers (also from int32 and bool), row-major.
struct OnnxTensor {
  Shape shape;
  std::variant<std::vector<float>, std::vector<int64_t>> values;

  bool is_float() const { return std::holds_alternative<std::vector<float>>(values); }
  const std::vector<float>& floats() const { return std::get<std::vector<float>>(values); }
  const std::vector<int64_t>& integers() const { return std::get<std::vector<int64_t>>(values); }
};

using OnnxAttribute = std::variant<int64_t, float, std::string, std::vector<int64_t>, std::vector<float>, OnnxTensor>;

struct OnnxNode {
  std::string name, type;                    ///< e.g. "/layer1/conv1/Conv", "Conv"; "com.microsoft.Gelu" of others
  std::vector<std::string> inputs, outputs;  ///< names of values; an empty one is an argument left out
  std::map<std::string, OnnxAttribute> attributes;

  /// An attribute, or the default given where it is absent (or of another type than the default).
  int64_t integer(const std::string& attribute, int64_t otherwise) const;
  float real(const std::string& attribute, float otherwise) const;
  std::string text(const std::string& attribute, const std::string& otherwise) const;
  std::vector<int64_t> integers(const std::string& attribute, const std::vector<int64_t>& otherwise) const;
  bool has(const std::string& attribute) const { return attributes.count(attribute) != 0; }
  /// The name of input i; empty when there is none.
  std::string input(size_t i) const { return i < inputs.size() ? inputs[i] : ""; }
};

/// Contents of an ONNX file that the importer needs, free of protobuf. Nodes are in execution order; Constant nodes
/// have become constants, as initialisers are.
struct OnnxModel {
  struct Input {
    std::string name;
    Shape shape;  ///< -1 where the file leaves an extent free
  };
  std::string file;
  int64_t opset = 0;
  std::vector<Input> inputs;  ///< without those that are initialisers
  std::vector<std::string> outputs;
  std::vector<OnnxNode> nodes;
  std::map<std::string, OnnxTensor> constants;
  /// Initialisers of other types, such as UINT8, by name: the type. Only nodes that read them cannot be run.
  std::map<std::string, std::string> unreadable = {};
  Shape output_shape = {};  ///< as declared of the last output; -1 where an extent is free, empty: not declared

  /// The place named in messages: "model.onnx, node /conv1/Conv (Conv)".
  std::string where(const OnnxNode& node) const;
};

/// Reads an ONNX file of opset 11 .. 21 in the default domain. InputError names the file (and the node or tensor) for
/// files that are cut off or no ONNX model, other opsets, control flow, tensors of other types, values
/// kept in other files or twice, names defined twice, inputs and outputs that are not fp32, and nodes that read what no
/// node before them defines.
OnnxModel read_onnx(const std::filesystem::path& path);

/// Model from the bytes of a file; messages have `name` in place of the path.
OnnxModel parse_onnx(const std::string& name, const std::string& bytes);

}  // namespace tram
