#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "models/data/philox.hpp"
#include "models/multiplier/structure/structure.hpp"
#include "train/structure/coherent_error.hpp"
#include "train/structure/recoding.hpp"

namespace tram::train {
namespace {

constexpr int bits = 5, codes = 1 << bits;

/// A layer of random operands, small activations more often than large ones.
OperandStatistics random_layer(uint64_t seed) {
  OperandStatistics statistics({.bits = bits, .seed = seed});
  const GemmShape shape{64, 8, 16};
  std::vector<uint8_t> weights, taps;
  std::vector<float> gradients;
  RandomItem random(seed, 1, 0);
  for (int64_t i = 0; i < shape.n * shape.k; ++i) weights.push_back(static_cast<uint8_t>(random.unit() * codes));
  for (int64_t i = 0; i < shape.m * shape.k; ++i)
    taps.push_back(static_cast<uint8_t>(random.unit() * random.unit() * codes));
  for (int64_t i = 0; i < shape.m * shape.n; ++i) gradients.push_back(random.unit() - 0.5F);
  statistics.add(shape, weights, taps, gradients);
  return statistics;
}

/// Without the partial products of the lowest `rows` bits of the weight.
std::vector<int32_t> without_low_bits_of_weight(int rows) {
  std::vector<int32_t> products;
  for (int c = 0; c < codes; ++c)
    for (int x = 0; x < codes; ++x) products.push_back((c >> rows << rows) * x);
  return products;
}

/// Var_x[P(c, x) - w x] by its definition.
double variance(const std::vector<double>& x_weights, const std::vector<int32_t>& products, int c, int w) {
  double sum = 0, mean = 0, squares = 0;
  for (int x = 0; x < codes; ++x) {
    const double difference = products[static_cast<size_t>(c * codes + x)] - w * x;
    sum += x_weights[static_cast<size_t>(x)];
    mean += x_weights[static_cast<size_t>(x)] * difference;
    squares += x_weights[static_cast<size_t>(x)] * difference * difference;
  }
  return squares / sum - (mean / sum) * (mean / sum);
}

std::vector<double> sums_over_weights(const OperandStatistics& layer) {
  std::vector<double> sums(codes);
  for (size_t i = 0; i < layer.fisher().size(); ++i) sums[i % codes] += layer.fisher()[i];
  return sums;
}

/// All layers at once: the same codes, and quickly codes that are as good.
TEST(Recoding, AllLayersAtOnceAreAsGood) {
  const std::vector<OperandStatistics> layers = {random_layer(1), random_layer(2)};
  const RecodedError error(layers);
  const std::vector<int32_t> products = without_low_bits_of_weight(2);
  EXPECT_EQ(error.recodings(products, 2), (std::vector{error.recoding(0, products), error.recoding(1, products)}));
  const std::vector<Recoding> all = error.quick_recodings(products);
  ASSERT_EQ(all.size(), 2U);
  for (size_t layer = 0; layer < 2; ++layer) {
    const Recoding one = error.recoding(layer, products);
    for (int w = 0; w < codes; ++w) {
      const auto at = static_cast<size_t>(w);
      const double least = variance(sums_over_weights(layers[layer]), products, one[at], w);
      EXPECT_NEAR(variance(sums_over_weights(layers[layer]), products, all[layer][at], w), least, 1e-4 * (1 + least));
    }
  }
}

/// Without partial products of both operands' low bits; image by image and product by product.
TEST(CoherentError, IsTheMeanSquareOfWhatTheLossOfAnImageGrowsBy) {
  constexpr int images = 4;
  const GemmShape shape{8 * images, 6, 10};
  std::vector<OperandStatistics> layers;
  std::vector<std::vector<double>> growth;  // by layer and image
  const auto product = [](int c, int x) { return (c >> 2 << 2) * x + (c & 3) * (x >> 1 << 1); };
  std::vector<int32_t> products;
  for (int c = 0; c < codes; ++c)
    for (int x = 0; x < codes; ++x) products.push_back(product(c, x));
  Recoding recoding;
  for (int w = 0; w < codes; ++w) recoding.push_back(static_cast<uint8_t>(std::min(codes - 1, w + w % 3)));
  for (uint64_t seed : {3, 4}) {
    RandomItem random(seed, 7, 0);
    std::vector<uint8_t> weights, taps;
    std::vector<float> d;
    for (int64_t i = 0; i < shape.n * shape.k; ++i) weights.push_back(static_cast<uint8_t>(random.unit() * codes));
    for (int64_t i = 0; i < shape.m * shape.k; ++i) taps.push_back(static_cast<uint8_t>(random.unit() * codes));
    for (int64_t i = 0; i < shape.m * shape.n; ++i) d.push_back(random.unit() - 0.4F);
    layers.emplace_back(OperandStatistics::Options{.bits = bits, .images = images});
    layers.back().add(shape, weights, taps, d);
    std::vector<double> mean(codes);  // of each weight's error
    for (int w = 0; w < codes; ++w)
      for (const uint8_t x : taps)
        mean[static_cast<size_t>(w)] += (product(recoding[static_cast<size_t>(w)], x) - w * x) / double(taps.size());
    std::vector<double>& own = growth.emplace_back(images);
    for (int64_t m = 0; m < shape.m; ++m)
      for (int64_t n = 0; n < shape.n; ++n)
        for (int64_t k = 0; k < shape.k; ++k) {
          const int w = weights[static_cast<size_t>(n * shape.k + k)], x = taps[static_cast<size_t>(m * shape.k + k)];
          const double e = product(recoding[static_cast<size_t>(w)], x) - w * x - mean[static_cast<size_t>(w)];
          own[static_cast<size_t>(m / 8)] += d[static_cast<size_t>(m * shape.n + n)] * e;
        }
  }
  double expected = 0;
  for (size_t i = 0; i < images; ++i) expected += std::pow(growth[0][i] + growth[1][i], 2) / images;
  const CoherentError error(layers);
  const std::vector<Recoding> recodings = {recoding, recoding};
  EXPECT_NEAR(error.error(recodings, products), expected, 1e-4 * expected);
}

TEST(Recoding, ExactProductsNeedNone) {
  const OperandStatistics layer = random_layer(1);
  const RecodedError error(std::span(&layer, 1));
  const std::vector<int32_t> products = without_low_bits_of_weight(0);
  EXPECT_NEAR(error.error(products), 0, 1e-9);
  const Recoding recoding = error.recoding(0, products);
  for (int w = 0; w < codes; ++w) EXPECT_EQ(recoding[static_cast<size_t>(w)], w);
}

/// Dropping the two low bits of the weight: codes round to the nearest multiple of 4.
TEST(Recoding, RoundsWhereLowBitsAreDropped) {
  const OperandStatistics layer = random_layer(2);
  const Recoding recoding = RecodedError(std::span(&layer, 1)).recoding(0, without_low_bits_of_weight(2));
  for (int w = 0; w <= 28 + 2; ++w) EXPECT_LE(std::abs(recoding[static_cast<size_t>(w)] / 4 * 4 - w), 2) << w;
  EXPECT_EQ(recoding[3] / 4 * 4, 4);
  EXPECT_EQ(recoding[5], 5);  // already stands for 4: the nearest of equals
}

TEST(Recoding, IsTheBestByDefinitionAndSoIsTheError) {
  const std::vector<OperandStatistics> layers = {random_layer(3), random_layer(4)};
  std::vector<int32_t> products = without_low_bits_of_weight(0);
  RandomItem random(5, 1, 0);
  for (int32_t& product : products) product += static_cast<int32_t>(random.unit() * 60);
  const RecodedError error(layers);
  double sum = 0, all = 0;
  for (size_t l = 0; l < layers.size(); ++l) {
    const std::vector<double> by_x = sums_over_weights(layers[l]);
    const Recoding recoding = error.recoding(l, products);
    for (int w = 0; w < codes; ++w) {
      double least = std::numeric_limits<double>::infinity(), weight = 0;
      for (int c = 0; c < codes; ++c) least = std::min(least, variance(by_x, products, c, w));
      EXPECT_NEAR(variance(by_x, products, recoding[static_cast<size_t>(w)], w), least, 1e-6) << w;
      for (int x = 0; x < codes; ++x) weight += layers[l].fisher()[static_cast<size_t>(w * codes + x)];
      sum += weight * least;
      all += weight;
    }
  }
  EXPECT_NEAR(error.error(products), sum / all, 1e-6 * sum / all);
}

/// A layer whose errors do not change the loss: its codes are chosen by how often activations occur.
TEST(Recoding, LayerWithoutFisherInformationBesideOneWithIt) {
  const OperandStatistics layer = random_layer(7);
  OperandStatistics silent({.bits = layer.bits()});
  silent.add({3, 1, 1}, std::vector<uint8_t>{5}, std::vector<uint8_t>{1, 2, 9}, std::vector<float>(3, 0.0F));
  const std::vector<OperandStatistics> both = {layer, silent};
  const std::vector<int32_t> products = without_low_bits_of_weight(2);
  const RecodedError joint(both), alone(std::span(&layer, 1)), by_counts(std::span(&silent, 1));
  EXPECT_EQ(joint.error(products), alone.error(products));
  EXPECT_GT(by_counts.error(products), 0);
  EXPECT_EQ(joint.recoding(1, products), by_counts.recoding(0, products));
}

TEST(Recoding, EnergyDecidesBetweenNearlyEqualCodes) {
  const OperandStatistics layer = random_layer(6);
  const RecodedError error(std::span(&layer, 1));
  std::vector<double> costs(codes, 1e-3);
  for (size_t c = 0; c < costs.size(); c += 4) costs[c] = 0;  // multiples of 4 are cheap
  const Recoding recoding = error.recoding(0, without_low_bits_of_weight(2), costs);
  for (const uint8_t code : recoding) EXPECT_EQ(code % 4, 0);
}

TEST(Recoding, RecodedTableHasTheRowsOfTheCodes) {
  TruthTable table;
  table.a_bits = table.b_bits = bits;
  table.values = without_low_bits_of_weight(1);
  Recoding recoding(codes);
  for (size_t w = 0; w < recoding.size(); ++w) recoding[w] = static_cast<uint8_t>(codes - 1 - w);
  const TruthTable result = recoded(table, recoding);
  for (uint32_t w = 0; w < codes; ++w)
    for (uint32_t x = 0; x < codes; ++x) EXPECT_EQ(result.at(w, x), table.at(codes - 1 - w, x));
}

TEST(Recoding, JointTransitionsHaveTheSharesOfTheLayersAndTheirCodes) {
  const std::vector<OperandStatistics> layers = {random_layer(7), random_layer(8)};
  const std::vector<Recoding> recodings = {Recoding(codes, 1), Recoding(codes, 2)};
  const JointTransitions transitions(layers, 1000);
  const auto plain = transitions.plain(), joint = transitions.recoded(recodings);
  ASSERT_EQ(plain.size(), 1000U);
  ASSERT_EQ(joint.size(), 1000U);
  for (size_t i = 0; i < joint.size(); ++i)
    EXPECT_EQ(joint[i], (OperandTransition{static_cast<uint8_t>(i < 500 ? 1 : 2), plain[i].previous, plain[i].now}));
}

}  // namespace
}  // namespace tram::train
