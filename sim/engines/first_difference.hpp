#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "rtl/mapped_row.hpp"
#include "sim/config/scenario.hpp"
#include "sim/engines/pe_model.hpp"
#include "sim/engines/rtl_array.hpp"

namespace tram {

/// The place of folds in a run, in words.
class FoldPlace {
 public:
  void plan(const RunPlan& plan) { layers_ = plan.layers; }
  void reset() { layer_ = -1; }
  /// Called for each fold in turn.
  void begin(const Fold& fold) {
    index_ = fold.layer == layer_ ? index_ + 1 : 0;
    layer_ = fold.layer;
  }
  /// Of the fold within its layer.
  int index() const { return index_; }
  int layer() const { return layer_; }
  /// "layer conv1, fold 3"
  std::string text() const;

 private:
  std::vector<std::string> layers_;
  int layer_ = -1, index_ = 0;
};

/// Finds the PE whose sum is wrong, by running a fold again on the array after a reset. What it is made of must outlive it.
class FirstDifference {
 public:
  FirstDifference(const PeModel& model, const MappedRow& row, RtlArray& array, const Scenario::Array& settings);

  void plan(const RunPlan& plan);
  void reset() { place_.reset(); }
  /// Called for each fold in turn.
  void begin(const Fold& fold) { place_.begin(fold); }
  const FoldPlace& place() const { return place_; }

  /// One line on product number `index` ([m][columns]) of the fold, which is `rtl` on the array and `other` on what
  /// `engine` names: the fold's place, the first row at which the partial sum leaves what the multiplier's table says
  /// (the last row where it does not), its cycle, operands and sums, and RunPlan::difference_waves, which has the PEs'
  /// ports in the cycles around it then.
  std::string text(const Fold& fold, size_t index, int32_t rtl, int32_t other, const std::string& engine);

 private:
  /// A PE and the sums that enter and leave it.
  struct Step {
    int row = 0;
    uint8_t weight = 0, activation = 0;
    uint32_t entered = 0, left = 0, expected = 0;  ///< bits of partial sums
  };
  std::vector<uint32_t> sums_along_column(const Fold& fold, int m, int column);
  Step find(const Fold& fold, int m, int column);
  /// Returns what to say of it.
  std::string write_waves(const Fold& fold, uint64_t cycle);
  void run(const Fold& fold);

  const PeModel& model_;
  const MappedRow& row_;
  RtlArray& array_;
  int rows_, columns_;
  double clock_hz_;
  FoldPlace place_;
  std::filesystem::path waves_;
};

}  // namespace tram
