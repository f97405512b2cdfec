#include "sim/mapping/tiling.hpp"

#include <algorithm>

#include "models/support/error.hpp"

namespace tram {
namespace {

/// A figure of a layer's window, which commands hold in 16 bits.
int16_t window_figure(const GemmLayer& layer, int figure) {
  if (figure > INT16_MAX)
    throw InputError("network", fmt::format("layer '{}' has a kernel, stride or padding of {}; at most {} is expected",
                                            layer.name, figure, INT16_MAX));
  return static_cast<int16_t>(figure);
}

}  // namespace

std::vector<Range> split(int64_t total, int64_t size) {
  std::vector<Range> pieces;
  for (int64_t first = 0; first < total; first += size)
    pieces.push_back({static_cast<int32_t>(first), static_cast<int32_t>(std::min(size, total - first))});
  return pieces;
}

std::vector<Range> split_evenly(int64_t total, int64_t size) {
  const int64_t pieces = (total + size - 1) / size;
  return split(total, (total + pieces - 1) / pieces);
}

Geometry geometry_of(const GemmLayer& layer) {
  Geometry g;
  if (layer.kernel_height == 1 && layer.kernel_width == 1 && layer.stride == 1 && layer.column_stride == 1 &&
      layer.padding == 0) {
    g.window.in_height = g.out_height = static_cast<int32_t>(layer.m());
    g.window.channels = layer.in.channels;
    g.window.tap_channels = layer.in.channels / layer.groups;
    return g;
  }
  g.window = {.in_height = layer.in.height,
              .in_width = layer.in.width,
              .channels = layer.in.channels,
              .tap_channels = layer.in.channels / layer.groups,
              .out_width = layer.out.width,
              .kernel_width = window_figure(layer, layer.kernel_width),
              .padding = window_figure(layer, layer.padding),
              .stride = window_figure(layer, layer.stride),
              .column_stride = window_figure(layer, layer.column_stride)};
  g.kernel_height = layer.kernel_height;
  g.out_height = layer.out.height;
  return g;
}

GemmProblem problem_of(const GemmLayer& layer) {
  return {.layer = layer.name, .geometry = geometry_of(layer), .k = layer.k(), .n = layer.n(), .groups = layer.groups};
}

GemmProblem problem_of(const MatmulLayer& layer) {
  GemmProblem problem{.layer = layer.name, .geometry = {}, .k = layer.k(), .n = layer.n()};
  problem.geometry.window.in_height = problem.geometry.out_height = layer.rows;
  problem.geometry.window.channels = problem.geometry.window.tap_channels = layer.parameters.inner;
  return problem;
}

Range input_rows(const Geometry& geometry, const Range& positions) {
  const Window& w = geometry.window;
  const int32_t first_out = positions.first / w.out_width, last_out = (positions.end() - 1) / w.out_width;
  const int32_t first = std::max(0, first_out * w.stride - w.padding);
  const int32_t end = std::min(w.in_height, last_out * w.stride - w.padding + geometry.kernel_height);
  return {std::min(first, w.in_height), std::max(0, end - first)};
}

std::vector<uint8_t> weights_in_tile_order(const GemmLayer& layer, const GemmTiling& tiling) {
  std::vector<uint8_t> bytes;
  bytes.reserve(layer.weights.size());
  for (const Range& n : tiling.n_tiles)
    for (int64_t k = 0; k < layer.k(); ++k)
      for (int32_t column = n.first; column < n.end(); ++column)
        bytes.push_back(layer.weights[static_cast<size_t>(column * layer.k() + k)]);
  return bytes;
}

}  // namespace tram
