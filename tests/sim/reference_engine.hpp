#pragma once
#include <string>
#include <vector>

#include "sim/engines/engine.hpp"

namespace tram::test {

/// Products looked up one by one, as the definition says. Each product costs kJoulesPerProduct in the multiplier; the
/// array leaks kLeakageWatts. Keeps the folds' shapes.
class ReferenceEngine : public Engine {
 public:
  static constexpr double kJoulesPerProduct = 1e-12, kLeakageWatts = 1e-3;

  struct Seen {
    int rows, columns, m;
    uint64_t start_cycle;
  };

  explicit ReferenceEngine(TruthTable table) : table_(std::move(table)) {}

  std::string name() const override { return "reference"; }
  void reset() override { ++resets; }

  void run(const Fold& fold) override {
    for (int m = 0; m < fold.m; ++m) {
      int32_t sum_x = 0;
      for (int r = 0; r < fold.rows; ++r) sum_x += activation(fold, m, r);
      fold.activation_sums[static_cast<size_t>(m)] = sum_x;
      for (int c = 0; c < fold.columns; ++c) {
        int32_t sum = 0;
        for (int r = 0; r < fold.rows; ++r)
          sum += table_.at(fold.weights[static_cast<size_t>(r * fold.columns + c)], activation(fold, m, r));
        fold.products[static_cast<size_t>(m * fold.columns + c)] = sum;
      }
    }
    joules_ += kJoulesPerProduct * fold.rows * fold.columns * fold.m;
    seen.push_back({fold.rows, fold.columns, fold.m, fold.start_cycle});
  }

  ArrayEnergy take_energy() override {
    ArrayEnergy energy;
    energy.multiplier = joules_;
    joules_ = 0;
    return energy;
  }
  double leakage_power() const override { return kLeakageWatts; }

  int resets = 0;
  std::vector<Seen> seen;

 private:
  static uint8_t activation(const Fold& fold, int m, int r) {
    return fold.activations[static_cast<size_t>(m * fold.rows + r)];
  }

  TruthTable table_;
  double joules_ = 0;
};

}  // namespace tram::test
