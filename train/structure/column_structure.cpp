#include "train/structure/column_structure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "models/multiplier/structure/mapping.hpp"
#include "models/multiplier/structure/reduction_tree.hpp"
#include "models/support/error.hpp"

namespace tram::train {
namespace {

constexpr int always_removed = 4;  // theta_0..3 start at 1
constexpr float removed_at_first = 1, kept_at_first = 0;

int column_count(const NetworkParameters& parameters, const std::optional<int>& wanted) {
  const int bits = operand_bits(parameters);
  const int columns = wanted.value_or(bits);
  if (columns < 1 || columns > 2 * bits - 1)
    throw InputError("structure", fmt::format("{} columns; 1 .. {} are expected", columns, 2 * bits - 1));
  return columns;
}

/// The bits j of x with w[column - j]: S_c(w, x) is the number of ones in x & this.
uint32_t bits_of_column(uint32_t w, int column, int bits) {
  uint32_t mask = 0;
  for (int i = 0; i < bits; ++i) {
    const int j = column - i;
    if (j >= 0 && j < bits && (w >> i & 1) != 0) mask |= 1u << j;
  }
  return mask;
}

}  // namespace

std::vector<double> published_column_costs(int bits, Accumulation accumulation) {
  const ReductionTree tree = reduction_tree(exact_structure(bits, bits, false, accumulation, TreeForm::full));
  std::vector<double> costs(static_cast<size_t>(2 * bits - 1), 0.0);
  for (const TreeDot& dot : tree.dots) costs[static_cast<size_t>(dot.column)] += PublishedCosts::and_gate;
  for (const TreeAdder& adder : tree.adders)
    costs[static_cast<size_t>(adder.column)] +=
        adder.inputs[2] < 0 ? PublishedCosts::half_adder : PublishedCosts::full_adder;
  return costs;
}

ColumnStructure::ColumnStructure(NetworkParameters& parameters, const Options& options)
    : ColumnStructure(parameters, options, column_count(parameters, options.columns)) {}

ColumnStructure::ColumnStructure(NetworkParameters& parameters, const Options& options, int columns)
    : StructureModel(parameters, "theta", columns, options.shares, options.threads), columns_(columns),
      accumulation_(options.accumulation), costs_(published_column_costs(bits(), options.accumulation)) {
  const double all = std::accumulate(costs_.begin(), costs_.end(), 0.0);
  for (double& cost : costs_) cost /= all;
}

void ColumnStructure::initialise_table(std::span<float> values) const {
  for (int c = 0; c < columns_; ++c)
    values[static_cast<size_t>(c)] = c < always_removed ? removed_at_first : kept_at_first;
}

void ColumnStructure::table(std::span<const float> values, std::span<float> products) const {
  const uint32_t codes = 1u << bits();
  for (uint32_t w = 0; w < codes; ++w) {
    float* const row = products.data() + size_t{w} * codes;
    for (uint32_t x = 0; x < codes; ++x) row[x] = static_cast<float>(w * x);
    for (int c = 0; c < columns_; ++c) {
      const float removed = std::ldexp(values[static_cast<size_t>(c)], c);
      const uint32_t mask = bits_of_column(w, c, bits());
      if (mask == 0 || removed == 0) continue;
      for (uint32_t x = 0; x < codes; ++x) row[x] -= removed * static_cast<float>(std::popcount(x & mask));
    }
  }
}

void ColumnStructure::add_table_gradient(std::span<const float>, std::span<const float> products_gradient,
                                         std::span<float> gradient) const {
  const uint32_t codes = 1u << bits();
  std::vector<double> sums(static_cast<size_t>(columns_), 0.0);
  std::vector<double> by_bit(static_cast<size_t>(bits()));
  for (uint32_t w = 0; w < codes; ++w) {
    const float* const row = products_gradient.data() + size_t{w} * codes;
    std::ranges::fill(by_bit, 0.0);
    for (uint32_t x = 0; x < codes; ++x)
      for (int j = 0; j < bits(); ++j) by_bit[static_cast<size_t>(j)] += (x >> j & 1) != 0 ? row[x] : 0;
    for (int i = 0; i < bits(); ++i)
      for (int j = 0; (w >> i & 1) != 0 && j < bits() && i + j < columns_; ++j)
        sums[static_cast<size_t>(i + j)] += by_bit[static_cast<size_t>(j)];
  }
  for (int c = 0; c < columns_; ++c)
    gradient[static_cast<size_t>(c)] -= static_cast<float>(std::ldexp(sums[static_cast<size_t>(c)], c));
}

double ColumnStructure::table_power(size_t, std::span<const float> values) const {
  double power = 1;
  for (size_t c = 0; c < values.size(); ++c) power -= values[c] * costs_[c];
  return power;
}

void ColumnStructure::add_table_power_gradient(size_t, std::span<const float>, float weight,
                                               std::span<float> gradient) const {
  for (size_t c = 0; c < gradient.size(); ++c) gradient[c] -= weight * static_cast<float>(costs_[c]);
}

void ColumnStructure::project_table(std::span<float> values) const {
  for (float& theta : values) theta = std::clamp(theta, 0.0F, 1.0F);
}

MultiplierStructure ColumnStructure::structure(std::span<const float> values) const {
  const std::vector<double> theta(values.begin(), values.end());
  return map_published(theta, {.a_bits = bits(), .b_bits = bits(), .accumulation = accumulation_}).structure;
}

}  // namespace tram::train
