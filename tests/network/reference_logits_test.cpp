#include <gtest/gtest.h>

#include "models/data/cifar10.hpp"
#include "models/network/float_inference.hpp"
#include "models/network/fold_batch_norm.hpp"
#include "models/network/load_network.hpp"
#include "tests/network/tensor_npy.hpp"

namespace tram {
namespace {

/// fp32 logits of test images 0 .. 99 against those of the publisher's implementation.
class ReferenceLogits : public testing::TestWithParam<const char*> {};

float largest_error(const NetworkGraph& graph, const Dataset& data, const Tensor& reference) {
  const FloatInference inference(graph);
  const auto classes = static_cast<size_t>(reference.shape[1]);
  float largest = 0;
  for (size_t i = 0; i < static_cast<size_t>(reference.shape[0]); ++i) {
    const std::vector<float> logits = inference.logits(data.image(static_cast<int>(i)));
    for (size_t c = 0; c < classes; ++c)
      largest = std::max(largest, std::abs(logits[c] - reference.data[i * classes + c]));
  }
  return largest;
}

TEST_P(ReferenceLogits, EqualWithAndWithoutBatchNorm) {
  const std::filesystem::path weights = data_folder() / "weights" / (std::string(GetParam()) + ".safetensors");
  if (!std::filesystem::exists(weights) || !std::filesystem::exists(data_folder() / "cifar-10-batches-bin"))
    GTEST_SKIP() << "real data not found in $TRAM_DATA or ~/.cache/tram-data";
  const Cifar10 data(data_folder(), Split::test);
  const Tensor reference = read_npy(data_folder() / "weights" / (std::string(GetParam()) + ".logits_test0_99.npy"));
  ASSERT_EQ(reference.shape, (Shape{100, 10}));
  const NetworkGraph graph = load_network(GetParam(), SafeTensors(weights));
  const float error = largest_error(graph, data, reference);
  const float folded_error = largest_error(fold_batch_norm(graph), data, reference);
  EXPECT_LT(error, 1e-3F);
  EXPECT_LT(folded_error, 1e-3F);
  RecordProperty("largest_error", std::to_string(error));
  RecordProperty("largest_error_folded", std::to_string(folded_error));
}

INSTANTIATE_TEST_SUITE_P(Cifar, ReferenceLogits, testing::Values("resnet20_cifar10", "resnet56_cifar10"));

}  // namespace
}  // namespace tram
