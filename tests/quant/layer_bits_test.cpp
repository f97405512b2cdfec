// Bits by layer: which codes a network gets, and golden inference with operands of different widths against the naive one.
#include "models/quant/layer_bits.hpp"

#include <gtest/gtest.h>

#include "models/quant/golden.hpp"
#include "models/quant/quantise.hpp"
#include "models/support/error.hpp"
#include "tests/network/test_networks.hpp"
#include "tests/quant/naive_golden.hpp"
#include "tests/quant/random_dataset.hpp"
#include "tests/quant/small_graphs.hpp"

namespace tram {
namespace {

class LayerBitsTest : public testing::Test {
 protected:
  IntegerNetwork network(const NetworkGraph& graph, OperandBits bits, std::vector<LayerBits> rules = {},
                         bool signed_codes = false) const {
    QuantiseOptions options;
    options.weight_bits = bits.weights;
    options.activation_bits = bits.activations;
    options.layer_bits = std::move(rules);
    options.signed_codes = signed_codes;
    options.images = 10;
    return quantise(graph, data_, options);
  }

  /// Bits of the steps that multiply, by name.
  static std::map<std::string, OperandBits> bits_of(const IntegerNetwork& net) {
    std::map<std::string, OperandBits> bits;
    for (const IntegerStep& step : net.steps)
      if (uses_multiplier(step)) bits[layer_name(step)] = operand_bits(step);
    return bits;
  }

  /// Codes within their bits, and golden inference with the table equal to the naive one.
  void expect_equal(const IntegerNetwork& net, const TruthTable& table) const {
    for (const IntegerStep& step : net.steps) {
      const auto* gemm = std::get_if<GemmLayer>(&step.layer);
      for (size_t i = 0; gemm != nullptr && i < gemm->weights.size(); ++i)
        ASSERT_LT(gemm->weights[i], 1 << gemm->weight_codes.bits) << gemm->name;
    }
    const GoldenInference golden(net, table);
    const std::map<std::string, TruthTable> tables{{"", table}};
    const NaiveGolden naive(net, tables);
    for (int image = 0; image < 3; ++image) {
      const std::vector<uint8_t> codes = quantise_image(net, data_.image(image));
      const GoldenResult result = golden.run(codes);
      const std::vector<NaiveGolden::Map> expected = naive.run(codes);
      for (size_t t = 0; t + 1 < expected.size(); ++t)
        ASSERT_EQ(NaiveGolden::values_of(net.tensors[t], result.tensors[t]), expected[t]) << t;
      ASSERT_EQ(NaiveGolden::Map(result.logits.begin(), result.logits.end()), expected.back());
    }
  }

  RandomDataset data_{{12, 12, 3}, 40};
};

/// Off by something that depends on both operands.
TruthTable skewed_table(OperandBits bits, bool is_signed) {
  TruthTable table = exact_table(bits.weights, bits.activations, is_signed);
  for (size_t i = 0; i < table.values.size(); ++i)
    table.values[i] += static_cast<int32_t>(static_cast<uint32_t>(i) * 2654435761U >> 28);
  return table;
}

TEST_F(LayerBitsTest, GoldenEqualsNaiveAtAllWidths) {
  for (const bool is_signed : {false, true})
    for (const OperandBits bits : {OperandBits{4, 8}, {8, 4}, {5, 3}, {2, 2}, {3, 7}}) {
      SCOPED_TRACE(fmt::format("{} x {} {}", bits.weights, bits.activations, is_signed));
      const IntegerNetwork net = network(small_resnet(7), bits, {}, is_signed);
      for (const auto& [name, own] : bits_of(net)) EXPECT_EQ(own, bits) << name;
      expect_equal(net, skewed_table(bits, is_signed));
    }
}

/// The residual block's input is read by a layer of 4 and one of 6 bits: both get 6.
TEST_F(LayerBitsTest, RulesChooseByNameAndPlace) {
  for (const bool is_signed : {false, true}) {
    const IntegerNetwork net =
        network(small_resnet(7), {4, 4},
                {{"first", 8, 8}, {"layer2.0.conv1", 5, 6}, {"layer3.*", 2, 3}, {"last", 7, 8}}, is_signed);
    std::map<std::string, OperandBits> bits = bits_of(net);
    EXPECT_EQ(bits["conv1"], (OperandBits{8, 8}));
    EXPECT_EQ(bits["layer1.0.conv1"], (OperandBits{4, 4}));
    EXPECT_EQ(bits["layer2.0.conv1"], (OperandBits{5, 6}));
    EXPECT_EQ(bits["layer2.0.conv2"], (OperandBits{4, 4}));
    EXPECT_EQ(bits["layer3.0.conv2"], (OperandBits{2, 3}));
    EXPECT_EQ(bits["linear"], (OperandBits{7, 8}));
    EXPECT_EQ(widest_operands(net), (OperandBits{8, 8}));
    expect_equal(net, skewed_table({8, 8}, is_signed));
  }
}

TEST_F(LayerBitsTest, ProductsOfActivationsHaveTheBitsOfActivations) {
  for (const bool is_signed : {false, true}) {
    const IntegerNetwork net = network(small_transformer(1), {3, 6}, {}, is_signed);
    int products = 0;
    for (const IntegerStep& step : net.steps)
      if (std::holds_alternative<MatmulLayer>(step.layer)) {
        EXPECT_EQ(operand_bits(step), (OperandBits{6, 6})) << layer_name(step);
        ++products;
      } else if (std::holds_alternative<GemmLayer>(step.layer)) {
        EXPECT_EQ(operand_bits(step), (OperandBits{3, 6})) << layer_name(step);
      }
    EXPECT_EQ(products, 4);
    expect_equal(net, skewed_table({6, 6}, is_signed));
  }
}

TEST_F(LayerBitsTest, AssignmentByWidth) {
  const IntegerNetwork net = network(small_resnet(7), {4, 5}, {{"conv1", 8, 8}});
  const MultiplierAssignment one = assign_everywhere(net, "exact");
  EXPECT_EQ(one.multipliers, std::vector<std::string>{"exact"});
  EXPECT_EQ(one.bits, (std::vector<OperandBits>{{8, 8}}));
  const MultiplierAssignment each = assign_everywhere(net, "exact", ArrayWidth::layer);
  EXPECT_EQ(each.multipliers, (std::vector<std::string>{"exact", "exact"}));
  EXPECT_EQ(each.bits, (std::vector<OperandBits>{{8, 8}, {4, 5}}));
}

TEST_F(LayerBitsTest, BadRulesAndNarrowMultipliersAreRefused) {
  EXPECT_THROW(network(small_resnet(7), {8, 8}, {{"layer9.*", 4, 4}}), InputError);
  EXPECT_THROW(network(small_resnet(7), {9, 8}), InputError);
  EXPECT_THROW(network(small_resnet(7), {8, 1}), InputError);
  const IntegerNetwork net = network(small_resnet(7), {5, 4});
  EXPECT_NO_THROW(GoldenInference(net, exact_table(5, 4)));
  EXPECT_NO_THROW(GoldenInference(net, exact_table(8, 4)));
  EXPECT_THROW(GoldenInference(net, exact_table(4, 8)), InputError);
  EXPECT_THROW(GoldenInference(net, exact_table(5, 3)), InputError);
}

/// Two's complement codes in a wider table: the one of their values.
TEST(RestrictedTable, ExtendsSigns) {
  for (const bool is_signed : {false, true})
    EXPECT_EQ(restricted(exact_table(8, 6, is_signed), {3, 5}).values, exact_table(3, 5, is_signed).values);
}

}  // namespace
}  // namespace tram
