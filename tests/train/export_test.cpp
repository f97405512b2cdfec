#include "train/export/export_training.hpp"

#include "models/network/float_inference.hpp"
#include "models/network/resnet.hpp"
#include "tests/network/naive_inference.hpp"
#include "tests/train/small_training.hpp"
#include "train/network/graph_network.hpp"

namespace tram::train {
namespace {

using ExportTest = TrainingFolder;

/// The exported file, read by the reference inference (plain loops, no oneDNN), gives the trainer's own scores.
TEST_F(ExportTest, ReferenceInferenceOfTheFileEqualsTheTrainers) {
  const Settings settings = small_settings();
  Trainer trainer(settings, fp32_model(settings), small_images(settings), 2);
  TrainState state = trainer.initial_state();
  for (int i = 0; i < 4; ++i) trainer.step(state);
  export_weights(folder_ / "w.safetensors", settings, trainer.parameters(), state, {});

  const NetworkGraph graph = resnet_cifar(SafeTensors(folder_ / "w.safetensors"));
  const Shapes set(Split::test, settings.shard);
  BatchTensor images({settings.shard, 3, 32, 32});
  const ImageStore store(set, 0, settings.shard);
  for (int i = 0; i < settings.shard; ++i) store.load(i, images, i);
  GraphNetwork network(settings.graph(), settings.shard);
  const BatchTensor& logits = network.forward({state.trained, state.running, {}}, images);
  for (int i = 0; i < settings.shard; ++i) {
    const tram::Tensor expected = naive_inference(graph, set.image(i)).back();
    for (int c = 0; c < 10; ++c) EXPECT_NEAR(logits.at(i, c, 0, 0), expected.data[static_cast<size_t>(c)], 1e-4);
  }
}

TEST_F(ExportTest, MetadataSaysWhereTheWeightsComeFrom) {
  const Settings settings = small_settings();
  const Trainer trainer(settings, fp32_model(settings), small_images(settings), 1);
  export_weights(folder_ / "w.safetensors", settings, trainer.parameters(), trainer.initial_state(), {1.5, 3, 4});
  const auto metadata = SafeTensors(folder_ / "w.safetensors").metadata();
  EXPECT_EQ(metadata.at("test_accuracy"), "0.7500");
  EXPECT_EQ(metadata.at("test_images"), "4");
  EXPECT_EQ(metadata.at("seed"), "1");
  EXPECT_EQ(metadata.at("command"), settings.command());
}

/// A transformer's file tells how many heads it has.
TEST_F(TrainingFolder, ATransformerIsLoadedAgain) {
  Settings settings = small_settings();
  settings.network = "vit";
  const Trainer trainer(settings, fp32_model(settings), small_images(settings), 1);
  const TrainState state = trainer.initial_state();
  export_weights(folder_ / "vit.safetensors", settings, trainer.parameters(), state, {});
  const NetworkGraph graph = load_graph(settings, folder_ / "vit.safetensors");
  EXPECT_EQ(fp32_model(settings, graph).trained, state.trained);
}

}  // namespace
}  // namespace tram::train
