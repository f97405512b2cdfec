#include <gtest/gtest.h>

#include "models/data/synthetic.hpp"
#include "tests/train/quantised_graphs.hpp"
#include "tests/train/small_training.hpp"

namespace tram::train {
namespace {

struct CountedTaps : OperandSink {
  void add(const std::string&, GemmShape, std::span<const uint8_t>, std::span<const uint8_t> operands,
           std::span<const float>) override {
    taps.insert(taps.end(), operands.begin(), operands.end());
  }
  std::vector<uint8_t> taps;
};

TEST(VisitOperands, EndsWithTheEpoch) {
  Settings settings = small_settings();
  settings.calibrate = 16;
  const QuantisedStart start =
      quantised_start(settings, trained_resnet8(), Shapes(Split::train, settings.calibrate), 1);
  Trainer trainer(settings, quantised_model(settings, start, {.bits = 8}), small_images(settings), 1);
  const auto taps = [&](int shards) {
    CountedTaps visited;
    trainer.visit_operands(trainer.initial_state(), shards, visited);
    return visited.taps;
  };
  const std::vector<uint8_t> one = taps(1), all = taps(16);
  EXPECT_EQ(all.size(), 16 * one.size());  // 128 images in shards of 8
  EXPECT_EQ(taps(1000), all);
}

}  // namespace
}  // namespace tram::train
