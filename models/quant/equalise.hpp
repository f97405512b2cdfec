#pragma once
#include "models/data/dataset.hpp"
#include "models/network/graph.hpp"
#include "models/quant/quantise.hpp"

namespace tram {

/// Equivalent network with the channels of layer norms' outputs brought to like ranges, so that one quantiser serves
/// them all: where only linear layers read a layer norm (through the selection of a token, maybe), channel c becomes
/// (y_c - middle_c) / width_c in gamma and beta, and the linear layers take width_c into their weights and middle_c
/// into their biases. middle and width are those of the channel's range on the calibration images, width relative to
/// the widest channel's and at least 1/256. Costs nothing in hardware. (The scale part as in Li et al., RepQ-ViT, ICCV
/// 2023, section 3.2.)
NetworkGraph equalise_norms(NetworkGraph graph, const Dataset& training, const QuantiseOptions& options);

}  // namespace tram
