#include <gtest/gtest.h>

#include <cstdio>
#include <map>

#include "models/data/cifar10.hpp"
#include "models/multiplier/array_multiplier.hpp"
#include "models/network/load_network.hpp"
#include "models/quant/compensate.hpp"
#include "models/quant/golden.hpp"
#include "models/quant/quantise.hpp"

namespace tram {
namespace {

constexpr CalibrationMethod every_method[] = {CalibrationMethod::min_max, CalibrationMethod::percentile,
                                              CalibrationMethod::mse};

constexpr int threads = 2;

/// ResNet-20 and CIFAR-10 when they are there.
class Cifar10Accuracy : public testing::Test {
 protected:
  void SetUp() override {
    weights_ = data_folder() / "weights" / "resnet20_cifar10.safetensors";
    if (!std::filesystem::exists(weights_) || !std::filesystem::exists(data_folder() / "cifar-10-batches-bin"))
      GTEST_SKIP() << "real data not found in $TRAM_DATA or ~/.cache/tram-data";
    graph_ = load_network("resnet20_cifar10", SafeTensors(weights_));
    training_ = std::make_unique<Cifar10>(data_folder(), Split::train);
    test_ = std::make_unique<Cifar10>(data_folder(), Split::test);
  }

  /// Top-1 in percent on the first `images` test images.
  double accuracy(const QuantiseOptions& options, const TruthTable& table, int images) const {
    const IntegerNetwork network = quantise(graph_, *training_, options);
    const GoldenInference golden(network, table);
    const std::vector<int32_t> logits = golden_logits(golden, *test_, 0, images, threads);
    return 100.0 * count_correct(network, *test_, 0, logits) / images;
  }

  std::filesystem::path weights_;
  NetworkGraph graph_;
  std::unique_ptr<Dataset> training_, test_;
};

TEST_F(Cifar10Accuracy, Int8WithinHalfAPointOfFloatOnAllTestImages) {
  QuantiseOptions options;
  options.threads = threads;
  const double top1 = accuracy(options, exact_table(), 10'000);
  std::printf("int8, exact multiplier, on 10,000 test images: %.2f %%\n", top1);
  EXPECT_NEAR(top1, 91.73, 0.5);
}

/// Six truncated columns, nothing retrained: with their mean error in the biases most of the accuracy comes back.
TEST_F(Cifar10Accuracy, MeanErrorInTheBiasesRescuesTruncationOnAllTestImages) {
  QuantiseOptions options;
  options.threads = threads;
  const TruthTable trunc6 = truth_table(array_multiplier(8, 6));
  const IntegerNetwork plain = quantise(graph_, *training_, options);
  const IntegerNetwork compensated = compensate_mean_error(plain, trunc6, *training_, {.threads = threads});
  const auto top1 = [&](const IntegerNetwork& network) {
    const std::vector<int32_t> logits = golden_logits(GoldenInference(network, trunc6), *test_, 0, 10'000, threads);
    return count_correct(network, *test_, 0, logits) / 100.0;
  };
  const double before = top1(plain), after = top1(compensated);
  std::printf("trunc6 on 10,000 test images: %.2f %% as it is, %.2f %% compensated\n", before, after);
  EXPECT_LT(before, 40);
  EXPECT_GT(after, 88);
}

TEST_F(Cifar10Accuracy, EveryMethodAndGranularityKeepsAccuracyAtEightBits) {
  for (const CalibrationMethod method : every_method)
    for (const WeightGranularity weights : {WeightGranularity::per_channel, WeightGranularity::per_tensor}) {
      QuantiseOptions options;
      options.calibrate = method;
      options.weights = weights;
      options.images = 64;
      options.threads = threads;
      EXPECT_GT(accuracy(options, exact_table(), 1'000), 90.0) << static_cast<int>(method) << static_cast<int>(weights);
    }
}

TEST_F(Cifar10Accuracy, FewerBitsLoseWhatTheyShould) {
  const std::map<int, double> least = {{7, 90}, {6, 89}, {5, 88}, {4, 80}};  // fp32: 91.7; no retraining
  for (const auto& [bits, expected] : least) {
    QuantiseOptions options;
    options.bits = bits;
    options.images = 64;
    options.threads = threads;
    EXPECT_GT(accuracy(options, exact_table(bits, bits), 1'000), expected) << bits;
  }
}

}  // namespace
}  // namespace tram
