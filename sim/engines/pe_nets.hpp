#pragma once
#include <cstdint>
#include <vector>

#include "models/multiplier/truth_table.hpp"
#include "rtl/pe_design.hpp"

namespace tram {

/// The nets of a mapped PE by what moves them. A net that several move is in the last group that applies.
struct PeNets {
  std::vector<NetId> activation;  ///< by the activation alone: its register
  std::vector<NetId> weight;      ///< by weight and load alone: its register and multiplexer
  std::vector<NetId> sum;         ///< by product, partial sum, flag or swap: their registers, the adder
  std::vector<NetId> multiplier;  ///< driven by the multiplier's cells
  std::vector<NetId> leaving;     ///< of those, the ones that other cells read
  /// By net of `leaving`: the bit of the product that it is (equal for all operands).
  std::vector<int> product_bit;
  /// Nets that activation, flag or swap reach through gates alone as they enter: they move though the PE is not clocked.
  std::vector<NetId> entering_activation, entering_flag, entering_swap;
  std::vector<uint32_t> activation_flops, weight_flops, sum_flops;  ///< cells, by the same rule
};

/// Throws std::logic_error when a net that leaves the multiplier is no bit of its product.
PeNets pe_nets(const PeDesign& design, const TruthTable& table);

}  // namespace tram
