#pragma once
#include <vector>

#include "train/structure/glitch_energy.hpp"
#include "train/structure/soft_tree.hpp"
#include "train/structure/structure_model.hpp"

namespace tram::train {

/// A linear model of a table's power, exact = 1: power + sum over gates of slope x (gate - value).
struct GatePower {
  double power = 1;           ///< at these values
  std::vector<float> values;  ///< by gate, as SoftTree has them
  std::vector<float> slopes;
};

/// The model at a hard structure (tree `full`, no constants 1) from measured energies: values are 0 and 1, slopes the
/// marginal energies (marginal_energies), those below 0 as 0: none draws a gate towards 1.
GatePower measured_power(const GlitchEnergy& energy, const MultiplierStructure& structure, int threads = 1);

/// A gate in [0, 1] for each partial product and each sum and carry of the tree (SoftTree), and a constant that is
/// added to the product. Gates start at 1, the constant at 0: the exact multiplier.
class GateStructure : public StructureModel {
 public:
  struct Options {
    Accumulation accumulation = Accumulation::dadda;
    bool partial_products = true, sums = true, carries = true, constant = true;  ///< what is trained; the rest stays
    std::vector<double> shares;  ///< of the tables in the multiplications, sum 1; empty: alike
    int threads = 1;
  };

  /// Adds `<table>.gates`, after the layers have added their tables: the gates, then the constant in units of 2^bits of
  /// the product, so that it moves at a rate like theirs.
  GateStructure(NetworkParameters& parameters, const Options& options);

  const SoftTree& tree() const { return tree_; }

  /// The power of a table from now on; the default is the published costs of the tree, AND 1 a partial product, half of
  /// an adder's cost for its sum and for its carry.
  void set_power(size_t table, GatePower power) { power_.at(table) = std::move(power); }

 private:
  GateStructure(NetworkParameters& parameters, const Options& options, SoftTree tree);

  void initialise_table(std::span<float> values) const override;
  void table(std::span<const float> values, std::span<float> products) const override;
  void add_table_gradient(std::span<const float> values, std::span<const float> products_gradient,
                          std::span<float> gradient) const override;
  double table_power(size_t table, std::span<const float> values) const override;
  void add_table_power_gradient(size_t table, std::span<const float> values, float weight,
                                std::span<float> gradient) const override;
  void project_table(std::span<float> values) const override;
  /// Gates of at least 1/2 are kept, the others constant 0; tree `full`. The constant is left to the biases, which are
  /// compensated for the mapped circuit.
  MultiplierStructure structure(std::span<const float> values) const override;
  bool is_trained(size_t gate) const;

  Options options_;
  SoftTree tree_;
  std::vector<GatePower> power_;  ///< by table
};

}  // namespace tram::train
