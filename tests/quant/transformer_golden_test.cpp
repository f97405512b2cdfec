#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

#include "models/network/float_inference.hpp"
#include "models/quant/golden.hpp"
#include "models/quant/quantise.hpp"
#include "models/support/error.hpp"
#include "tests/network/naive_inference.hpp"
#include "tests/quant/naive_golden.hpp"
#include "tests/quant/random_dataset.hpp"
#include "tests/quant/small_graphs.hpp"

namespace tram {
namespace {

using Tables = std::map<std::string, TruthTable>;

TruthTable noisy_table(int bits, bool is_signed, int32_t noise, uint32_t seed) {
  std::mt19937 generator(seed);
  std::uniform_int_distribution<int32_t> errors(-noise, noise);
  TruthTable table = exact_table(bits, bits, is_signed);
  for (int32_t& value : table.values) value += errors(generator);
  return table;
}

class TransformerGolden : public testing::Test {
 protected:
  IntegerNetwork network(const NetworkGraph& graph, int bits, bool is_signed, int wide = 16) const {
    QuantiseOptions options;
    options.bits = bits;
    options.signed_codes = is_signed;
    options.stream_bits = options.score_bits = wide;
    options.images = 10;
    return quantise(graph, data_, options);
  }

  void expect_equal(const GoldenInference& golden, const Tables& tables) const {
    const IntegerNetwork& net = golden.network();
    const NaiveGolden naive(net, tables);
    for (int image = 0; image < 2; ++image) {
      const std::vector<uint8_t> codes = quantise_image(net, data_.image(image));
      const GoldenResult result = golden.run(codes);
      const std::vector<NaiveGolden::Map> expected = naive.run(codes);
      for (size_t t = 0; t + 1 < expected.size(); ++t)
        ASSERT_EQ(NaiveGolden::values_of(net.tensors[t], result.tensors[t]), expected[t]) << t;
      ASSERT_EQ(NaiveGolden::Map(result.logits.begin(), result.logits.end()), expected.back());
    }
  }

  /// Relative error of the integer network's logits.
  double logit_error(const NetworkGraph& graph, const IntegerNetwork& net) const {
    const GoldenInference golden(net, exact_table(net.bits, net.bits, net.signed_codes));
    const FloatInference inference(graph);
    double error = 0, power = 0;
    for (int image = 10; image < 30; ++image) {
      const std::vector<float> real = inference.logits(data_.image(image));
      const std::vector<int32_t> codes = golden.run(quantise_image(net, data_.image(image))).logits;
      for (size_t n = 0; n < real.size(); ++n) {
        error += std::pow(static_cast<float>(codes[n]) * net.last().logit_scale[n] - real[n], 2);
        power += std::pow(real[n], 2);
      }
    }
    return std::sqrt(error / power);
  }

  /// Probabilities of keys after the token are code 0, some of those before it are not.
  void expect_causal(const IntegerNetwork& net, const GoldenResult& result) const {
    for (const IntegerStep& step : net.steps) {
      const auto* softmax = vector_parameters<SoftmaxParameters>(step);
      if (softmax == nullptr) continue;
      const Codes& codes = result.tensors[static_cast<size_t>(step.output)];
      const FeatureShape& shape = net.tensors[static_cast<size_t>(step.output)].shape;
      const int keys = shape.channels, row = keys * shape.width;
      for (int i = 0; i < static_cast<int>(codes.size()); ++i)
        if (i % keys > i / row) {
          ASSERT_EQ(codes[static_cast<size_t>(i)], softmax->zero_out) << layer_name(step) << i;
        }
      EXPECT_GT(*std::max_element(codes.begin(), codes.end()), softmax->zero_out);
    }
  }

  RandomDataset data_{{12, 12, 3}, 40};
};

TEST_F(TransformerGolden, EqualsNaiveForEveryWidthSignedAndUnsigned) {
  for (const NetworkGraph& graph : {small_transformer(1), small_mobile_network(2)})
    for (int bits = 4; bits <= 8; ++bits)
      for (const bool is_signed : {false, true}) {
        const IntegerNetwork net = network(graph, bits, is_signed);
        for (const int32_t noise : {0, 50}) {
          const TruthTable table = noisy_table(bits, is_signed, noise, 3);
          expect_equal(GoldenInference(net, table), {{"", table}});
        }
      }
}

TEST_F(TransformerGolden, NarrowStreamsToo) {
  for (const int wide : {8, 11, 16}) {
    const IntegerNetwork net = network(small_transformer(4), 8, wide == 11, wide);
    const TruthTable table = exact_table(8, 8, wide == 11);
    expect_equal(GoldenInference(net, table), {{"", table}});
  }
}

TEST_F(TransformerGolden, ComesNearTheFloatNetwork) {
  for (const bool is_signed : {false, true}) {
    EXPECT_LT(logit_error(small_transformer(1), network(small_transformer(1), 8, is_signed)), 0.06) << is_signed;
    EXPECT_LT(logit_error(small_mobile_network(2), network(small_mobile_network(2), 8, is_signed)), 0.06) << is_signed;
  }
}

TEST_F(TransformerGolden, WideStreamsKeepAnOutlierChannelFromCostingTheOthers) {
  const double narrow = logit_error(small_transformer(1), network(small_transformer(1), 8, false, 8));
  const double wide = logit_error(small_transformer(1), network(small_transformer(1), 8, false, 16));
  EXPECT_LT(wide, 0.5 * narrow);
}

TEST_F(TransformerGolden, FormatsFollowTheStream) {
  const IntegerNetwork net = network(small_transformer(1), 8, false);
  for (const IntegerStep& step : net.steps) {
    const CodeFormat out = net.tensors[static_cast<size_t>(step.output)].format;
    const std::string& name = layer_name(step);
    const bool stream = layer_kind(step) == "add" || name.ends_with("attn.proj") || layer_kind(step) == "prepend" ||
                        name.ends_with("fc2") || name.ends_with("patch_embed.proj");
    const bool wide = stream || name.ends_with("scores");
    EXPECT_EQ(out.bits, wide ? 16 : 8) << name;
    EXPECT_NE(layer_kind(step), "slice");  // q, k and v are views
  }
}

TEST_F(TransformerGolden, AssignmentOfMultipliers) {
  const IntegerNetwork net = network(small_transformer(1), 8, false);
  const Tables of_name = {
      {"exact", exact_table()}, {"a", noisy_table(8, false, 100, 5)}, {"b", noisy_table(8, false, 90, 6)}};
  const std::vector<std::vector<MultiplierRule>> cases = {
      {},
      {{"linear", "a"}},
      {{"all", "a"}},
      {{"linear", "a"}, {"attention", "b"}},
      {{"all", "a"}, {"blocks.*.mlp.fc1, head", "b"}, {"blocks.0.attn.scores", "exact"}}};
  for (const std::vector<MultiplierRule>& rules : cases) {
    const MultiplierAssignment assignment = assign_multipliers("multiplier", net, rules);
    std::vector<TruthTable> tables;
    for (const std::string& name : assignment.multipliers) tables.push_back(of_name.at(name));
    Tables by_layer;
    for (size_t s = 0; s < net.steps.size(); ++s) {
      const int index = assignment.of_step[s];
      ASSERT_EQ(index >= 0, uses_multiplier(net.steps[s]));
      if (index >= 0) by_layer[layer_name(net.steps[s])] = tables[static_cast<size_t>(index)];
    }
    expect_equal(GoldenInference(net, assignment, tables), by_layer);
  }
}

TEST_F(TransformerGolden, RulesThatSelectNothingAreRefused) {
  const IntegerNetwork net = network(small_resnet(1), 8, false);
  for (const char* layers : {"attention", "blocks.*", "conv1, conv2", ""})
    EXPECT_THROW(assign_multipliers("rules", net, std::vector<MultiplierRule>{{layers, "a"}}), InputError) << layers;
}

TEST_F(TransformerGolden, BatchesAndThreadsDoNotMatter) {
  QuantiseOptions options;
  options.images = 9;
  const IntegerNetwork net = quantise(small_transformer(1), data_, options);
  options.threads = 3;
  const IntegerNetwork same = quantise(small_transformer(1), data_, options);
  const TruthTable table = noisy_table(8, false, 500, 7);
  const GoldenInference golden(net, table), threaded(same, table);
  std::vector<int32_t> one_by_one;
  for (int image = 0; image < 19; ++image) {
    const std::vector<int32_t> logits = golden.run(quantise_image(net, data_.image(image))).logits;
    one_by_one.insert(one_by_one.end(), logits.begin(), logits.end());
  }
  EXPECT_EQ(golden_logits(threaded, data_, 0, 19, 2), one_by_one);
}

TEST_F(TransformerGolden, UnsuitableMultipliersAreRefused) {
  const IntegerNetwork net = network(small_transformer(1), 6, true);
  EXPECT_THROW(GoldenInference(net, exact_table(6, 6, false)), InputError);
  EXPECT_THROW(GoldenInference(net, exact_table(5, 6, true)), InputError);
  EXPECT_NO_THROW(GoldenInference(net, exact_table(8, 8, true)));
  EXPECT_NO_THROW(GoldenInference(net, exact_table(6, 6, true)));
}

/// Masks of any depth give the codes of the same network: none eats the range of the scores, and what is masked has a
/// softmax of exactly 0.
TEST_F(TransformerGolden, MasksTakeNoCodesFromTheScores) {
  const NetworkGraph plain = small_transformer(4);
  for (const int wide : {8, 16}) {
    std::vector<int32_t> first;
    for (const float masked : {-1e4F, -1e9F, -std::numeric_limits<float>::infinity()}) {
      const NetworkGraph graph = with_causal_mask(plain, masked);
      const IntegerNetwork net = network(graph, 8, false, wide);
      EXPECT_LT(logit_error(graph, net), 1.2 * logit_error(plain, network(plain, 8, false, wide)) + 0.01) << masked;
      const GoldenInference golden(net, exact_table(8, 8));
      const GoldenResult result = golden.run(quantise_image(net, data_.image(0)));
      expect_causal(net, result);
      if (first.empty()) first = result.logits;
      EXPECT_EQ(result.logits, first) << masked;
    }
  }
  const IntegerNetwork net = network(with_causal_mask(plain, -1e9F), 6, true);
  const TruthTable table = noisy_table(6, true, 20, 5);
  expect_equal(GoldenInference(net, table), {{"", table}});
}

TEST_F(TransformerGolden, TheNaiveInferenceKnowsMasks) {
  const NetworkGraph graph = with_causal_mask(small_transformer(4), -std::numeric_limits<float>::infinity());
  const std::vector<Tensor> fast = FloatInference(graph).run(data_.image(1));
  const std::vector<Tensor> naive = naive_inference(graph, data_.image(1));
  for (size_t i = 0; i < fast.back().data.size(); ++i)
    EXPECT_NEAR(fast.back().data[i], naive.back().data[i], 1e-4F * std::abs(naive.back().data[i]) + 1e-4F);
}

}  // namespace
}  // namespace tram
