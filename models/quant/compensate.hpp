#pragma once
#include <span>

#include "models/data/dataset.hpp"
#include "models/multiplier/truth_table.hpp"
#include "models/quant/integer_network.hpp"
#include "models/quant/multiplier_assignment.hpp"

namespace tram {

struct CompensationOptions {
  int images = 32;  ///< the first ones of the training set: where operand statistics come from
  int threads = 1;  ///< the result does not depend on it
};

/// Takes the mean error of each layer's multiplier out of its biases, where that costs no hardware.
/// For output channel n of a GemmLayer (convolution or linear layer)
///   bias[n] -= round( sum_k E_x[ AxM(w[n][k], x) - w[n][k] x ] )
/// with x distributed as the codes that the layer's taps meet on training images, padding included, in the exact
/// network; for a MatmulLayer, one bias for all: bias -= round( K E_b E_a[ AxM(b, a) - b a ] ), b and a distributed as
/// its operands' codes. The same network for exact multipliers.
/// tables: those of assignment.multipliers, in that order.
IntegerNetwork compensate_mean_error(IntegerNetwork network, const MultiplierAssignment& assignment,
                                     std::span<const TruthTable> tables, const Dataset& training,
                                     const CompensationOptions& options = {});

/// Compensation with one multiplier for all layers.
IntegerNetwork compensate_mean_error(IntegerNetwork network, const TruthTable& table, const Dataset& training,
                                     const CompensationOptions& options = {});

}  // namespace tram
