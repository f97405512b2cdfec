#include <gtest/gtest.h>

#include "models/data/philox.hpp"
#include "models/support/error.hpp"
#include "train/structure/share_budget.hpp"

namespace tram::train {
namespace {

double cost(const std::vector<LayerTradeOffs>& layers, const std::vector<double>& energies) {
  double sum = 0;
  for (size_t i = 0; i < layers.size(); ++i) sum += layers[i].energy_share * energies[i];
  return sum;
}

/// Of the best points that the energies allow.
double error(const std::vector<LayerTradeOffs>& layers, const std::vector<double>& energies) {
  double sum = 0;
  for (size_t i = 0; i < layers.size(); ++i) {
    double least = 1e30;
    for (const TradeOff& point : layers[i].points)
      if (point.energy <= energies[i] * (1 + 1e-12)) least = std::min(least, point.error);
    sum += layers[i].error_weight * least;
  }
  return sum;
}

/// By trying all choices.
double min_error(const std::vector<LayerTradeOffs>& layers, double budget, std::vector<double> energies = {}) {
  if (energies.size() == layers.size()) return cost(layers, energies) <= budget ? error(layers, energies) : 1e30;
  double least = 1e30;
  for (const TradeOff& point : layers[energies.size()].points) {
    energies.push_back(point.energy);
    least = std::min(least, min_error(layers, budget, energies));
    energies.pop_back();
  }
  return least;
}

TEST(ShareBudget, KeepsWhatNothingBeats) {
  EXPECT_EQ(pareto_front({{0.5, 3}, {0.2, 9}, {0.5, 4}, {0.6, 3}, {0.1, 9}, {0.9, 0}}),
            (std::vector<TradeOff>{{0.1, 9}, {0.5, 3}, {0.9, 0}}));
}

/// By hand: both begin at .2, which costs .2. The second layer's steps cost .05 and .1 and save 180 and 10 a unit of
/// energy, the first one's costs .1 and saves 40.
TEST(ShareBudget, TakesStepsByWhatTheySave) {
  const std::vector<LayerTradeOffs> layers = {{0.5, 1, {{0.2, 4}, {0.4, 0}}},
                                              {0.5, 2, {{0.2, 5}, {0.3, 0.5}, {0.5, 0}}}};
  EXPECT_NEAR(share_budget(layers, 0.35)[0], 0.4, 1e-12);
  EXPECT_NEAR(share_budget(layers, 0.35)[1], 0.3, 1e-12);
  EXPECT_NEAR(share_budget(layers, 0.27)[0], 0.2 * 0.27 / 0.25, 1e-12);  // nothing more fits: the rest by one factor
  EXPECT_NEAR(share_budget(layers, 0.27)[1], 0.3 * 0.27 / 0.25, 1e-12);
}

TEST(ShareBudget, PointsAboveTheHullAreNotTaken) {
  // The first layer's step to .3 saves 50 a unit of energy; that to .2 alone would save 5, less than the second's 20.
  const std::vector<LayerTradeOffs> layers = {{0.5, 1, {{0.1, 10}, {0.2, 9.5}, {0.3, 0}}},
                                              {0.5, 1, {{0.1, 4}, {0.3, 2}}}};
  const std::vector<double> energies = share_budget(layers, 0.2);
  EXPECT_NEAR(energies[0], 0.3, 1e-12);
  EXPECT_NEAR(energies[1], 0.1, 1e-12);
}

TEST(ShareBudget, SpendsAllAndIsAsGoodAsTheBestChoiceButForOneStep) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    RandomItem random(seed, 2, 0);
    std::vector<LayerTradeOffs> layers;
    double shares = 0, largest_step = 0;
    for (int i = 0; i < 4; ++i) {
      LayerTradeOffs layer{0.1 + random.unit(), 0.1 + random.unit(), {}};
      for (int p = 1; p <= 6; ++p)
        layer.points.push_back({0.1 * p + 0.05 * random.unit(), static_cast<float>(7 - p) * (1 + random.unit())});
      shares += layer.energy_share;
      largest_step =
          std::max(largest_step, layer.error_weight * (layer.points.front().error - layer.points.back().error));
      layers.push_back(layer);
    }
    for (LayerTradeOffs& layer : layers) layer.energy_share /= shares;
    const double budget = 0.2 + 0.3 * random.unit();
    const std::vector<double> energies = share_budget(layers, budget);
    EXPECT_NEAR(cost(layers, energies), budget, 1e-12);
    EXPECT_GE(error(layers, energies), min_error(layers, budget) * (1 - 1e-12));
    EXPECT_LE(error(layers, energies), min_error(layers, budget) + largest_step);
  }
}

TEST(ShareBudget, RefusesWhatNoLayerCanMeet) {
  const std::vector<LayerTradeOffs> one = {{1, 1, {{0.3, 1}}}};
  EXPECT_THROW(share_budget(one, 0.2), InputError);
}

}  // namespace
}  // namespace tram::train
