#pragma once
#include <cstdint>

#include "models/data/dataset.hpp"

namespace tram {

/// "shapes": 32x32 RGB images drawn by a program, ten classes: disc, ring, square, triangle, cross, star, and
/// patches of horizontal, vertical and diagonal stripes and of a checker board. Place, size, rotation, colours,
/// background gradient, clutter, occluding bars and noise vary at random; classes alternate (label = index mod 10).
/// An image is a function of (seed, split, index), computed in integers only: the same bytes on every machine.
/// The two splits use different counters of one counter-based generator, so no image of one is drawn from random
/// numbers of the other, whatever their sizes.
class Shapes : public Dataset {
 public:
  static constexpr uint64_t default_seed = 1;

  /// Normalised by a half and a quarter, so that pixels lie in [-2, 2]. InputError when count is not positive.
  Shapes(Split split, int count, uint64_t seed = default_seed);

  std::string name() const override { return "shapes"; }
  int count() const override { return count_; }
  FeatureShape shape() const override { return {32, 32, 3}; }
  std::vector<uint8_t> pixels(int index) const override;
  int label(int index) const override { return index % 10; }
  const std::vector<std::string>& class_names() const override;

 private:
  Split split_;
  int count_;
  uint64_t seed_;
};

}  // namespace tram
