#include "train/models/resnet.hpp"

#include <set>

#include "models/support/error.hpp"
#include "tests/train/gradients.hpp"
#include "train/layers/cross_entropy.hpp"

namespace tram::train {
namespace {

/// A small ResNet-8 in training, with a loss.
class ResNetTest : public testing::Test {
 protected:
  double loss() {
    return cross_entropy_forward(network_.forward({trained_, {}, statistics_}, images_), labels_).loss;
  }
  std::vector<float> gradient() {
    const BatchTensor& logits = network_.forward({trained_, {}, statistics_}, images_);
    BatchTensor dlogits(logits.shape());
    cross_entropy_backward(logits, labels_, 1, dlogits);
    std::vector<float> result(trained_.size());
    network_.backward({trained_, statistics_, result}, dlogits);
    return result;
  }

  ResNet network_{{.depth = 8, .width = 8, .image_height = 12, .image_width = 12}, 6};
  std::vector<float> trained_ = initial_values(network_.parameters().trained, 7);
  std::vector<float> statistics_ = initial_values(network_.parameters().running, 7);
  BatchTensor images_ = random_tensor({6, 3, 12, 12}, 1);
  std::vector<int> labels_ = {0, 1, 2, 3, 4, 5};
};

/// The derivative along random directions, one array of parameters at a time, so that each is seen on its own.
TEST_F(ResNetTest, GradientOfEachArrayEqualsFiniteDifferences) {
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

TEST_F(ResNetTest, NamesAreThoseOfPublishedResNets) {
  std::set<std::string> names;
  for (const auto* list : {&network_.parameters().trained, &network_.parameters().running})
    for (const Parameter& p : list->entries()) names.insert(p.name);
  EXPECT_EQ(names.size(), 7U * 5 + 2);  // seven convolutions with a batch norm of four arrays, linear
  for (const char* name : {"conv1.weight", "bn1.running_var", "layer1.0.conv1.weight", "layer2.0.bn2.bias",
                           "layer3.0.bn1.running_mean", "linear.weight", "linear.bias"})
    EXPECT_TRUE(names.contains(name)) << name;
}

TEST_F(ResNetTest, InitialWeightsHaveTheVarianceOfHe) {
  for (const Parameter& p : network_.parameters().trained.entries()) {
    if (p.kind != Parameter::Kind::weight || p.size < 1000) continue;
    const std::span<const float> part(trained_.data() + p.offset, static_cast<size_t>(p.size));
    const double expected = 2.0 / static_cast<double>(p.size / p.shape[0]);
    EXPECT_NEAR(dot(part, part) / static_cast<double>(p.size), expected, 0.08 * expected) << p.name;
  }
}

TEST(ResNetShape, ImpossibleShapesAreRefused) {
  EXPECT_THROW((ResNetShape{.depth = 9}.check()), InputError);
  EXPECT_THROW((ResNetShape{.depth = 2}.check()), InputError);
  EXPECT_THROW((ResNetShape{.width = 12}.check()), InputError);
  EXPECT_NO_THROW((ResNetShape{.depth = 110, .width = 24}.check()));
}

}  // namespace
}  // namespace tram::train
