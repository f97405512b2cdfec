#pragma once
#include <cstdint>
#include <random>
#include <vector>

#include "sim/config/scenario_choices.hpp"
#include "sim/engines/engine.hpp"

namespace tram {

/// PEs of a fold to simulate: `columns` columns, of each `rows` rows.
struct SampleSize {
  int columns = 0, rows = 0;
};

/// Columns a whole run needs so that the 95 % interval of its sampled energy is at most 1 % wide, with a margin;
/// measured on ResNet-20 and DeiT-Tiny, and stated with each result as achieved.
inline constexpr int64_t sampled_columns_of_a_run = 2500;

/// The size for a run of so many folds, of a population of columns x rows; at least two of each, as variances need.
SampleSize sample_size(int64_t folds, int columns, int rows);

/// The size for a run of so many folds of which the scenario says how much is simulated.
SampleSize sample_size(const SampleRule& rule, int64_t folds, int columns, int rows);

/// About so many PEs a fold, in the same way.
SampleSize sample_of(int pes, int columns, int rows);

/// count of 0 .. total - 1 without repetition, ascending: uniform at random.
std::vector<int> random_choice(int total, int count, std::mt19937_64& random);
/// count of 0 .. total - 1 at equal distances from a random start, ascending.
std::vector<int> systematic_choice(int total, int count, std::mt19937_64& random);

/// Energies of the sampled PEs, [column][row], scaled up to all columns x rows.
/// Two-stage sampling, columns without replacement, then rows (Cochran, Sampling Techniques, 3rd ed., eq. 10.15):
///   variance = N^2 (1 - n/N) s1^2 / n + (N/n) sum over columns of M^2 (1 - m/M) s2^2 / m
/// with N columns of which n were taken, M rows of which m, s1^2 the variance of the estimated column sums and s2^2
/// that of the PEs in a column. Rows at equal distances count as random ones, which overstates it where the energy
/// rises or falls along the column.
class TwoStageEstimate {
 public:
  TwoStageEstimate(int columns, int rows) : columns_(columns), rows_(rows) {}
  void add_column(const std::vector<ArrayEnergy>& pes);
  ArrayEnergy energy() const;
  SampledEnergy sampled() const;

 private:
  int columns_, rows_;
  std::vector<ArrayEnergy> sums_;  // estimated, by column
  double within_ = 0;              // sum of the second term's parts
  int64_t pes_ = 0;
};

}  // namespace tram
