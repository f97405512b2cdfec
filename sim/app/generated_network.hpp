#pragma once
#include "models/network/graph.hpp"

namespace tram {

/// Name of the network below, as scenarios give it.
inline constexpr char generated_transformer_name[] = "vit_generated";

/// A small vision transformer for 32 x 32 images in ten classes (patches of 4 x 4, 65 tokens of 32 channels, 2 blocks
/// of 2 heads, MLP of 64) whose weights nobody trained: uniform random numbers of a fixed seed, of the variance
/// 1 / inputs in linear layers. It exercises the machine; its classes mean nothing.
NetworkGraph generated_transformer();

}  // namespace tram
