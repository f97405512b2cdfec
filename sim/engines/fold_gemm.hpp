#pragma once
#include <cstdint>
#include <vector>

#include "models/gemm/table_gemm.hpp"
#include "sim/engines/engine.hpp"

namespace tram {

/// Products of folds by the multiplier's table.
class FoldGemm {
 public:
  explicit FoldGemm(const TruthTable& table) : gemm_(table) {}

  /// products: [m][columns].
  void run(const Fold& fold, std::span<int32_t> products) {
    const auto rows = static_cast<size_t>(fold.rows), columns = static_cast<size_t>(fold.columns);
    weights_.resize(rows * columns);
    for (size_t k = 0; k < rows; ++k)
      for (size_t n = 0; n < columns; ++n) weights_[n * rows + k] = fold.weights[k * columns + n];
    gemm_.run({fold.m, fold.columns, fold.rows}, weights_, fold.activations, products);
  }

 private:
  TableGemm gemm_;
  std::vector<uint8_t> weights_;
};

}  // namespace tram
