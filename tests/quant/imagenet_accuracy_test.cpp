#include <gtest/gtest.h>

#include <cstdio>

#include "models/data/image_folder.hpp"
#include "models/multiplier/array_multiplier.hpp"
#include "models/network/load_network.hpp"
#include "models/quant/compensate.hpp"
#include "models/quant/golden.hpp"
#include "models/quant/quantise.hpp"

namespace tram {
namespace {

constexpr int threads = 2;

/// DeiT-Tiny and the 500 validation images when they are there; calibration on sample1000 alone.
class ImagenetAccuracy : public testing::Test {
 protected:
  void SetUp() override {
    const std::filesystem::path weights = data_folder() / "weights" / "deit_tiny_patch16_224.safetensors";
    if (!std::filesystem::exists(weights) || !std::filesystem::exists(data_folder() / "imagenet" / "val500"))
      GTEST_SKIP() << "real data not found in $TRAM_DATA or ~/.cache/tram-data";
    graph_ = load_network("deit_tiny_patch16_224", SafeTensors(weights));
    training_ = imagenet(data_folder(), Split::train);
    test_ = imagenet(data_folder(), Split::test);
  }

  QuantiseOptions options() const {
    QuantiseOptions options;
    options.images = 64;
    options.threads = threads;
    return options;
  }

  /// Top-1 in percent on the first `images` validation images.
  double top1(const GoldenInference& golden, int images) const {
    const std::vector<int32_t> logits = golden_logits(golden, *test_, 0, images, threads);
    return 100.0 * count_correct(golden.network(), *test_, 0, logits) / images;
  }

  NetworkGraph graph_;
  std::unique_ptr<Dataset> training_, test_;
};

TEST_F(ImagenetAccuracy, DeitTinyInt8WithinOnePointOfFloat) {
  const IntegerNetwork network = quantise(graph_, *training_, options());
  const double accuracy = top1(GoldenInference(network, exact_table()), 500);
  std::printf("DeiT-Tiny int8, exact multiplier, val500: %.1f %% (fp32 80.4 %%)\n", accuracy);
  EXPECT_NEAR(accuracy, 80.4, 1.0);
}

TEST_F(ImagenetAccuracy, SignedCodesKeepTheAccuracy) {
  QuantiseOptions signed_options = options();
  signed_options.signed_codes = true;
  const IntegerNetwork network = quantise(graph_, *training_, signed_options);
  const double accuracy = top1(GoldenInference(network, exact_table(8, 8, true)), 500);
  std::printf("DeiT-Tiny int8 with signed codes, exact multiplier, val500: %.1f %%\n", accuracy);
  EXPECT_NEAR(accuracy, 80.4, 1.6);
}

/// Five truncated columns in the linear layers, nothing retrained.
TEST_F(ImagenetAccuracy, MeanErrorInTheBiasesRescuesTruncatedLinearLayers) {
  const IntegerNetwork plain = quantise(graph_, *training_, options());
  const std::vector<MultiplierRule> rules = {{"linear", "truncated"}};
  const MultiplierAssignment assignment = assign_multipliers("multiplier", plain, rules);
  std::vector<TruthTable> tables;
  for (const std::string& name : assignment.multipliers)
    tables.push_back(name == "exact" ? exact_table() : truth_table(array_multiplier(8, 5)));
  const IntegerNetwork compensated =
      compensate_mean_error(plain, assignment, tables, *training_, {.images = 16, .threads = threads});
  const double before = top1(GoldenInference(plain, assignment, tables), 100);
  const double after = top1(GoldenInference(compensated, assignment, tables), 100);
  std::printf("DeiT-Tiny, linear layers without 5 columns, 100 images: %.1f %% as it is, %.1f %% compensated\n", before,
              after);
  EXPECT_GT(after, before);
  EXPECT_GT(after, 65);
}

}  // namespace
}  // namespace tram
