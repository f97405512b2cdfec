#pragma once
#include <vector>

#include "models/network/graph.hpp"

namespace tram {

/// fp32 reference inference of a graph. Deterministic; run() may be called from several threads at once.
class FloatInference {
 public:
  explicit FloatInference(const NetworkGraph& graph);

  /// Every value of the graph for one image [height, width, channels], by value index.
  std::vector<Tensor> run(const Tensor& image) const;

  /// The value of one node from those of its inputs.
  Tensor evaluate(size_t node, const std::vector<const Tensor*>& inputs) const;

  /// The last value of run().
  std::vector<float> logits(const Tensor& image) const;

  const std::vector<FeatureShape>& shapes() const { return shapes_; }

 private:
  NetworkGraph graph_;
  std::vector<FeatureShape> shapes_;
  std::vector<std::vector<float>> packed_weights_;  ///< by node: the GEMM's right-hand side, see float_gemm.hpp
};

}  // namespace tram
