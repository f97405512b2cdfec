#include "rtl/axm/comparison.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace tram::axm {
namespace {

std::vector<bool> front_of(const std::vector<ComparedMultiplier>& multipliers, const LibraryComparison& comparison) {
  std::vector<std::pair<double, double>> points;
  for (size_t i = 0; i < multipliers.size(); ++i)
    points.emplace_back(multipliers[i].metrics.normalised_med, comparison.costs[i].energy());
  points.emplace_back(0, comparison.exact[0].cost.energy());
  std::vector<bool> is_on_front(multipliers.size(), false);
  for (const size_t i : non_dominated(points))
    if (i < multipliers.size()) is_on_front[i] = true;
  return is_on_front;
}

}  // namespace

std::vector<size_t> non_dominated(const std::vector<std::pair<double, double>>& error_and_cost) {
  std::vector<size_t> order(error_and_cost.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, {}, [&](size_t i) { return error_and_cost[i]; });
  std::vector<size_t> front;
  double least_cost = std::numeric_limits<double>::infinity();
  for (const size_t i : order) {
    if (error_and_cost[i].second >= least_cost) continue;
    least_cost = error_and_cost[i].second;
    front.push_back(i);
  }
  return front;
}

LibraryComparison compare_in(std::shared_ptr<const Library> library, const std::vector<ComparedMultiplier>& multipliers,
                             const OperandStimulus& stimulus, const CostOptions& options) {
  const Netlist& first = multipliers.at(0).netlist;
  LibraryComparison comparison;
  comparison.library = library;
  comparison.exact = exact_multipliers(static_cast<int>(first.a.size()), static_cast<int>(first.b.size()),
                                       first.is_signed, library, stimulus, options);
  for (const ComparedMultiplier& multiplier : multipliers)
    comparison.costs.push_back(best_hardware_cost(multiplier.netlist, library, stimulus, options));
  comparison.is_on_front = front_of(multipliers, comparison);
  return comparison;
}

}  // namespace tram::axm
