#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "sim/results/result.hpp"

namespace tram {

/// One image through a machine, and its power trace.
struct ImageRun {
  ImageResult result;
  std::vector<PowerWindow> power;
};

/// As bytes, for another process of the same program on the same machine.
std::vector<uint8_t> pack(const ImageRun& run);

/// The inverse. Throws RunError when the bytes are not those of an ImageRun.
ImageRun unpack(std::span<const uint8_t> bytes);

}  // namespace tram
