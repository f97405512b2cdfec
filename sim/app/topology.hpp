#pragma once
#include <filesystem>
#include <memory>

#include "models/data/dataset.hpp"
#include "models/quant/integer_network.hpp"

namespace tram {

/// A network of shapes alone, for engine: timing, from a topology file of SCALE-Sim (github.com/scalesim-project),
/// comma-separated with a header line, a layer a line:
///   Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides
///   Layer, M, N, K
/// The first form are convolutions on maps that hold their padding already, with ceil((in - filter + stride) / stride)
/// outputs a side, as SCALE-Sim computes it; the second matrix products of M x K by K x N. Weights are 0, layers do not
/// feed each other. Throws InputError with file and line for anything else, sizes outside 1 .. 2^20, a filter larger
/// than its map, and layers of more than 2^31 - 1 weights, inputs or outputs.
IntegerNetwork read_topology(const std::filesystem::path& file);

/// Whether a scenario's network is such a file: by its ending, .csv.
bool is_topology(const std::string& network);

/// Images of zeros, of the network's input.
std::unique_ptr<Dataset> zero_images(const IntegerNetwork& network, int count);

}  // namespace tram
