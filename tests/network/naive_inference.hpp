#pragma once
#include <vector>

#include "models/network/graph.hpp"

namespace tram {

/// The values of all nodes as FloatInference gives them, by plain loops over each definition, summed in double.
std::vector<Tensor> naive_inference(const NetworkGraph& graph, const Tensor& image);

}  // namespace tram
