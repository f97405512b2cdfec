#pragma once
#include <vector>

#include "models/network/graph.hpp"

namespace tram {

/// The values of all nodes as FloatInference gives them, by plain loops over each definition, summed in double.
std::vector<Tensor> naive_inference(const NetworkGraph& graph, const Tensor& image);

/// Total multiply-accumulate operations of convolutions, linear layers and the two products of attention.
int64_t mac_count(const NetworkGraph& graph);

}  // namespace tram
