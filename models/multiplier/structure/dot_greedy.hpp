#pragma once
#include <compare>
#include <cstdint>
#include <map>
#include <vector>

#include "models/multiplier/structure/mapping.hpp"

namespace tram {

/// The first part of map_weighted: removes and joins partial products, the tree formed anew over what remains. Without
/// constants at adders the product is the sum of the dots, so the error of a change follows from two sums over the
/// pairs in which its dot is 1. Options complete: weights of sum 1 and a reference, for every pair.
class DotGreedy {
 public:
  explicit DotGreedy(const WeightedMappingOptions& options);

  /// Takes the change with the least error increase a unit of cost saved; false when none saves within the budget.
  bool step();

  const MultiplierStructure& structure() const { return structure_; }
  double cost() const { return cost_; }
  int steps() const { return steps_; }

 private:
  using Plane = std::vector<uint64_t>;

  struct Dot {
    int column;
    std::vector<int> partial_products;  ///< rising index; several when joined by OR
    Plane plane;                        ///< its value for every pair
  };

  enum class Kind { zero, one, join };

  struct Move {
    Kind kind;
    size_t dot, other;     ///< other: the one joined to `dot`
    double objective = 0;  ///< of the error, after it
    double variance = 0;   ///< likewise
    double saved = 0;      ///< cost
  };

  /// Moves of one class cost the same, since the cost sees gates alone: the one with the least error stands for all.
  struct Class {
    Kind kind;
    int column;
    size_t parts, other_parts;
    auto operator<=>(const Class&) const = default;
  };

  /// Sums over pairs of weight, weight * error and weight * error^2.
  struct Sums {
    double weights = 0, errors = 0, squares = 0;
  };

  struct Range {
    int lowest = 0, highest = 0;
  };

  static Range range_of(const std::vector<int32_t>& products);
  Range representable() const;
  Sums sums_where(const Plane& plane) const;
  double objective(const Sums& sums, const Range& products) const;
  static double variance(const Sums& sums) { return sums.squares - sums.errors * sums.errors; }
  double price(const Move& move) const;
  Sums after(double step, const Sums& where) const;
  int compensation(const Sums& sums, const Range& products) const;
  std::map<Class, Move> best_by_class() const;
  void offer(std::map<Class, Move>& best, Move move, const Sums& sums) const;
  MultiplierStructure changed(const Move& move) const;
  Plane plane_of_change(const Move& move, int& step) const;
  std::vector<int32_t> products_after(const Move& move) const;
  bool is_allowed(const Move& move) const;
  void accept(const Move& move);
  void sum_up();

  const WeightedMappingOptions& options_;
  MultiplierStructure structure_;
  std::vector<Dot> dots_;
  std::vector<int32_t> products_;        ///< of every pair, without the compensation
  std::vector<double> weighted_errors_;  ///< weight * (product - reference), likewise
  Range range_;                          ///< of them
  Sums total_;
  double objective_ = 0, cost_ = 0;
  int steps_ = 0;
};

}  // namespace tram
