#pragma once
#include <span>
#include <string>
#include <vector>

#include "models/quant/make_vector_layers.hpp"
#include "models/quant/quantise.hpp"

namespace tram {

/// Walks a graph without batch norm and emits its integer network. ReLU and ReLU6 that are the only readers of a
/// convolution, linear layer or addition are fused into it; slices that only attention reads become views of their
/// tensor, whose channels then have a scale a slice.
class IntegerBuilder {
 public:
  /// weights: their quantisers; null: fitted.
  IntegerBuilder(const NetworkGraph& graph, const std::vector<Affine>& activations, const WeightAffines* weights,
                 const QuantiseOptions& options);

  IntegerNetwork build();

 private:
  /// Place of a value of the graph: a tensor, from channel `first` on.
  struct Place {
    int tensor = -1;  ///< -1: not defined (yet)
    int first = 0;
    CodedAs coded;
  };

  [[noreturn]] void fail(const std::string& what) const;
  const FeatureShape& shape(int value) const { return shapes_[static_cast<size_t>(value)]; }
  const FeatureShape& input_shape(size_t i) const { return shape(node_->inputs[i]); }
  const Place& input(size_t i) const { return places_[static_cast<size_t>(node_->inputs[i])]; }
  const CodedAs& calibrated(int value) const { return calibrated_[static_cast<size_t>(value)]; }

  void share_quantisers();
  bool only_attention_reads(int value) const;
  const GraphNode* fused_activation() const;
  int result_value() const;
  void limit(int32_t& low, int32_t& high, const CodedAs& out) const;

  int add_tensor(const FeatureShape& shape, const CodedAs& coded);
  int add_constant(const FeatureShape& shape, const CodedAs& coded, const Tensor& values);
  void append(IntegerLayer layer, std::vector<int> inputs, const CodedAs& coded, int value);
  void append_unary(const std::function<double(double)>& function);

  void emit(const ConvolutionOp& op);
  void emit(const LinearOp& op);
  void emit(const ElementWise auto& op) {
    append_unary([&](double x) { return op.value(x); });
  }
  void emit(const AddOp& op);
  void emit(const AddConstantOp& op);
  void emit(const GlobalAveragePoolOp& op);
  void emit(const MaxPoolOp& op);
  void emit(const SubsampleOp& op);
  void emit(const LayerNormOp& op);
  void emit(const SoftmaxOp& op);
  void emit(const SliceChannelsOp& op);
  void emit(const AttentionScoresOp& op);
  void emit(const AttentionContextOp& op);
  void emit(const PrependTokenOp& op);
  void emit(const SelectTokenOp& op);
  void emit(const FlattenPositionsOp& op);
  void emit(const BatchNormOp& op);
  void emit(const auto& op);

  void emit_add(const CodedAs& b, int tensor_b);
  float min_addend() const;
  void emit_gemm(GemmLayer layer, const Tensor& weight, const Tensor& bias);
  void emit_matmul(MatmulLayer layer, double factor);
  std::span<const Affine> given_weights() const;
  std::vector<float> output_scales(int value) const;
  void check_accumulator(const GemmLayer& layer) const;

  const NetworkGraph& graph_;
  const std::vector<OperandBits> bits_;  ///< by node
  const WeightAffines* weights_;         ///< null: to be fitted
  const QuantiseOptions& options_;
  std::vector<CodedAs> calibrated_;  ///< by value
  std::vector<FeatureShape> shapes_;
  std::vector<std::vector<int>> readers_;
  std::vector<Place> places_;  ///< by value
  IntegerNetwork network_;
  const GraphNode* node_ = nullptr;  ///< being emitted
  int value_ = 0;                    ///< its value
};

}  // namespace tram
