#pragma once
#include <optional>
#include <vector>

#include "train/structure/structure_model.hpp"

namespace tram::train {

/// Published unit costs of an exact multiplier of bits x bits, by column from the lowest: AND 1.000, HA 1.822, FA 4.470
/// times their counts in the column (method, eq. 4; published for the array).
std::vector<double> published_column_costs(int bits, Accumulation accumulation = Accumulation::array);

/// The published method ("TRAM", DAC 2026): a theta in [0, 1] for each of the lowest P columns,
///   Y = w x - sum over c < P of theta_c 2^c S_c,  S_c = sum over i of w[i] x[c - i]          (eq. 1)
///   power = (P_acc - sum over c of theta_c P_c) / P_acc                                      (eq. 5)
/// theta_0..3 start at 1, the others at 0; mapping is map_published.
class ColumnStructure : public StructureModel {
 public:
  struct Options {
    std::optional<int> columns = {};  ///< P: 8 at 8 bits, 4 at 4 bits, else as many as there are bits; 1 .. 2 bits - 1
    Accumulation accumulation = Accumulation::array;  ///< of the exact one it starts from; array: as published
    std::vector<double> shares = {};
    int threads = 1;
  };

  /// Adds `<table>.theta` [P], after the layers have added their tables.
  ColumnStructure(NetworkParameters& parameters, const Options& options);

  int columns() const { return columns_; }

 private:
  ColumnStructure(NetworkParameters& parameters, const Options& options, int columns);

  void initialise_table(std::span<float> values) const override;
  void table(std::span<const float> values, std::span<float> products) const override;
  void add_table_gradient(std::span<const float> values, std::span<const float> products_gradient,
                          std::span<float> gradient) const override;
  double table_power(size_t table, std::span<const float> values) const override;
  void add_table_power_gradient(size_t table, std::span<const float> values, float weight,
                                std::span<float> gradient) const override;
  void project_table(std::span<float> values) const override;
  MultiplierStructure structure(std::span<const float> values) const override;

  int columns_;
  Accumulation accumulation_;
  std::vector<double> costs_;  ///< share of each column in P_acc
};

}  // namespace tram::train
