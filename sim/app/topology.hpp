#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "models/data/dataset.hpp"
#include "models/quant/integer_network.hpp"

namespace tram {

/// A network of shapes alone, for engine: timing. Its last layer is one like the others: there are no logits.
struct Topology {
  IntegerNetwork network;
  std::string note;  ///< one line: what of the file is not modelled, or read by a rule of its own; else empty
};

/// Reads a topology file of SCALE-Sim (github.com/scalesim-project), comma-separated, a layer a line:
///   Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides
///   Layer, M, N, K
/// The first form are convolutions on maps that hold their padding already, with ceil((in - filter + stride) / stride)
/// outputs a side, as SCALE-Sim computes it; the second matrix products of M x K by K x N. Weights are 0 and not kept,
/// layers do not feed each other.
/// - The header may be missing; a first line of 8 or 4 fields that holds numbers is a layer. A byte order mark, CR before
///   the end of a line, empty lines, and what stands behind a field's first # are passed over.
/// - Columns behind those, which a line may leave out: Stride Width is the stride along a row (Strides or Stride Height
///   then being the other), Batch Size must be 1, Sparsity is not modelled and others are passed over (see note).
/// - A convolution with DP in its name is depthwise, by SCALE-Sim's rule: each channel is a layer of one channel with
///   all filters of the line.
/// Throws InputError with file and line for anything else, sizes outside 1 .. 2^20, a filter larger than its map,
/// layers of more than 2^31 - 1 weights, inputs or outputs, more than 65,535 layers, and layers of more than 4 GiB
/// together.
Topology read_topology(const std::filesystem::path& file);

/// Whether a scenario's network is such a file: by its ending, .csv.
bool is_topology(const std::string& network);

/// Images of zeros of this shape.
std::unique_ptr<Dataset> zero_images(const FeatureShape& shape, int count);

}  // namespace tram
