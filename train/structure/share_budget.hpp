#pragma once
#include <span>
#include <vector>

namespace tram::train {

/// A multiplier that may be chosen: its energy, that of the exact one being 1, and its error.
struct TradeOff {
  double energy = 0, error = 0;
  bool operator==(const TradeOff&) const = default;
};

/// Pareto front: points by rising energy and falling error, without those that another equals or beats in both.
std::vector<TradeOff> pareto_front(std::vector<TradeOff> points);

/// A layer that is to have a multiplier of its own.
struct LayerTradeOffs {
  double energy_share = 0;  ///< of its exact multipliers in the energy of all layers' exact ones; all together 1
  double error_weight = 0;  ///< weight of its error in the sum over layers
  std::vector<TradeOff> points;
};

/// An energy for each layer's multiplier, so that all together cost at most `budget`, the exact ones 1, and the sum of
/// error_weight x error is small: the layers' points that lie on lower convex hulls are taken from the cheapest on in the
/// order of what they save of the error a unit of energy (the linear relaxation of the multiple-choice knapsack problem:
/// Sinha and Zoltners, Operations Research 27, 1979), but none that does not fit. What remains is shared out, each layer's
/// energy by the same factor. Throws InputError when the cheapest points cost more than the budget.
std::vector<double> share_budget(std::span<const LayerTradeOffs> layers, double budget);

}  // namespace tram::train
