#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>

#include "models/network/graph.hpp"
#include "models/network/onnx/axis_view.hpp"
#include "models/network/onnx/onnx_model.hpp"

namespace tram {

/// A tensor of the ONNX graph that depends on the image: a value of our graph, seen through a view.
struct Activation {
  int value = 0;
  AxisView view;
  float scale = 1;                    ///< a factor that the next operation has still to take up
  int row_step = 1, column_step = 1;  ///< subsampling still to be done; the view has the smaller extents already
  bool exclusive = false;             ///< nothing else reads the value or a view of it: its layer may be changed
};

/// Turns an ONNX model into our graph, node by node. Constants are computed on the way.
class Lowering {
 public:
  Lowering(OnnxModel model, std::string name);
  NetworkGraph run();

 private:
  using Rule = void (Lowering::*)(const OnnxNode&);
  static const std::map<std::string, Rule>& rules();

  // refused_nodes.cpp: what cannot be run, all of it in one message
  void check_signatures();
  std::string unreadable_input(const OnnxNode& node) const;
  bool waits_for_refused(const OnnxNode& node);
  void refuse(const OnnxNode& node, const std::string& message);
  void define_unknown(const OnnxNode& node);
  void report_refused() const;

  // lowering.cpp: the walk, constants, names, emission
  void define_input();
  void lower(const OnnxNode& node);
  bool fold(const OnnxNode& node);
  void spend(const OnnxNode& node, int64_t elements);
  void check_output(const Activation& output) const;
  NetworkGraph finished() const;
  [[noreturn]] void fail(const OnnxNode& node, const std::string& what) const;
  bool is_activation(const std::string& name) const { return activations_.count(name) != 0; }
  const OnnxTensor* constant(const std::string& name) const;
  const std::vector<float>& floats(const OnnxNode& node, size_t input) const;
  std::vector<int64_t> integers(const OnnxNode& node, size_t input, const char* attribute) const;
  const Activation& raw_operand(const OnnxNode& node, size_t input) const;
  Activation operand(const OnnxNode& node, size_t input);
  Activation settled(const OnnxNode& node, Activation a);
  Activation with_token_rows(const OnnxNode& node, Activation a);
  const FeatureShape& shape(const Activation& a) const { return shapes_[static_cast<size_t>(a.value)]; }
  GraphNode& producer(const Activation& a) { return graph_.nodes[static_cast<size_t>(a.value) - 1]; }
  int emit(const OnnxNode& node, const std::string& name, Operation operation, std::vector<int> inputs);
  void define(const OnnxNode& node, const Activation& a, size_t output = 0);
  void define_value(const OnnxNode& node, int value, AxisView view);
  std::string layer_name(const OnnxNode& node, const std::vector<std::string>& parameters, const char* kind) const;
  std::string unique(const std::string& name);
  std::string stem(const std::string& parameter) const;
  int reader_count(const std::string& name) const;

  // lower_layout.cpp
  void pass_through(const OnnxNode& node);
  void dropout(const OnnxNode& node);
  void cast(const OnnxNode& node);
  void shape_of_tensor(const OnnxNode& node);
  void reshape(const OnnxNode& node);
  void flatten(const OnnxNode& node);
  void squeeze(const OnnxNode& node);
  void unsqueeze(const OnnxNode& node);
  void transpose(const OnnxNode& node);
  void split(const OnnxNode& node);
  void slice(const OnnxNode& node);
  void gather(const OnnxNode& node);
  void concat(const OnnxNode& node);
  void pad(const OnnxNode& node);
  std::vector<int64_t> all_pads(const OnnxNode& node, size_t rank) const;
  void define_reshaped(const OnnxNode& node, const Shape& to);
  Activation narrowed(const OnnxNode& node, Activation a, size_t dim, int64_t first, int64_t count);
  Activation subsampled(const OnnxNode& node, Activation a, size_t dim, int64_t count, int64_t step);

  // lower_arithmetic.cpp
  void add(const OnnxNode& node);
  void subtract(const OnnxNode& node);
  void multiply(const OnnxNode& node);
  void divide(const OnnxNode& node);
  void relu(const OnnxNode& node);
  void gelu_node(const OnnxNode& node);
  void clip(const OnnxNode& node);
  void sigmoid(const OnnxNode& node);
  void hard_sigmoid(const OnnxNode& node);
  void hard_swish(const OnnxNode& node);
  void hyperbolic_tangent(const OnnxNode& node);
  void softmax(const OnnxNode& node);
  void layer_normalization(const OnnxNode& node);
  void element_wise(const OnnxNode& node, const char* kind, Operation operation);
  void add_constant(const OnnxNode& node, size_t input, const std::vector<float>& values, const Shape& shape);
  void multiply_constant(const OnnxNode& node, size_t input, const std::vector<float>& values, const Shape& shape);
  void multiply_maps(const OnnxNode& node, Activation a, Activation b);
  std::vector<float> in_layout(const OnnxNode& node, const Activation& a, const std::vector<float>& values,
                               const Shape& shape) const;
  bool absorb_factor(const Activation& a, const std::vector<float>& by_channel);
  bool absorb_offset(const OnnxNode& node, const Activation& a, const std::vector<float>& by_channel);

  // lower_products.cpp
  void convolution(const OnnxNode& node);
  void batch_normalization(const OnnxNode& node);
  void gemm(const OnnxNode& node);
  void matrix_product(const OnnxNode& node);
  void linear(const OnnxNode& node, Tensor weight, Tensor bias);
  void attention_product(const OnnxNode& node);
  bool attention_scores(const OnnxNode& node, const Activation& q, const Activation& k);
  bool attention_context(const OnnxNode& node, const Activation& p, const Activation& v);

  // lower_pools.cpp
  void max_pool(const OnnxNode& node);
  void average_pool(const OnnxNode& node);
  void global_average_pool(const OnnxNode& node);
  void reduce_mean(const OnnxNode& node);
  void mean_over(const OnnxNode& node, const Activation& a, const std::vector<size_t>& dims, bool keep);
  Activation map_operand(const OnnxNode& node);
  int square(const OnnxNode& node, const char* attribute, const std::vector<int64_t>& values) const;
  /// Windows of a convolution or pool on a map.
  struct Windows {
    FeatureShape in;
    std::vector<int64_t> kernel;  ///< height, width
    int64_t stride = 1;
  };
  std::vector<int64_t> automatic_pads(const OnnxNode& node, const Windows& windows) const;
  int padding(const OnnxNode& node, const Windows& windows) const;
  void check_dilations(const OnnxNode& node) const;

  OnnxModel model_;
  NetworkGraph graph_;
  std::vector<FeatureShape> shapes_;  ///< by value of graph_
  std::map<std::string, Activation> activations_;
  std::map<std::string, std::string> origin_;  ///< of a constant made from one other: that one's name
  std::map<std::string, int> readers_;         ///< of each ONNX value, Shape nodes left out
  int64_t batch_ = 1;                          ///< images that the file is made for; one is run at a time
  std::set<std::string> names_;
  std::map<std::string, int> copies_;  ///< by name: how many more nodes wanted it
  std::set<int> named_by_parameter_;   ///< values whose node bears a parameter's name
  int64_t allowance_ = 0;              ///< elements that parameters and computed constants may still have
  int64_t values_ = 0;                 ///< elements of all values
  struct Refused {
    std::string place, reason;  ///< "node (OPERATOR)"
  };
  std::vector<Refused> refused_;  ///< the first nodes that cannot be run
  int64_t refused_count_ = 0;
  bool has_unsupported_ = false;   ///< whether one of them is an operator without a rule
  std::set<std::string> unknown_;  ///< values that such nodes define, and all that is computed from them
};

}  // namespace tram
