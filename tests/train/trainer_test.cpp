#include "train/session/trainer.hpp"

#include <set>

#include "models/support/error.hpp"
#include "tests/train/small_training.hpp"
#include "train/network/graph_network.hpp"

namespace tram::train {
namespace {

std::vector<double> first_losses(const Settings& settings, int threads, int steps, TrainState& state) {
  Trainer trainer(settings, fp32_model(settings), small_images(settings), threads);
  state = trainer.initial_state();
  std::vector<double> losses;
  for (int i = 0; i < steps; ++i) losses.push_back(trainer.step(state).loss());
  return losses;
}

/// The first losses, as PyTorch 1.13 computes them from the same initial weights and images, shard by shard.
TEST(Trainer, FirstLossesArePinned) {
  TrainState state;
  const std::vector<double> losses = first_losses(small_settings(), 2, 4, state);
  const std::vector<double> pinned = {2.2447317, 2.8748506, 2.7829399, 2.5498669};
  for (size_t i = 0; i < pinned.size(); ++i) EXPECT_NEAR(losses[i], pinned[i], 1e-4) << "step " << i;
}

TEST(Trainer, ThreadCountDoesNotChangeABit) {
  TrainState one, two, three;
  const std::vector<double> losses = first_losses(small_settings(), 1, 4, one);
  EXPECT_EQ(first_losses(small_settings(), 2, 4, two), losses);
  EXPECT_EQ(first_losses(small_settings(), 3, 4, three), losses);
  expect_same_bits(one, two);
  expect_same_bits(one, three);
}

TEST(Trainer, SeedChangesTheCourse) {
  Settings other = small_settings();
  other.seed = 2;
  TrainState state;
  EXPECT_NE(first_losses(small_settings(), 2, 1, state), first_losses(other, 2, 1, state));
}

TEST(Trainer, LearnsAFewImagesByHeart) {
  Settings settings = small_settings();
  settings.train_images = 32;
  settings.epochs = 150;
  settings.crop = 0;
  settings.flip = false;
  Trainer trainer(settings, fp32_model(settings), small_images(settings), 2);
  TrainState state = trainer.initial_state();
  const double first = trainer.step(state).loss();
  Score last;
  for (state.epoch = 1; state.epoch < settings.epochs; ++state.epoch) {
    state.step = 0;
    last = trainer.step(state);
  }
  EXPECT_GT(first, 2);
  EXPECT_LT(last.loss(), 0.1);
  EXPECT_EQ(last.accuracy(), 1);
}

/// The statistics of each shard by a network of its own: running := .9 start + .1 mean over the shards.
TEST(Trainer, RunningStatisticsTakeTheMeanOverShards) {
  const Settings settings = small_settings();
  const ImageStore images = small_images(settings);
  Trainer trainer(settings, fp32_model(settings), images, 2);
  TrainState state = trainer.initial_state();
  const std::vector<float> start = state.running, weights = state.trained;
  trainer.step(state);

  const std::vector<int> order = epoch_order(images.count(), settings.seed, 0);
  GraphNetwork network(settings.graph(), settings.shard);
  BatchTensor batch(network.input_shape());
  std::vector<float> statistics(start.size());
  std::vector<double> mean(start.size());
  for (int shard = 0; shard < settings.shards(); ++shard) {
    for (int row = 0; row < settings.shard; ++row) {
      const int place = shard * settings.shard + row;
      const auto use = static_cast<uint64_t>(place);
      images.load(order[use], {settings.crop, settings.flip}, settings.seed, use, batch, row);
    }
    network.forward({weights, {}, statistics}, batch);
    for (size_t i = 0; i < mean.size(); ++i) mean[i] += statistics[i] / static_cast<float>(settings.shards());
  }
  for (size_t i = 0; i < mean.size(); ++i) EXPECT_NEAR(state.running[i], 0.9 * start[i] + 0.1 * mean[i], 1e-5);
}

TEST(Trainer, ScoreCountsEveryImageOnceWhateverTheShards) {
  const Settings settings = small_settings();
  Trainer trainer(settings, fp32_model(settings), small_images(settings), 2);
  const TrainState state = trainer.initial_state();
  const Shapes set(Split::test, 21);
  const Score all = trainer.evaluate(state, ImageStore(set, 0, 21));
  Score parts = trainer.evaluate(state, ImageStore(set, 0, 5));
  parts += trainer.evaluate(state, ImageStore(set, 5, 16));
  EXPECT_EQ(all.images, 21);
  EXPECT_EQ(all.correct, parts.correct);
  EXPECT_NEAR(all.loss_sum, parts.loss_sum, 1e-5);
}

TEST(Trainer, InfiniteWeightsAreReportedByLayerAndLeaveTheStateAlone) {
  const Settings settings = small_settings();
  Trainer trainer(settings, fp32_model(settings), small_images(settings), 2);
  TrainState state = trainer.initial_state();
  for (const Parameter& p : trainer.parameters().trained.entries())
    if (p.name == "layer2.0.conv2.weight") state.trained[static_cast<size_t>(p.offset)] = INFINITY;
  const TrainState before = state;
  try {
    trainer.step(state);
    FAIL() << "no error";
  } catch (const RunError& error) {
    EXPECT_NE(std::string(error.what()).find("layer2.0.conv2"), std::string::npos) << error.what();
  }
  expect_same_bits(state, before);
}

TEST(EpochOrder, IsAPermutationThatDependsOnSeedAndEpoch) {
  const std::vector<int> order = epoch_order(100, 1, 0);
  EXPECT_EQ(std::set<int>(order.begin(), order.end()).size(), 100U);
  EXPECT_EQ(order, epoch_order(100, 1, 0));
  EXPECT_NE(order, epoch_order(100, 1, 1));
  EXPECT_NE(order, epoch_order(100, 2, 0));
}

TEST(ImageStore, UnchangedImagesEqualTheDataSets) {
  const Shapes set(Split::train, 6);
  const ImageStore store(set, 4, 2);
  BatchTensor batch({1, 3, 32, 32});
  store.load(1, batch, 0);
  const tram::Tensor image = set.image(5);
  for (int y = 0; y < 32; ++y)
    for (int x = 0; x < 32; ++x)
      for (int c = 0; c < 3; ++c)
        ASSERT_EQ(batch.at(0, c, y, x), image.data[static_cast<size_t>((y * 32 + x) * 3 + c)]);
  EXPECT_EQ(store.labels(), (std::vector<int>{4, 5}));
  EXPECT_THROW(ImageStore(set, 4, 3), InputError);
}

/// Every augmented image is a shifted, perhaps mirrored copy with black where the shift came from outside.
TEST(ImageStore, AugmentationShiftsAndMirrors) {
  const Shapes set(Split::train, 1);
  const ImageStore store(set, 0, 1);
  BatchTensor plain({1, 3, 32, 32}), changed({1, 3, 32, 32});
  store.load(0, plain, 0);
  const float black = (0.0F - 0.5F) / 0.25F;
  std::set<std::tuple<int, int, int>> found;
  for (uint64_t use = 0; use < 40; ++use) {
    store.load(0, {2, true}, 1, use, changed, 0);
    for (int down = -2; down <= 2; ++down)
      for (int right = -2; right <= 2; ++right)
        for (int mirror = 0; mirror < 2; ++mirror) {
          bool same = true;
          for (int y = 0; y < 32 && same; ++y)
            for (int x = 0; x < 32 && same; ++x) {
              const int row = y + down, column = (mirror != 0 ? 31 - x : x) + right;
              const bool inside = row >= 0 && row < 32 && column >= 0 && column < 32;
              same = changed.at(0, 1, y, x) == (inside ? plain.at(0, 1, row, column) : black);
            }
          if (same) found.insert({down, right, mirror});
        }
  }
  EXPECT_GT(found.size(), 15U);  // of 50 possible ones, 40 drawn
}

}  // namespace
}  // namespace tram::train
