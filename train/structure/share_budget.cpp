#include "train/structure/share_budget.hpp"

#include <algorithm>
#include <functional>

#include "models/support/error.hpp"

namespace tram::train {
namespace {

/// The error saved from a to b a unit of energy.
double slope(const TradeOff& a, const TradeOff& b) { return (a.error - b.error) / (b.energy - a.energy); }

/// Lower convex hull of points that are not beaten.
std::vector<TradeOff> lower_hull(const std::vector<TradeOff>& points) {
  std::vector<TradeOff> hull;
  for (const TradeOff& point : points) {
    while (hull.size() > 1 && slope(hull[hull.size() - 2], hull.back()) <= slope(hull.back(), point)) hull.pop_back();
    hull.push_back(point);
  }
  return hull;
}

/// A step of a layer along its hull.
struct Step {
  size_t layer = 0;
  double to = 0;     ///< the layer's energy after it
  double cost = 0;   ///< of all layers' exact energy
  double price = 0;  ///< error saved a unit of that
};

std::vector<Step> steps_of(size_t index, const LayerTradeOffs& layer, const std::vector<TradeOff>& hull) {
  std::vector<Step> steps;
  for (size_t i = 1; i < hull.size(); ++i)
    steps.push_back({index, hull[i].energy, layer.energy_share * (hull[i].energy - hull[i - 1].energy),
                     layer.error_weight * slope(hull[i - 1], hull[i]) / layer.energy_share});
  return steps;
}

}  // namespace

std::vector<TradeOff> pareto_front(std::vector<TradeOff> points) {
  std::ranges::sort(points, [](const TradeOff& a, const TradeOff& b) {
    return a.energy != b.energy ? a.energy < b.energy : a.error < b.error;
  });
  std::vector<TradeOff> best;
  for (const TradeOff& point : points)
    if (best.empty() || point.error < best.back().error) best.push_back(point);
  return best;
}

std::vector<double> share_budget(std::span<const LayerTradeOffs> layers, double budget) {
  std::vector<double> energies;
  std::vector<Step> steps;
  double spent = 0;
  for (size_t i = 0; i < layers.size(); ++i) {
    const std::vector<TradeOff> hull = lower_hull(pareto_front(layers[i].points));
    energies.push_back(hull.front().energy);
    spent += layers[i].energy_share * hull.front().energy;
    const std::vector<Step> own = steps_of(i, layers[i], hull);
    steps.insert(steps.end(), own.begin(), own.end());
  }
  if (spent > budget)
    throw InputError("--budget", fmt::format("{}; the cheapest multipliers of all layers cost {:.3f}", budget, spent));
  std::ranges::stable_sort(steps, std::greater(), &Step::price);
  std::vector<bool> is_stopped(layers.size());  // steps of a layer follow each other
  for (const Step& step : steps) {
    if (is_stopped[step.layer] || spent + step.cost > budget) {
      is_stopped[step.layer] = true;
      continue;
    }
    energies[step.layer] = step.to;
    spent += step.cost;
  }
  for (double& energy : energies) energy *= budget / spent;
  return energies;
}

}  // namespace tram::train
