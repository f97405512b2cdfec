#include <gtest/gtest.h>

#include <cstdlib>

#include "models/data/image_folder.hpp"
#include "models/network/float_inference.hpp"
#include "models/network/load_network.hpp"
#include "tests/data/accuracy.hpp"
#include "tests/network/tensor_npy.hpp"

namespace tram {
namespace {

constexpr char network_name[] = "deit_tiny_patch16_224";

/// DeiT-Tiny on ImageNet images, where both are there.
class DeitTiny : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(weights_) || !std::filesystem::exists(data_folder() / "imagenet" / "val500.csv"))
      GTEST_SKIP() << "real data not found in $TRAM_DATA or ~/.cache/tram-data";
    graph_ = load_network(network_name, weights_);
    images_ = std::make_unique<ImageFolder>("val500", data_folder() / "imagenet" / "val500",
                                            data_folder() / "imagenet" / "val500.csv",
                                            read_synsets(data_folder() / "imagenet" / "synsets.txt"),
                                            small_set_preprocessing({}, network_preprocessing(network_name)));
  }

  std::filesystem::path weights_ = data_folder() / "weights" / (std::string(network_name) + ".safetensors");
  NetworkGraph graph_;
  std::unique_ptr<Dataset> images_;
};

TEST_F(DeitTiny, LogitsEqualTheReference) {
  const Tensor reference =
      read_npy(data_folder() / "weights" / (std::string(network_name) + ".logits_val500_first16.npy"));
  ASSERT_EQ(reference.shape, (Shape{16, 1000}));
  const FloatInference inference(graph_);
  float largest = 0;
  for (int i = 0; i < 16; ++i) {
    const std::vector<float> logits = inference.logits(images_->image(i));
    for (size_t c = 0; c < logits.size(); ++c)
      largest = std::max(largest, std::abs(logits[c] - reference.data[static_cast<size_t>(i) * 1000 + c]));
  }
  EXPECT_LT(largest, 1e-3F);
  RecordProperty("largest_error", std::to_string(largest));
}

/// The first 50 images, or with TRAM_ALL_IMAGES set in the environment all 500 (top-1 80.4 %, top-5 94.8 %).
TEST_F(DeitTiny, AccuracyIsThePublishedOne) {
  const bool all = std::getenv("TRAM_ALL_IMAGES") != nullptr;
  const int count = all ? images_->count() : 50;
  const FloatInference inference(graph_);
  Accuracy accuracy;
  for (int i = 0; i < count; ++i)
    accuracy.add(class_rank<float>(inference.logits(images_->image(i)), images_->label(i)));
  RecordProperty("top1", accuracy.top1);
  RecordProperty("top5", accuracy.top5);
  EXPECT_EQ(accuracy, (all ? Accuracy{500, 402, 474} : Accuracy{50, 39, 45}));
}

}  // namespace
}  // namespace tram
