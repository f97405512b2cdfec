#pragma once
#include "models/multiplier/structure/mapping.hpp"
#include "models/multiplier/structure/tree_planes.hpp"

namespace tram {

/// The second part of map_weighted: gives sums and carries of a structure's tree constant values. Options complete:
/// weights of sum 1 and a reference, for every pair.
class AdderGreedy {
 public:
  AdderGreedy(const WeightedMappingOptions& options, const MultiplierStructure& structure);

  /// Takes the change with the least error increase a unit of cost saved; false when none saves within the budget.
  bool step();

  const MultiplierStructure& structure() const { return structure_; }
  double cost() const { return cost_; }
  int steps() const { return steps_; }

 private:
  struct Move {
    int adder;
    AdderState state;
    double objective, saved;
  };

  double objective(const MappingError::Sums& sums) const;
  std::vector<AdderState> constants(const AdderState& state) const;
  double cost_with(int adder, const AdderState& state) const;

  const WeightedMappingOptions& options_;
  MultiplierStructure structure_;
  TreePlanes planes_;
  MappingError error_;
  double cost_;
  int steps_ = 0;
};

}  // namespace tram
