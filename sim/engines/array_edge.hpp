#pragma once
#include <cstdint>
#include <memory>
#include <random>
#include <span>
#include <vector>

#include "models/cells/netlist/lane_simulation.hpp"
#include "sim/config/scenario_choices.hpp"
#include "sim/engines/edge.hpp"
#include "sim/engines/edge_model.hpp"
#include "sim/engines/engine.hpp"

namespace tram {

/// The accumulators of an array's edge, on the real sums: their cells in bit-parallel simulation, zero delay, m changes
/// a fold and column from what they held.
class AccumulatorBank {
 public:
  AccumulatorBank(const EdgePart<AccumulatorDesign>& part, int units);
  void reset();
  /// J of unit number `unit` for these sums, stride apart; stored may be empty.
  double run(int unit, std::span<const int32_t> sums, std::span<const int32_t> stored, size_t stride, int count);
  /// Only takes the state that run would leave.
  void skip(int unit, std::span<const int32_t> sums, std::span<const int32_t> stored, size_t stride, int count);

 private:
  struct Held {
    uint32_t psum = 0, stored = 0;
    bool accumulates = false;
  };
  void place(const Held& before, std::span<const int32_t> sums, std::span<const int32_t> stored, size_t stride,
             size_t count);
  uint32_t bits_of(int32_t sum) const { return static_cast<uint32_t>(sum) >> lsb_; }

  int lsb_;
  size_t psum_bits_, sum_bits_;
  LaneSimulation simulation_;                 // given: stored, psum, accumulate, enable
  std::vector<double> joule_, stored_joule_;  // by target; by bit that is stored
  std::vector<Held> held_;
  std::vector<uint32_t> psums_, stored_;
  std::vector<uint64_t> first_, mask_;
};

/// Energy of the array's edge: accumulators and sums of activations, their clocks and clock gates, without leakage. The
/// same for every engine; as the scenario's `sample` says from all columns (rows of the chain) of a fold or from a random
/// sample, clocks always whole. A link of the chain is clocked for 7 clocks more than its vectors take wherever its block
/// of 8 rows is used, as the rows of a block share a gate. Toggles of the enables do not count.
class ArrayEdge final : public Edge {
 public:
  ArrayEdge(std::shared_ptr<const EdgeModel> model, const Scenario& scenario, SampleRule sample);

  void plan(const RunPlan& plan);
  void reset();
  void add(const EdgeFold& fold) override;
  double take_energy() override;
  /// The part of that which was estimated, since the last call of this.
  SampledEnergy take_sampled();
  double leakage_power() const override;
  const EdgeModel& model() const { return *model_; }
  /// Links of the chain, gates of it, accumulators of its sums; 0 where no layer needs them.
  int links() const { return sums_activations_ ? (holds_activations_ ? columns_ : rows_) : 0; }
  int link_gates() const;
  int activation_accumulators() const { return sums_activations_ ? (holds_activations_ ? columns_ : 1) : 0; }
  int columns() const { return columns_; }

 private:
  void add_columns(const EdgeFold& fold, std::mt19937_64& random);
  void add_activations(const EdgeFold& fold, std::mt19937_64& random);
  void add_clocks(const EdgeFold& fold);
  double link_energy(const EdgeFold& fold, int unit);
  void add_estimate(const std::vector<double>& joules, int population);

  std::shared_ptr<const EdgeModel> model_;
  int rows_, columns_;
  bool holds_activations_;
  SampleRule sample_;
  int64_t folds_ = 1, count_ = 0;
  bool sums_activations_ = false;
  AccumulatorBank bank_, activation_bank_;
  LaneSimulation links_;  // given: sum, activation
  std::vector<double> link_joule_, link_activation_joule_;
  std::vector<uint32_t> sums_of_link_, activations_of_link_;
  std::vector<uint64_t> first_, mask_;
  double energy_ = 0;
  SampledEnergy sampled_;
};

}  // namespace tram
