#include "train/network/graph_network.hpp"

#include <set>

#include "models/network/float_inference.hpp"
#include "models/network/resnet.hpp"
#include "models/support/error.hpp"
#include "tests/network/naive_inference.hpp"
#include "tests/train/gradients.hpp"
#include "tests/train/small_graphs.hpp"
#include "train/layers/loss.hpp"
#include "train/network/graph_values.hpp"
#include "train/onednn/single_thread.hpp"

namespace tram::train {
namespace {

/// A small network in training, with a loss.
class GraphNetworkTest : public testing::TestWithParam<const char*> {
 protected:
  GraphNetworkTest() { onednn::use_single_thread(); }
  double loss() { return loss_forward(network_.forward({trained_, {}, statistics_}, images_), {labels_}).loss; }
  std::vector<float> gradient() {
    const BatchTensor& logits = network_.forward({trained_, {}, statistics_}, images_);
    BatchTensor dlogits(logits.shape());
    loss_backward(logits, {labels_}, 1, dlogits);
    std::vector<float> result(trained_.size());
    network_.backward({trained_, statistics_, result}, dlogits);
    return result;
  }

  NetworkGraph graph_ = small_graph(GetParam());
  GraphNetwork network_{graph_, 6};
  std::vector<float> trained_ = initial_values(network_.parameters().trained, 7);
  std::vector<float> running_ = initial_values(network_.parameters().running, 7);
  std::vector<float> statistics_ = running_;
  BatchTensor images_ = random_tensor(network_.input_shape(), 1);
  std::vector<int> labels_ = {0, 1, 2, 3, 4, 5};
};

/// The derivative along random directions, one array of parameters at a time, so that each is seen on its own.
TEST_P(GraphNetworkTest, GradientOfEachArrayEqualsFiniteDifferences) {
  const std::vector<float> analytic = gradient(), start = trained_;
  for (const Parameter& p : network_.parameters().trained.entries()) {
    std::vector<float> direction(static_cast<size_t>(p.size));
    fill_random(direction, static_cast<uint64_t>(p.offset) + 11);
    const auto moved = [&](float step) {
      for (size_t i = 0; i < direction.size(); ++i) {
        const size_t at = static_cast<size_t>(p.offset) + i;
        trained_[at] = start[at] + step * direction[i];
      }
      return loss();
    };
    const float step = 1e-3F;  // small, for the kinks of ReLU
    const double numeric = (moved(step) - moved(-step)) / (2.0 * step);
    moved(0);
    const std::span<const float> part(analytic.data() + p.offset, direction.size());
    const double scale = std::sqrt(dot(part, part) * dot(direction, direction));
    EXPECT_NEAR(numeric, dot(part, direction), 0.03 * scale + 1e-3) << p.name;
  }
}

/// In inference the trainer computes what models/network defines, from the same weights.
TEST_P(GraphNetworkTest, InferenceEqualsTheReference) {
  NetworkGraph graph = graph_;
  store_values(network_.parameters(), trained_, running_, graph);
  const BatchTensor& logits = network_.forward({trained_, running_, {}}, images_);
  const int64_t size = graph.input.size();
  for (int n = 0; n < 6; ++n) {
    const float* image = images_.data() + n * size;
    const Tensor input{{graph.input.height, graph.input.width, graph.input.channels}, {image, image + size}};
    const std::vector<float> expected = naive_inference(graph, input).back().data;
    for (size_t c = 0; c < expected.size(); ++c)
      EXPECT_NEAR(logits.values()[static_cast<size_t>(n) * expected.size() + c], expected[c], 1e-4);
  }
}

TEST_P(GraphNetworkTest, ValuesOfAGraphAreTakenBackUnchanged) {
  NetworkGraph graph = graph_;
  store_values(network_.parameters(), trained_, running_, graph);
  EXPECT_EQ(trained_values(network_.parameters(), graph), trained_);
  EXPECT_EQ(running_values(network_.parameters(), graph), running_);
}

INSTANTIATE_TEST_SUITE_P(Small, GraphNetworkTest, testing::Values("resnet", "vit"));

TEST(ResNet, NamesAreThoseOfPublishedResNets) {
  const GraphNetwork network(small_graph("resnet"), 1);
  std::set<std::string> names;
  for (const auto* list : {&network.parameters().trained, &network.parameters().running})
    for (const Parameter& p : list->entries()) names.insert(p.name);
  EXPECT_EQ(names.size(), 7U * 5 + 2);  // seven convolutions with a batch norm of four arrays, linear
  for (const char* name : {"conv1.weight", "bn1.running_var", "layer1.0.conv1.weight", "layer2.0.bn2.bias",
                           "layer3.0.bn1.running_mean", "linear.weight", "linear.bias"})
    EXPECT_TRUE(names.contains(name)) << name;
}

TEST(InitialValues, HaveTheVarianceOfHe) {
  const GraphNetwork network(small_graph("resnet"), 1);
  const std::vector<float> values = initial_values(network.parameters().trained, 7);
  for (const Parameter& p : network.parameters().trained.entries()) {
    if (p.kind != Parameter::Kind::weight || p.size < 1000) continue;
    const std::span<const float> part(values.data() + p.offset, static_cast<size_t>(p.size));
    const double expected = 2.0 / static_cast<double>(p.size / p.shape[0]);
    EXPECT_NEAR(dot(part, part) / static_cast<double>(p.size), expected, 0.08 * expected) << p.name;
  }
}

TEST(GraphNetwork, ANodeThatNothingReadsIsRefusedByName) {
  NetworkGraph graph = small_graph("resnet");
  graph.add("after", ReluOp{}, {1});
  try {
    GraphNetwork network(graph, 1);
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("linear: no other node reads"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace tram::train
