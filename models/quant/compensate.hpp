#pragma once
#include "models/data/dataset.hpp"
#include "models/multiplier/truth_table.hpp"
#include "models/quant/integer_network.hpp"

namespace tram {

struct CompensationOptions {
  int images = 32;   ///< the first ones of the training set: where operand statistics come from
  int threads = 1;   ///< the result does not depend on it
};

/// Folds the multiplier's mean error into the biases, where it costs no hardware. For output channel n of each
/// GemmLayer
///   bias[n] -= round( sum_k E_x[ AxM(w[n][k], x) - w[n][k] x ] )
/// with x distributed as the codes that the layer's taps meet on training images, padding included, in the exact
/// network. The same network for the exact multiplier.
IntegerNetwork compensate_mean_error(IntegerNetwork network, const TruthTable& table, const Dataset& training,
                                     const CompensationOptions& options = {});

}  // namespace tram
