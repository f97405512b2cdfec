#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/multiplier/structure/structure.hpp"
#include "train/layers/parameters.hpp"

namespace tram::train {

/// Bits of the operands of a network's tables. InputError where it has none, or one that is no table of 4 to 8 bits.
int operand_bits(const NetworkParameters& parameters);

/// The continuous structure of the multipliers of a network: values among its trained arrays, from which the tables of
/// products follow. Every table is on its own; power is relative to an exact multiplier, weighted by the shares of the
/// tables in the network's multiplications (method, eq. 2 and 3).
///
/// Spans: `trained` and `gradient` are arranged as NetworkParameters::trained, `tables` and `table_gradient` as
/// NetworkParameters::tables, table[(w << bits) | x]. Results do not depend on `threads`.
class StructureModel {
 public:
  virtual ~StructureModel() = default;

  /// Number and names of the tables, in the order of NetworkParameters::tables.
  size_t table_count() const { return tables_.size(); }
  const std::string& table_name(size_t table) const { return tables_[table].name; }
  int bits() const { return bits_; }

  /// The values that exploration starts from.
  void initialise(std::span<float> trained) const;

  /// Products of all pairs of operands for these values.
  void tables(std::span<const float> trained, std::span<float> tables) const;

  /// The exact chain rule: gradient += table_gradient x d table / d value. (Values at 0 or 1 are clamped with a
  /// straight-through gradient of 1: project() after the optimiser's step.)
  void add_gradient(std::span<const float> trained, std::span<const float> table_gradient,
                    std::span<float> gradient) const;

  /// Power of the multipliers, exact = 1: sum over tables of share x power of the table.
  double power(std::span<const float> trained) const;
  /// gradient += weight x d power / d value.
  void add_power_gradient(std::span<const float> trained, float weight, std::span<float> gradient) const;

  /// Clamps the values that are gates (theta) to [0, 1].
  void project(std::span<float> trained) const;

  /// Phase 2: the hardware of each table.
  std::vector<MultiplierStructure> structures(std::span<const float> trained) const;

 protected:
  struct Array {
    int64_t offset = 0, size = 0;
    std::span<const float> of(std::span<const float> values) const { return values.subspan(offset, size); }
    std::span<float> of(std::span<float> values) const { return values.subspan(offset, size); }
  };

  /// Adds an array `<table>.<suffix>` of `count` values (Parameter::Kind::structure) for each table of the network, all
  /// tables of 2^bits x 2^bits entries. shares: of each table in the multiplications, sum 1; empty: alike. Throws
  /// InputError when there is no table, they differ in size, or the shares do not fit.
  StructureModel(NetworkParameters& parameters, const std::string& suffix, int64_t count, std::vector<double> shares,
                 int threads);

  Array values(size_t table) const { return tables_[table].values; }

 private:
  /// One table; `values` are its `count` values.
  virtual void initialise_table(std::span<float> values) const = 0;
  virtual void table(std::span<const float> values, std::span<float> products) const = 0;
  virtual void add_table_gradient(std::span<const float> values, std::span<const float> products_gradient,
                                  std::span<float> gradient) const = 0;
  virtual double table_power(size_t table, std::span<const float> values) const = 0;
  virtual void add_table_power_gradient(size_t table, std::span<const float> values, float weight,
                                        std::span<float> gradient) const = 0;
  virtual void project_table(std::span<float> values) const = 0;
  virtual MultiplierStructure structure(std::span<const float> values) const = 0;

  struct Table {
    std::string name;
    double share = 0;
    Array values, products;
  };

  std::vector<Table> tables_;
  int bits_ = 8, threads_ = 1;
};

}  // namespace tram::train
