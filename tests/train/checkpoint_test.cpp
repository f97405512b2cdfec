#include "train/checkpoint/checkpoint.hpp"

#include <fstream>
#include <nlohmann/json.hpp>

#include "models/network/safetensors.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/content_hash.hpp"
#include "models/support/error.hpp"
#include "tests/support/message_of.hpp"
#include "tests/train/small_training.hpp"

namespace tram::train {
namespace {

class CheckpointsTest : public TrainingFolder {
 protected:
  TrainState load() {
    return checkpoints_.load(settings_, [this](const std::string& message) { warnings_.push_back(message); });
  }
  std::string refusal() {
    return message_of<InputError>([this] { load(); });
  }
  /// Two checkpoints, after one and two steps.
  void save_two() {
    for (int i = 0; i < 2; ++i) {
      trainer_.step(state_);
      checkpoints_.save(settings_, state_);
    }
  }
  std::filesystem::path newest() { return Checkpoints::list(folder_).at(0); }

  Settings settings_ = small_settings();
  Trainer trainer_{settings_, fp32_model(settings_), small_images(settings_), 2};
  TrainState state_ = trainer_.initial_state();
  Checkpoints checkpoints_{folder_, trainer_.layout()};
  std::vector<std::string> warnings_;
};

TEST_F(CheckpointsTest, GivesBackEveryBit) {
  save_two();
  state_.history.push_back({.epoch = 1,
                            .learning_rate = 0.1F,
                            .train = {.loss_sum = 1.0 / 3, .correct = 2, .images = 3},
                            .validation = {.loss_sum = 0.1, .correct = 5, .images = 6},
                            .power = 0.625,
                            .images_per_second = 7.5});
  checkpoints_.save(settings_, state_);
  const TrainState loaded = load();
  expect_same_bits(loaded, state_);
  ASSERT_EQ(loaded.history.size(), 1U);
  EXPECT_EQ(loaded.history[0].epoch, 1);
  EXPECT_EQ(loaded.history[0].learning_rate, 0.1F);
  EXPECT_EQ(loaded.history[0].train, state_.history[0].train);
  EXPECT_EQ(loaded.history[0].validation, state_.history[0].validation);
  EXPECT_EQ(loaded.history[0].power, 0.625);
  EXPECT_EQ(loaded.history[0].images_per_second, 7.5);
  EXPECT_TRUE(warnings_.empty());
}

TEST_F(CheckpointsTest, GoingOnEqualsNoInterruption) {
  save_two();
  TrainState resumed = load();
  Trainer other(settings_, fp32_model(settings_), small_images(settings_), 1);
  for (int i = 0; i < 2; ++i) {
    trainer_.step(state_);
    other.step(resumed);
  }
  expect_same_bits(resumed, state_);
}

TEST_F(CheckpointsTest, KeepsTheNewestTwo) {
  save_two();
  trainer_.step(state_);
  checkpoints_.save(settings_, state_);
  EXPECT_EQ(Checkpoints::list(folder_).size(), 2U);
  EXPECT_EQ(load().step, 3);
}

/// Every kind of damage: the checkpoint is named and the one before it is used.
TEST_F(CheckpointsTest, DamageIsSeenAndTheOneBeforeUsed) {
  save_two();
  const std::string whole = read_file(newest());
  std::vector<std::string> damaged = {"",
                                      whole.substr(0, 4),
                                      whole.substr(0, 1000),
                                      whole.substr(0, whole.size() - 1),
                                      whole + "x",
                                      std::string(whole.size(), '\0')};
  for (const size_t place : {size_t{3}, size_t{40}, size_t{300}, whole.size() / 2, whole.size() - 2}) {
    damaged.push_back(whole);
    damaged.back()[place] = static_cast<char>(damaged.back()[place] ^ 4);
  }
  for (const std::string& content : damaged) {
    std::ofstream(newest(), std::ios::binary | std::ios::trunc) << content;
    warnings_.clear();
    EXPECT_EQ(load().step, 1);
    ASSERT_EQ(warnings_.size(), 1U);
    EXPECT_NE(warnings_[0].find(newest().string()), std::string::npos);
  }
}

TEST_F(CheckpointsTest, NoneLeftIsAnError) {
  EXPECT_THROW(load(), InputError);
  std::ofstream(folder_ / "checkpoint_000001_000000.safetensors") << "garbage";
  EXPECT_THROW(load(), InputError);
}

TEST_F(CheckpointsTest, OtherSettingsAreRefusedByName) {
  save_two();
  settings_.learning_rate = 0.05F;
  EXPECT_TRUE(refusal().starts_with("--lr: ")) << refusal();
}

/// Rewrites a checkpoint as a version without the option wrote it.
void forget(const std::filesystem::path& path, const std::string& option) {
  const SafeTensors file(path);
  NamedTensors arrays;
  for (const std::string& name : file.names()) arrays.emplace_back(name, file.read(name));
  nlohmann::json state = nlohmann::json::parse(file.metadata().at("state"));
  ASSERT_EQ(state["settings"].erase(option), 1U);
  std::string hashed = state.dump();
  for (const auto& [name, tensor] : arrays)
    hashed += name + std::string(reinterpret_cast<const char*>(tensor.data.data()), tensor.data.size() * sizeof(float));
  write_safetensors(path, arrays, {{"state", state.dump()}, {"hash", content_hash(hashed)}});
}

TEST_F(CheckpointsTest, OfAVersionWithoutAnOptionAreAsWithItsDefault) {
  save_two();
  forget(newest(), "smoothing");
  EXPECT_EQ(load().step, 2);
  EXPECT_TRUE(warnings_.empty());
  settings_.smoothing = 1;
  EXPECT_TRUE(refusal().starts_with("--smoothing: 1.0; 0.0 is expected")) << refusal();
}

}  // namespace
}  // namespace tram::train
