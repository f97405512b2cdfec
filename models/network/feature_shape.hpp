#pragma once
#include <cstdint>

namespace tram {

/// A feature map: height x width x channels, channels fastest (HWC).
struct FeatureShape {
  int height = 1, width = 1, channels = 1;
  int64_t size() const { return int64_t{height} * width * channels; }
  bool operator==(const FeatureShape&) const = default;
};

}  // namespace tram
