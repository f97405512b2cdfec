#pragma once
#include <cstdint>
#include <span>
#include <string>

#include "models/gemm/table_gemm.hpp"

namespace tram::train {

/// Receiver of the products of a backward pass, for statistics of operands.
class OperandSink {
 public:
  virtual ~OperandSink() = default;
  /// A block of the products of a layer: weights [n][k], taps [m][k] (positions in the order in which they are streamed),
  /// dproducts [m][n], the derivative of the loss by the sum of products.
  virtual void add(const std::string& layer, GemmShape shape, std::span<const uint8_t> weights,
                   std::span<const uint8_t> taps, std::span<const float> dproducts) = 0;
};

}  // namespace tram::train
