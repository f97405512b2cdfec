#include "train/structure/structure_model.hpp"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <numeric>

#include "models/support/error.hpp"
#include "models/support/parallel.hpp"

namespace tram::train {
namespace {

/// Bits of an operand of a table with this many entries.
int operand_bits(const Parameter& table) {
  const int bits = std::countr_zero(static_cast<uint64_t>(table.size)) / 2;
  if (bits < 4 || bits > 8 || table.size != int64_t{1} << (2 * bits))
    throw InputError(table.name, fmt::format("a table of {} products; 2^8, 2^10 .. 2^16 are expected", table.size));
  return bits;
}

std::vector<double> completed_shares(std::vector<double> shares, size_t tables) {
  if (shares.empty()) shares.assign(tables, 1.0 / static_cast<double>(tables));
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  if (shares.size() != tables || !(std::abs(sum - 1) < 1e-6))
    throw InputError("structure", fmt::format("{} shares of sum {} for {} tables; one a table, of sum 1, is expected",
                                              shares.size(), sum, tables));
  return shares;
}

}  // namespace

int operand_bits(const NetworkParameters& parameters) {
  const std::vector<Parameter>& tables = parameters.tables.entries();
  if (tables.empty()) throw InputError("structure", "a network of exact multipliers; one with tables is expected");
  return operand_bits(tables.front());
}

StructureModel::StructureModel(NetworkParameters& parameters, const std::string& suffix, int64_t count,
                               std::vector<double> shares, int threads)
    : threads_(threads) {
  const std::vector<Parameter>& tables = parameters.tables.entries();
  bits_ = operand_bits(parameters);
  shares = completed_shares(std::move(shares), tables.size());
  for (size_t t = 0; t < tables.size(); ++t) {
    if (operand_bits(tables[t]) != bits_)
      throw InputError(tables[t].name, fmt::format("operands of {} bits; {} are expected, as in {}",
                                                   operand_bits(tables[t]), bits_, tables[0].name));
    const int64_t offset = parameters.trained.add(tables[t].name + "." + suffix, {count}, Parameter::Kind::structure);
    tables_.push_back({tables[t].name, shares[t], {offset, count}, {tables[t].offset, tables[t].size}});
  }
}

void StructureModel::initialise(std::span<float> trained) const {
  for (const Table& table : tables_) initialise_table(table.values.of(trained));
}

void StructureModel::tables(std::span<const float> trained, std::span<float> tables) const {
  parallel_for(static_cast<int64_t>(tables_.size()), threads_, [&](int64_t t) {
    const Table& one = tables_[static_cast<size_t>(t)];
    table(one.values.of(trained), one.products.of(tables));
  });
}

void StructureModel::add_gradient(std::span<const float> trained, std::span<const float> table_gradient,
                                  std::span<float> gradient) const {
  parallel_for(static_cast<int64_t>(tables_.size()), threads_, [&](int64_t t) {
    const Table& one = tables_[static_cast<size_t>(t)];
    add_table_gradient(one.values.of(trained), one.products.of(table_gradient), one.values.of(gradient));
  });
}

double StructureModel::power(std::span<const float> trained) const {
  double power = 0;
  for (size_t t = 0; t < tables_.size(); ++t) power += tables_[t].share * table_power(t, tables_[t].values.of(trained));
  return power;
}

void StructureModel::add_power_gradient(std::span<const float> trained, float weight, std::span<float> gradient) const {
  for (size_t t = 0; t < tables_.size(); ++t)
    add_table_power_gradient(t, tables_[t].values.of(trained), weight * static_cast<float>(tables_[t].share),
                             tables_[t].values.of(gradient));
}

void StructureModel::project(std::span<float> trained) const {
  for (const Table& table : tables_) project_table(table.values.of(trained));
}

std::vector<MultiplierStructure> StructureModel::structures(std::span<const float> trained) const {
  std::vector<MultiplierStructure> all;
  for (const Table& table : tables_) {
    all.push_back(structure(table.values.of(trained)));
    all.back().name = table.name;
  }
  return all;
}

}  // namespace tram::train
