#include "models/quant/golden.hpp"

#include <gtest/gtest.h>

#include <random>

#include "models/quant/quantise.hpp"
#include "models/support/error.hpp"
#include "tests/network/test_networks.hpp"
#include "tests/quant/naive_golden.hpp"
#include "tests/quant/random_dataset.hpp"

namespace tram {
namespace {

/// Products off by a random amount, as of an approximate multiplier.
TruthTable noisy_table(int bits, int32_t noise, uint32_t seed) {
  std::mt19937 generator(seed);
  std::uniform_int_distribution<int32_t> errors(-noise, noise);
  TruthTable table = exact_table(bits, bits);
  for (int32_t& value : table.values) value += errors(generator);
  return table;
}

class Golden : public testing::Test {
 protected:
  IntegerNetwork network(int bits) const {
    QuantiseOptions options;
    options.bits = bits;
    options.images = 10;
    return quantise(small_resnet(7), data_, options);
  }

  /// Every tensor and every logit of golden equals the naive inference, on a few images.
  void expect_equal(const GoldenInference& golden, const std::map<std::string, TruthTable>& tables) const {
    const IntegerNetwork& net = golden.network();
    const NaiveGolden naive(net, tables);
    for (int image = 0; image < 3; ++image) {
      const std::vector<uint8_t> codes = quantise_image(net, data_.image(image));
      const GoldenResult result = golden.run(codes);
      const std::vector<NaiveGolden::Map> expected = naive.run(codes);
      ASSERT_EQ(result.tensors.size(), expected.size());
      for (size_t t = 0; t + 1 < expected.size(); ++t)
        ASSERT_EQ(NaiveGolden::values_of(net.tensors[t], result.tensors[t]), expected[t]) << t;
      ASSERT_EQ(NaiveGolden::Map(result.logits.begin(), result.logits.end()), expected.back());
    }
  }

  RandomDataset data_{{12, 12, 3}, 40};
};

TEST_F(Golden, EqualsNaiveWithAnExactMultiplierOfEachWidth) {
  for (int bits = 4; bits <= 8; ++bits) {
    const IntegerNetwork net = network(bits);
    const TruthTable table = exact_table(bits, bits);
    expect_equal(GoldenInference(net, table), {{"", table}});
  }
}

TEST_F(Golden, EqualsNaiveWithAnApproximateMultiplier) {
  const IntegerNetwork net = network(8);
  for (const int32_t noise : {1, 300, 20'000}) {
    const TruthTable table = noisy_table(8, noise, 1);
    expect_equal(GoldenInference(net, table), {{"", table}});
  }
}

TEST_F(Golden, WiderMultiplierThanCodes) {
  const IntegerNetwork net = network(5);
  const TruthTable table = noisy_table(8, 40, 2);
  expect_equal(GoldenInference(net, table), {{"", table}});
}

TEST_F(Golden, OneMultiplierALayer) {
  const IntegerNetwork net = network(8);
  std::vector<TruthTable> tables;
  std::vector<MultiplierRule> rules;
  std::map<std::string, TruthTable> by_name;
  for (const IntegerStep& step : net.steps)
    if (uses_multiplier(step)) {
      const auto seed = static_cast<uint32_t>(tables.size());
      tables.push_back(noisy_table(8, 100, seed));
      by_name[layer_name(step)] = tables.back();
      rules.push_back({layer_name(step), std::to_string(seed)});
    }
  ASSERT_EQ(tables.size(), 8U);  // ResNet-8: seven convolutions and a linear layer
  const MultiplierAssignment assignment = assign_multipliers("rules", net, rules);
  expect_equal(GoldenInference(net, assignment, tables), by_name);
  tables.pop_back();
  EXPECT_THROW(GoldenInference(net, assignment, tables), InputError);
}

/// The classifier is called linear, which as the first rule means all layers.
TEST_F(Golden, ALayerIsMeantBeforeAWordInAllRulesButTheFirst) {
  const IntegerNetwork net = network(8);
  const auto multiplier_of = [&](const std::vector<MultiplierRule>& rules, const std::string& layer) {
    const MultiplierAssignment assignment = assign_multipliers("rules", net, rules);
    for (size_t i = 0; i < net.steps.size(); ++i)
      if (layer_name(net.steps[i]) == layer) return assignment.multipliers[static_cast<size_t>(assignment.of_step[i])];
    return std::string("no such layer");
  };
  EXPECT_EQ(multiplier_of({{"linear", "x"}}, "conv1"), "x");
  EXPECT_EQ(multiplier_of({{"conv1", "x"}, {"linear", "y"}}, "conv1"), "x");
  EXPECT_EQ(multiplier_of({{"conv1", "x"}, {"linear", "y"}}, "linear"), "y");
  EXPECT_EQ(multiplier_of({{"conv1", "x"}, {"all", "y"}}, "conv1"), "y");
}

TEST_F(Golden, BatchesAndThreadsDoNotMatter) {
  const IntegerNetwork net = network(8);
  const GoldenInference golden(net, noisy_table(8, 500, 3));
  std::vector<int32_t> one_by_one;
  for (int image = 2; image < 40; ++image) {
    const std::vector<int32_t> logits = golden.run(quantise_image(net, data_.image(image))).logits;
    one_by_one.insert(one_by_one.end(), logits.begin(), logits.end());
  }
  EXPECT_EQ(golden_logits(golden, data_, 2, 38, 1), one_by_one);
  EXPECT_EQ(golden_logits(golden, data_, 2, 38, 3), one_by_one);
  EXPECT_TRUE(golden_logits(golden, data_, 0, 0).empty());
  EXPECT_THROW(golden_logits(golden, data_, 3, 38), InputError);
}

TEST_F(Golden, BiasMayFoldTheMeanErrorOfAMultiplier) {
  // A multiplier that is low by a constant, and biases that add K times the constant: the exact results.
  IntegerNetwork net = network(8);
  const std::vector<uint8_t> image = quantise_image(net, data_.image(1));
  const std::vector<int32_t> exact = GoldenInference(net, exact_table()).run(image).logits;
  TruthTable low = exact_table();
  for (int32_t& value : low.values) value -= 80;
  EXPECT_NE(GoldenInference(net, low).run(image).logits, exact);
  for (IntegerStep& step : net.steps)
    if (auto* layer = std::get_if<GemmLayer>(&step.layer))
      for (int32_t& bias : layer->bias) bias += static_cast<int32_t>(80 * layer->k());
  EXPECT_EQ(GoldenInference(net, low).run(image).logits, exact);
}

TEST_F(Golden, UnsuitableMultipliersAreRefused) {
  const IntegerNetwork net = network(8);
  EXPECT_THROW(GoldenInference(net, exact_table(7, 8)), InputError);
  EXPECT_THROW(GoldenInference(net, exact_table(8, 8, true)), InputError);
  TruthTable huge = exact_table();
  huge.values[5] = 1 << 30;
  EXPECT_THROW(GoldenInference(net, huge), InputError);
}

TEST_F(Golden, WrongNumberOfCodesIsRefused) {
  const IntegerNetwork net = network(8);
  const GoldenInference golden(net, exact_table());
  EXPECT_THROW(golden.run(std::vector<uint8_t>(431)), InputError);
  EXPECT_THROW(golden.run(std::vector<uint8_t>(864)), InputError);
  EXPECT_THROW(golden.logits(std::vector<uint8_t>()), InputError);
}

TEST(Top1, ComparesRealLogitsAndTakesTheFirstOfEquals) {
  IntegerNetwork net;
  GemmLayer last;
  last.logit_scale = {1.0F, 0.5F, 0.25F};
  net.steps.push_back({last, {0}, 1});
  EXPECT_EQ(top1(net, std::vector<int32_t>{3, 5, 11}), 0);     // 3, 2.5, 2.75
  EXPECT_EQ(top1(net, std::vector<int32_t>{-4, -7, -20}), 1);  // -4, -3.5, -5
  EXPECT_EQ(top1(net, std::vector<int32_t>{1, 2, 4}), 0);      // equal
}

}  // namespace
}  // namespace tram
