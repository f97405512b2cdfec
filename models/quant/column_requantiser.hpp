#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "models/quant/integer_network.hpp"

namespace tram {

/// Accumulators and their codes for the columns (output channels) of a GEMM, a row at a time: accumulator(),
/// requantise() and saturate() of requantise.hpp on every element, with each quantity in an array of its own.
struct ColumnRequantiser {
  std::vector<int32_t> constant = {}, weight_zero = {};  ///< [columns]
  std::vector<int32_t> multiplier = {}, shift = {};      ///< [columns]
  int32_t output_zero = 0, clamp_low = 0, clamp_high = 255;

  void add(int32_t column_constant, int32_t column_weight_zero, Requantiser requantiser);

  /// Accumulators of one row, from its products [columns] and sum_x of its activations.
  void accumulators(std::span<const int32_t> products, int32_t sum_x, std::span<int32_t> sums) const;
  void codes(std::span<const int32_t> products, int32_t sum_x, std::span<int32_t> codes) const;
};

}  // namespace tram
