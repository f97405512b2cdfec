#include "sim/engines/sample_plan.hpp"

#include <algorithm>
#include <numeric>

namespace tram {
namespace {

constexpr int sampled_rows = 4;

/// Unbiased; 0 for fewer than two values.
double variance(const std::vector<double>& values) {
  if (values.size() < 2) return 0;
  const double n = double(values.size()), mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double sum = 0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return sum / (n - 1);
}

double sampled_part(const ArrayEnergy& energy) { return energy.adder + energy.registers; }

}  // namespace

SampleSize sample_size(int64_t folds, int columns, int rows) {
  const int64_t wanted = folds > 0 ? (sampled_columns_of_a_run + folds - 1) / folds : columns;
  return {static_cast<int>(std::clamp<int64_t>(wanted, std::min(2, columns), columns)), std::min(sampled_rows, rows)};
}

SampleSize sample_size(const SampleRule& rule, int64_t folds, int columns, int rows) {
  switch (rule.kind) {
    case SampleRule::Kind::all: return {columns, rows};
    case SampleRule::Kind::automatic: return sample_size(folds, columns, rows);
    case SampleRule::Kind::number: break;
  }
  return sample_of(rule.pes, columns, rows);
}

SampleSize sample_of(int pes, int columns, int rows) {
  const int height = std::min(sampled_rows, rows);
  return {std::clamp((pes + height - 1) / height, std::min(2, columns), columns), height};
}

std::vector<int> random_choice(int total, int count, std::mt19937_64& random) {
  std::vector<int> chosen;  // Knuth's algorithm S
  for (int i = 0; i < total && static_cast<int>(chosen.size()) < count; ++i) {
    const auto left = static_cast<uint64_t>(total - i), needed = static_cast<uint64_t>(count) - chosen.size();
    if (random() % left < needed) chosen.push_back(i);
  }
  return chosen;
}

std::vector<int> systematic_choice(int total, int count, std::mt19937_64& random) {
  const double start = static_cast<double>(random() >> 11) * 0x1p-53;
  std::vector<int> chosen;
  for (int i = 0; i < count; ++i) chosen.push_back(static_cast<int>((i + start) * total / count));
  return chosen;
}

void TwoStageEstimate::add_column(const std::vector<ArrayEnergy>& pes) {
  ArrayEnergy sum;
  std::vector<double> values;
  for (const ArrayEnergy& pe : pes) {
    sum += pe;
    values.push_back(sampled_part(pe));
  }
  const double m = double(pes.size()), scale = rows_ / m;
  sum.adder *= scale;
  sum.registers *= scale;
  sums_.push_back(sum);
  within_ += double(rows_) * rows_ * (1 - m / rows_) * variance(values) / m;
  pes_ += int64_t(pes.size());
}

ArrayEnergy TwoStageEstimate::energy() const {
  ArrayEnergy total;
  for (const ArrayEnergy& sum : sums_) total += sum;
  const double scale = sums_.empty() ? 0 : double(columns_) / double(sums_.size());
  total.adder *= scale;
  total.registers *= scale;
  return total;
}

SampledEnergy TwoStageEstimate::sampled() const {
  if (sums_.empty()) return {};
  std::vector<double> values;
  for (const ArrayEnergy& sum : sums_) values.push_back(sampled_part(sum));
  const double n = double(sums_.size()), total = columns_;
  SampledEnergy result;
  result.joule = sampled_part(energy());
  result.variance = total * total * (1 - n / total) * variance(values) / n + total / n * within_;
  result.pes = pes_;
  result.of = int64_t{columns_} * rows_;
  return result;
}

}  // namespace tram
