#pragma once
#include <vector>

#include "models/network/graph.hpp"
#include "train/layers/batch_tensor.hpp"

namespace tram::train {

/// Buffers of the gradients of a network's values during a backward pass. A buffer serves another value as soon as the
/// one before is used up, so that memory and cache hold a few maps only.
class GradientBuffers {
 public:
  /// Gradient that a node writes for one of its inputs.
  struct Target {
    int value = 0;        ///< 0: the image, whose gradient nobody wants
    BatchTensor scratch;  ///< when another consumer has written before: what is written here is to be added

    bool accumulates() const { return scratch.storage() != nullptr; }
  };

  GradientBuffers() = default;
  /// shapes: by value of the graph, for a whole batch.
  GradientBuffers(const NetworkGraph& graph, const std::vector<BatchShape>& shapes);

  /// The gradient of a value; that of the last one (the logits) is the caller's.
  BatchTensor& of(int value) { return gradients_[static_cast<size_t>(value)]; }
  std::vector<Target>& targets(size_t node) { return targets_[node]; }

 private:
  std::vector<BatchTensor> gradients_;
  std::vector<std::vector<Target>> targets_;  ///< by node, then input
};

}  // namespace tram::train
