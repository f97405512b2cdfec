#pragma once
#include "models/network/onnx/onnx_model.hpp"

namespace tram {

/// Replaces chains of elementary operators by one node each, named as the chain's last node, and drops nodes whose
/// values no output needs:
/// - LayerNormalization (inputs x, gamma, beta; attributes axis, epsilon) for
///   ReduceMean, Sub, Pow 2 or Mul by itself, ReduceMean, Add, Sqrt, Div [, Mul gamma [, Add beta]];
/// - Gelu (input x) for x / 2 (1 + erf(x / sqrt 2)) in any order of its products;
/// - HardSigmoid (input x; attributes alpha 1/6, beta 1/2) for Clip(x + 3, 0, 6) / 6, and HardSwish when multiplied by
///   x.
void fuse_patterns(OnnxModel& model);

}  // namespace tram
