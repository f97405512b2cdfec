#pragma once
#include <gtest/gtest.h>

#include <string>

#include "models/network/onnx/import_onnx.hpp"
#include "models/support/error.hpp"

namespace tram {

// Models made in memory, and the messages of the import.

using Integers = std::vector<int64_t>;

inline std::string error_of(const auto& action) {
  try {
    action();
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

/// 0.1 (i mod 13) - 0.5 at element i.
inline OnnxTensor ramp(const Shape& shape) {
  std::vector<float> values;
  for (int64_t i = 0; i < element_count(shape); ++i) values.push_back(0.1F * static_cast<float>(i % 13) - 0.5F);
  return {shape, values};
}

/// A model of one input "x" and the nodes given; the last node's output is the model's.
inline OnnxModel model_of(const Shape& input, std::vector<OnnxNode> nodes,
                          std::map<std::string, OnnxTensor> constants = {}, int64_t opset = 13) {
  OnnxModel model{"net.onnx", opset, {{"x", input}}, {nodes.back().outputs[0]}, {}, std::move(constants)};
  model.nodes = std::move(nodes);
  return model;
}

inline std::string import_error(OnnxModel model) {
  return error_of([&] { import_onnx(std::move(model), "net"); });
}

/// The error of one node on an input [1, 4, 6, 6], without the place.
inline std::string node_error(const std::string& type, std::vector<std::string> inputs,
                              std::map<std::string, OnnxAttribute> attributes = {},
                              std::map<std::string, OnnxTensor> constants = {}, int64_t opset = 13) {
  const OnnxNode node{"/n", type, std::move(inputs), {"y"}, std::move(attributes)};
  const std::string error = import_error(model_of({1, 4, 6, 6}, {node}, std::move(constants), opset));
  const std::string place = "net.onnx, node /n (" + type + "): ";
  EXPECT_EQ(error.find(place), 0U) << error;
  return error.size() > place.size() ? error.substr(place.size()) : error;
}

}  // namespace tram
