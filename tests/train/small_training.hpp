#pragma once
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "models/data/synthetic.hpp"
#include "train/session/trainer.hpp"
#include "train/stages/networks.hpp"

namespace tram::train {

/// A training of a second or less: ResNet-8 of width 8 on 128 drawn images.
inline Settings small_settings() {
  Settings settings;
  settings.train_images = 128;
  settings.validation_images = 40;
  settings.test_images = 40;
  settings.epochs = 3;
  settings.batch = 32;
  settings.shard = 8;
  settings.crop = 2;
  settings.flip = true;
  return settings;
}

inline ImageStore small_images(const Settings& settings) {
  return ImageStore(Shapes(Split::train, settings.train_images), 0, settings.train_images);
}

inline void expect_same_bits(const TrainState& a, const TrainState& b) {
  EXPECT_EQ(a.epoch, b.epoch);
  EXPECT_EQ(a.step, b.step);
  EXPECT_EQ(a.epoch_score, b.epoch_score);
  EXPECT_EQ(a.trained, b.trained);
  EXPECT_EQ(a.running, b.running);
  EXPECT_EQ(a.slots, b.slots);
}

/// A folder of its own for each test, gone afterwards.
class TrainingFolder : public testing::Test {
 protected:
  TrainingFolder() { std::filesystem::create_directories(folder_); }
  ~TrainingFolder() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("tram_train_test." + std::to_string(getpid()));
};

}  // namespace tram::train
