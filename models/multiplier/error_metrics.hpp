#pragma once
#include <cstdint>
#include <optional>

#include "models/multiplier/operand_histogram.hpp"
#include "models/multiplier/product_codes.hpp"
#include "models/multiplier/truth_table.hpp"

namespace tram {

/// Half the width of the 95 % confidence intervals of the means over a random sample of pairs.
struct SampleIntervals {
  size_t pairs = 0;
  uint64_t seed = 0;
  double error_rate = 0, mean_error = 0, mean_error_distance = 0, mean_relative_error = 0, mean_squared_error = 0;
};

/// Error of a multiplier against the exact product, e = AxM(a, b) - a b. A mean weighs the operand pairs alike, or by
/// a histogram; pairs that do not occur count nowhere.
struct ErrorMetrics {
  double error_rate = 0;            ///< ER: share of pairs with e != 0
  double mean_error = 0;            ///< bias: mean of e
  double mean_error_distance = 0;   ///< MED: mean of |e|
  double normalised_med = 0;        ///< NMED: MED / (2^(a_bits + b_bits) - 1), as EvoApproxLib has it;
                                    ///< others divide by 2^(a_bits + b_bits), or by the largest product
  double mean_relative_error = 0;   ///< MRED: mean of |e| / |a b| over the pairs with a b != 0; 0 when there are none
  double worst_relative_error = 0;  ///< WCRE: largest |e| / |a b| over the same pairs, as EvoApproxLib has it
  double mean_squared_error = 0;    ///< MSE: mean of e^2
  double variance = 0;              ///< of e, population: MSE - bias^2
  double standard_deviation = 0;    ///< its square root
  int64_t max_error = 0;            ///< largest |e|
  uint32_t worst_a = 0;             ///< the first pair (lowest raw code a, then b) with the largest |e|
  uint32_t worst_b = 0;
  std::optional<SampleIntervals> sample;  ///< of a sample; max_error and worst_relative_error are then lower bounds
};

/// Error metrics over all operand pairs with equal weight. The table has 2^(a_bits + b_bits) values.
ErrorMetrics error_metrics(const TruthTable& table);

/// Error metrics of product codes, read as two's complement or not; those of a sample have its intervals.
ErrorMetrics error_metrics(const ProductCodes& products, bool is_signed);

/// Error metrics under a histogram. Throws InputError when its widths are not the table's.
ErrorMetrics error_metrics(const TruthTable& table, const OperandHistogram& histogram);

}  // namespace tram
