#pragma once
#include <memory>
#include <vector>

#include "models/quant/integer_network.hpp"
#include "sim/engines/engine.hpp"

namespace tram {

/// Wraps an engine whose PEs are wider than a layer's two's complement codes: these enter the array with their sign in the
/// bits above. (Unsigned codes have 0 there as they are.) of_layer: the codes' bits by Fold::layer; array: those of the
/// PEs.
std::unique_ptr<Engine> make_sign_extension(Engine& engine, std::vector<OperandBits> of_layer, OperandBits array);

}  // namespace tram
