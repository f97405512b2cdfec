#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "models/quant/integer_network.hpp"
#include "sim/mapping/command.hpp"

namespace tram {

/// first .. first + count - 1
struct Range {
  int32_t first = 0, count = 0;
  int32_t end() const { return first + count; }
  bool operator==(const Range&) const = default;
};

/// total in pieces of `size`, the last one what is left.
std::vector<Range> split(int64_t total, int64_t size);

/// total in as few pieces of at most `size` as possible, of nearly equal length.
std::vector<Range> split_evenly(int64_t total, int64_t size);

/// A layer as a window on its input map. A layer whose taps are the pixel itself (1 x 1 kernel, stride 1, no padding)
/// is a matrix of height x width rows, which may be cut anywhere: its window is (height width) x 1 pixels.
struct Geometry {
  Window window;
  int32_t kernel_height = 1, out_height = 1;

  /// Of these output rows.
  Range positions(const Range& out_rows) const {
    return {out_rows.first * window.out_width, out_rows.count * window.out_width};
  }
};
/// InputError for a kernel, stride or padding above 32,767.
Geometry geometry_of(const GemmLayer& layer);

/// Input rows [first, end) that output positions need, cut at the map's border.
Range input_rows(const Geometry& geometry, const Range& positions);

/// What has to be tiled: a GemmLayer, or one head of a MatmulLayer.
struct GemmProblem {
  std::string layer;  ///< its name, for messages
  Geometry geometry;
  int64_t k = 0, n = 0;  ///< taps of an output channel, output channels
  int32_t groups = 1;    ///< each has n / groups of the output channels, and input channels of its own
  bool input_on_chip = false, stationary_on_chip = false;  ///< in a scratchpad already

  /// Of a row of the input map, and of the whole map.
  int64_t row_bytes() const { return int64_t{geometry.window.in_width} * geometry.window.channels; }
  int64_t input_bytes() const { return geometry.window.in_height * row_bytes(); }
};
GemmProblem problem_of(const GemmLayer& layer);
GemmProblem problem_of(const MatmulLayer& layer);

/// How a GEMM is cut: columns of channels, blocks of output positions, rows of taps.
struct GemmTiling {
  std::vector<Range> n_tiles;     ///< output channels, each tile within a group
  std::vector<Range> blocks;      ///< output positions, row by row
  std::vector<Range> k_tiles;     ///< taps
  bool weights_resident = false;  ///< all taps of an n-tile stay in a half of the weight scratchpad
  bool input_resident = false;    ///< the whole input map stays in the activation scratchpad
  bool blocks_outer = false;      ///< each block passes all n tiles while its band of input rows stays
};

/// Offset in B of tile (n, k) in a layer's weights as they lie in DRAM: [n tile][k tile][rows][columns], packed.
inline int64_t weight_tile_offset(int64_t taps, const Range& n, const Range& k) {
  return taps * n.first + int64_t{k.first} * n.count;
}

/// The weights in that order.
std::vector<uint8_t> weights_in_tile_order(const GemmLayer& layer, const GemmTiling& tiling);

}  // namespace tram
