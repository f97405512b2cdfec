#pragma once
#include <algorithm>
#include <cstdint>

#include "sim/mapping/command.hpp"

namespace tram {

/// Address generation of im2col on the fly: the taps that pass the array in a fold as runs of neighbouring bytes of
/// the activation scratchpad. Taps outside of the map (padding) belong to no run.
/// visit(m, row, address, count): array rows row .. row + count - 1 get, for the m-th vector of the fold, the bytes
/// from address on. HWC maps make a whole kernel row one run where the taps are all channels of a pixel; else a pixel
/// is one.
template <typename Visit>
void for_each_run(const FoldCommand& fold, Visit&& visit) {
  const Window& w = fold.window;
  const int32_t run_pixels = w.tap_channels == w.channels ? w.kernel_width : 1;
  const int32_t run_taps = run_pixels * w.tap_channels;
  const int32_t row_bytes = w.in_width * w.channels;
  for (int32_t m = 0; m < fold.positions; ++m) {
    const int32_t out_row = (fold.first_position + m) / w.out_width;
    const int32_t out_column = (fold.first_position + m) % w.out_width;
    for (int32_t tap = fold.first_tap; tap < fold.first_tap + fold.rows;) {
      const int32_t run = tap / run_taps;
      const int32_t pixel = run * run_pixels;
      const int32_t in_row = out_row * w.stride - w.padding + pixel / w.kernel_width;
      const int32_t in_column = out_column * w.column_stride - w.padding + pixel % w.kernel_width;
      const int32_t taps = std::min((run + 1) * run_taps, fold.first_tap + fold.rows) - tap;
      const int32_t begin = in_column * w.channels + w.first_channel + tap % run_taps;
      const int32_t first = std::max(begin, 0);
      const int32_t end = std::min(begin + taps, row_bytes);
      if (in_row >= 0 && in_row < w.in_height && first < end)
        visit(m, tap - fold.first_tap + (first - begin),
              fold.activations + static_cast<uint32_t>((in_row - fold.band_first_row) * row_bytes + first),
              end - first);
      tap += taps;
    }
  }
}

}  // namespace tram
