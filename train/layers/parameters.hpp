#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tram::train {

class OperandSink;

/// One named array within a flat vector.
struct Parameter {
  enum class Kind { weight, gamma, beta, bias, embedding, range, table, structure, running_mean, running_variance };
  std::string name;            ///< as in the exported file, e.g. "layer1.0.conv1.weight"
  std::vector<int64_t> shape;  ///< as in the exported file: OIHW, [out][in] or [channels]
  Kind kind = Kind::weight;
  int64_t offset = 0, size = 0;
};

/// The arrays of a flat vector, in the order in which the layers were made.
class ParameterList {
 public:
  /// Appends an array and returns its offset.
  int64_t add(std::string name, std::vector<int64_t> shape, Parameter::Kind kind);
  int64_t size() const { return size_; }
  const std::vector<Parameter>& entries() const { return entries_; }

 private:
  std::vector<Parameter> entries_;
  int64_t size_ = 0;
};

/// All arrays of a network: what the optimiser changes, the running statistics of batch norm, and the multipliers'
/// tables.
struct NetworkParameters {
  ParameterList trained, running, tables;
};

/// Parameters and statistics of a forward pass. In training batch norm takes the statistics of the batch and writes
/// them to batch_statistics (arranged as the running ones); with no room for them it uses the running ones (inference).
struct ForwardPass {
  std::span<const float> trained;
  std::span<const float> running;
  std::span<float> batch_statistics;
  std::span<const float> tables = {};  ///< values of the approximate multipliers
  bool training() const { return !batch_statistics.empty(); }
};

/// Parameters and gradients of a backward pass, which overwrites the gradient of every trained array. The gradient of
/// the tables is added to table_gradient; with no room for it, it is not computed.
struct BackwardPass {
  std::span<const float> trained;
  std::span<const float> batch_statistics;
  std::span<float> gradient;
  std::span<float> table_gradient = {};
  OperandSink* operands = nullptr;  ///< told of the operands of every quantised product; none: null
};

/// The initial values of a network, a function of seed alone: weights uniform in +-sqrt(6 / fan in), which has the
/// variance 2 / fan in of He et al. (ICCV 2015, eq. 10); embeddings uniform in +-.02 sqrt(3), the deviation .02 of
/// ViTs; biases, beta, running means, ranges and tables 0; gamma and variances 1.
std::vector<float> initial_values(const ParameterList& list, uint64_t seed);

}  // namespace tram::train
