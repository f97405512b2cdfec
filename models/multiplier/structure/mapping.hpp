#pragma once
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "models/multiplier/structure/structure.hpp"

namespace tram {

/// Y_ref(theta) = a b - sum over c of theta_c 2^c S_c for every pair of unsigned operands, [(a << b_bits) | b], with
/// S_c = sum over i of a[i] b[c - i] (method, eq. 1). theta.size() columns from the lowest, at most a_bits + b_bits -
/// 1; the rest are 0. Throws InputError for theta outside 0..1 or too many of them.
std::vector<double> reference_product(std::span<const double> theta, int a_bits = 8, int b_bits = 8);

struct PublishedMappingOptions {
  int a_bits = 8, b_bits = 8;                       ///< 2 to 8, unsigned
  Accumulation accumulation = Accumulation::array;  ///< the published method has the array
};

struct PublishedMapping {
  MultiplierStructure structure;  ///< tree `full`
  double mean_squared_error = 0;  ///< to Y_ref(theta), uniform operands
  int tried = 0, accepted = 0;    ///< adder outputs tried as constant 0, and kept so
};

/// Phase 2 of the method as published ("TRAM", DAC 2026): pp(0,0) = 0; where theta_c = 1 all sums and carries of the
/// adders of column c become 0; in the other columns, from the lowest, first each sum, then each carry is tried as
/// constant 0, in order of construction, and kept if the mean squared error to Y_ref(theta) over all operand pairs
/// strictly falls (by more than 1e-12 of it, so that rounding decides nothing). The carry of a column is the one its
/// adders put out, towards column c + 1.
PublishedMapping map_published(std::span<const double> theta, const PublishedMappingOptions& options = {});

/// The published unit costs of components (TRAM, DAC 2026, eq. 4).
struct PublishedCosts {
  static constexpr double and_gate = 1.000, half_adder = 1.822, full_adder = 4.470;
};

/// The sum of these. For the gates that constants leave behind: every other two-input AND/OR-like gate 1, XOR and XNOR
/// .822 (a half adder without its AND), inverter .5.
double published_cost(const Netlist& netlist);

enum class BiasCompensation : uint8_t {
  none,     ///< the error counts as it is
  outside,  ///< a constant added elsewhere (a layer's bias) takes the mean error away: the variance counts
  in_tree   ///< the structure gets a compensation: an integer with few ones that takes most of the mean error away
            ///< (the rest is at most a tenth of the standard deviation, or .5), if no product leaves its range by it
};
std::span<const NamedValue<BiasCompensation>> names_of(BiasCompensation);

struct WeightedMappingOptions {
  int a_bits = 8, b_bits = 8;  ///< 2 to 8
  bool is_signed = false;
  Accumulation accumulation = Accumulation::dadda;
  std::vector<double> weights;    ///< [(a << b_bits) | b], >= 0, sum > 0 (an OperandHistogram's); empty: uniform
  std::vector<double> reference;  ///< target of each pair, same layout; empty: the exact product
  BiasCompensation compensation = BiasCompensation::in_tree;
  /// Weighted mean squared error (variance, when compensated outside) that may not be passed.
  double error_budget = std::numeric_limits<double>::infinity();
  double cost_budget = 0;  ///< stop at or below this published_cost(); 0: the error budget alone stops
};

struct WeightedMapping {
  MultiplierStructure structure;  ///< tree `remaining`
  double mean_squared_error = 0;  ///< weighted, of the structure with its compensation
  double mean_error = 0;          ///< weighted, likewise: what `outside` still has to add, negated
  double cost = 0;
  int steps = 0;  ///< changes accepted
};

/// Greedy mapping from the exact tree: first partial products (to 0, to 1, pairs to their OR), the tree formed anew
/// over what remains, then sums and carries (to 0, to 1) of the tree reached. Each step takes the change with the least
/// increase of the weighted squared error a unit of cost saved, until a budget is reached or nothing saves. Constants
/// that would let a product leave its range are not taken. Throws InputError for options out of range.
WeightedMapping map_weighted(const WeightedMappingOptions& options);

}  // namespace tram
