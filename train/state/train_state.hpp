#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "train/layers/parameters.hpp"
#include "train/optim/optimiser.hpp"

namespace tram::train {

/// Loss and accuracy over a number of images.
struct Score {
  double loss_sum = 0;
  int64_t correct = 0, images = 0;

  double loss() const { return images == 0 ? 0 : loss_sum / static_cast<double>(images); }
  double accuracy() const { return images == 0 ? 0 : static_cast<double>(correct) / static_cast<double>(images); }
  Score& operator+=(const Score& other) {
    loss_sum += other.loss_sum;
    correct += other.correct;
    images += other.images;
    return *this;
  }
  bool operator==(const Score&) const = default;
};

/// One finished epoch, a row of log.csv.
struct EpochRecord {
  int epoch = 0;
  float learning_rate = 0;  ///< of its last step
  Score train, validation;  ///< train: running, while the weights changed
  double power = 1;         ///< of the multipliers by the structure's model, relative to exact ones
  double images_per_second = 0;
};

/// All that changes during a training: with the settings it determines how it goes on. Random numbers are functions
/// of the seed and of the position, so the position is the whole random state.
struct TrainState {
  int epoch = 0;      ///< epochs finished
  int step = 0;       ///< steps done of the epoch under way
  Score epoch_score;  ///< of these steps
  std::vector<float> trained, running;
  Optimiser::Slots slots;      ///< of the optimiser
  std::vector<float> average;  ///< of the trained values, over the steps; empty: not kept
  std::vector<EpochRecord> history;
};

/// Which arrays a TrainState has.
struct StateLayout {
  NetworkParameters parameters;
  std::vector<std::string> slots;  ///< of the optimiser
  bool average = false;
};

}  // namespace tram::train
