#pragma once
#include <span>
#include <string>
#include <vector>

#include "models/quant/quantise.hpp"

namespace tram {

/// Weights of a GEMM as codes.
struct QuantisedWeights {
  std::vector<uint8_t> codes;   ///< [N][K], raw
  std::vector<Affine> affines;  ///< [N]
};

/// The quantiser of weights that share one, with codes of options.operands().weights bits: of least mean squared error with CalibrationMethod::mse (fitted_bits), else
/// over their whole range.
Affine fitted_affine(std::span<const float> weights, const QuantiseOptions& options);

/// weights [N][K]; one quantiser for each of N channels, or one for all. Unsigned codes are asymmetric, signed ones
/// symmetric (zero 0, codes -2^(bits - 1) + 1 .. 2^(bits - 1) - 1).
/// given [N]: quantisers to use in place of fitted ones; empty: none.
/// min_scale [N]: no channel's scale is below it, given or fitted. InputError(where, ...) for weights that are not
/// finite and for another number of quantisers.
QuantisedWeights quantise_weights(const std::string& where, std::span<const float> weights,
                                  std::span<const Affine> given, std::span<const double> min_scale,
                                  const QuantiseOptions& options);

}  // namespace tram
