#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "models/network/graph.hpp"

namespace tram::train {

/// Everything that determines the result of a training. The same settings give the same weights bit for bit, whatever
/// the number of threads, on processors for which oneDNN takes the same kernels.
struct Settings {
  std::string data = "shapes";
  int train_images = 40000;
  int validation_images = 2000;
  int test_images = 2000;
  int depth = 8, width = 8;
  int epochs = 20;
  int batch = 128;
  int shard = 32;
  float learning_rate = 0.1F;
  std::string optimiser = "sgd";
  float momentum = 0.9F;
  float weight_decay = 1e-4F;
  std::string schedule = "cosine";
  float warmup = 1;
  float smoothing = 0;
  float average = 0;
  int crop = 0;
  int flip = 1;
  uint64_t seed = 1;

  int steps_per_epoch() const { return train_images / batch; }
  int shards() const { return batch / shard; }
  /// The network to train, all parameters zero: a CIFAR ResNet of this depth and width for the images of the data set.
  NetworkGraph graph() const;
  /// Throws InputError naming the first option that is out of its range.
  void check() const;
  /// The command line that gives these settings, without machine-dependent options.
  std::string command() const;
  bool operator==(const Settings&) const = default;
};

/// Calls visit(option, value, description) for each setting, in the order of --help.
template <typename SomeSettings, typename Visit>
void visit_settings(SomeSettings& s, const Visit& visit) {
  visit("data", s.data, "data set: shapes (drawn by this program) or cifar10");
  visit("train-images", s.train_images, "images trained on: the first ones of the training set");
  visit("validation-images", s.validation_images, "images after those, scored after each epoch; 0: none");
  visit("test-images", s.test_images, "images of the test set, scored once, at the end");
  visit("depth", s.depth, "layers of the ResNet: 6 n + 2");
  visit("width", s.width, "channels of its first stage, a multiple of 8");
  visit("epochs", s.epochs, "passes over the training images");
  visit("batch", s.batch, "images a step; images that do not fill a batch wait for the next epoch's order");
  visit("shard", s.shard, "images that share batch-norm statistics and a thread; divides the batch");
  visit("optimiser", s.optimiser, "sgd (with momentum) or adam (with decoupled weight decay)");
  visit("lr", s.learning_rate, "peak learning rate");
  visit("schedule", s.schedule, "of the learning rate: cosine (to 0), step (a tenth at 1/2 and at 3/4) or constant");
  visit("momentum", s.momentum, "of sgd; the first moment's decay of adam");
  visit("weight-decay", s.weight_decay, "of convolution and linear weights, a step, times the learning rate");
  visit("warmup", s.warmup, "epochs over which the learning rate rises to its peak");
  visit("smoothing", s.smoothing, "label smoothing: share of the target that all classes have alike");
  visit("average", s.average, "decay a step of a moving average of the weights, which is scored and exported; 0: none");
  visit("crop", s.crop, "augmentation: random crop after padding by so many pixels");
  visit("flip", s.flip, "augmentation: 1 mirrors every other image, 0 none");
  visit("seed", s.seed, "of initial weights, order and augmentation");
}

/// The defaults for a data set; InputError when it is unknown.
Settings default_settings(const std::string& data);

/// By option name, e.g. {"lr": 0.1}.
nlohmann::json to_json(const Settings& settings);
/// The reverse; throws nlohmann::json::exception when a key is missing or of the wrong type.
Settings settings_from_json(const nlohmann::json& json);

}  // namespace tram::train
