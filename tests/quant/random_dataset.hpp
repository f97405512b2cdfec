#pragma once
#include <random>

#include "models/data/dataset.hpp"

namespace tram {

/// Reproducible noise as a data set.
class RandomDataset : public Dataset {
 public:
  RandomDataset(FeatureShape shape, int count) : shape_(shape), count_(count) {}
  std::string name() const override { return "random"; }
  int count() const override { return count_; }
  FeatureShape shape() const override { return shape_; }
  std::vector<uint8_t> pixels(int index) const override {
    std::mt19937 generator(static_cast<uint32_t>(index));
    std::vector<uint8_t> pixels(static_cast<size_t>(shape_.size()));
    for (uint8_t& pixel : pixels) pixel = static_cast<uint8_t>(generator());
    return pixels;
  }
  int label(int index) const override { return index % 5; }
  const std::vector<std::string>& class_names() const override { return names_; }

 private:
  FeatureShape shape_;
  int count_;
  std::vector<std::string> names_ = {"a", "b", "c", "d", "e"};
};

}  // namespace tram
