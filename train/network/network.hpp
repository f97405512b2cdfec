#pragma once
#include <functional>
#include <string>

#include "train/layers/batch_tensor.hpp"
#include "train/layers/parameters.hpp"

namespace tram::train {

/// A network for batches of one size: its layers' work space, not their values. The values come with each pass, so
/// that several threads, each with a network of its own, compute with the same ones.
class Network {
 public:
  virtual ~Network() = default;
  virtual const NetworkParameters& parameters() const = 0;
  virtual const BatchShape& input_shape() const = 0;
  /// Shape of the logits.
  virtual BatchShape output_shape() const = 0;

  /// images [N][H][W][3] -> logits [N][1][1][classes]; images must live until backward.
  virtual const BatchTensor& forward(const ForwardPass& pass, const BatchTensor& images) = 0;
  /// dlogits [N][1][1][classes] -> the gradient of every trained array, in the pass.
  virtual void backward(const BackwardPass& pass, const BatchTensor& dlogits) = 0;

  /// Calls visit(layer, output) for each layer, in execution order, after forward().
  using Visitor = std::function<void(const std::string& layer, const BatchTensor& output)>;
  virtual void visit_outputs(const Visitor& visit) const = 0;
};

}  // namespace tram::train
