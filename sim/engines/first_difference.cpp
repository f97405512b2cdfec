#include "sim/engines/first_difference.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/engines/pe_trace.hpp"

namespace tram {
namespace {

constexpr uint64_t cycles_before = 8, cycles_after = 4;  // of the waves

}  // namespace

std::string FoldPlace::text() const {
  const auto layer = static_cast<size_t>(layer_);
  return fmt::format("layer {}, fold {}", layer < layers_.size() ? layers_[layer] : std::to_string(layer_), index_);
}

FirstDifference::FirstDifference(const PeModel& model, const MappedRow& row, RtlArray& array,
                                 const Scenario::Array& settings)
    : model_(model), row_(row), array_(array), rows_(settings.rows), columns_(settings.columns),
      clock_hz_(settings.clock_hz) {}

void FirstDifference::plan(const RunPlan& plan) {
  place_.plan(plan);
  waves_ = plan.difference_waves;
}

void FirstDifference::run(const Fold& fold) {
  std::vector<int32_t> products(fold.products.size());
  Fold copy = fold;
  copy.products = products;
  copy.wait = 0;
  array_.reset();
  array_.run(copy);
  array_.stop_watching();
}

/// The sum that leaves every row of the column for vector m: a clock after its activation is taken there.
std::vector<uint32_t> FirstDifference::sums_along_column(const Fold& fold, int m, int column) {
  std::vector<uint32_t> nets;
  for (const NetId net : model_.design.contract[Operand::sum].output.bits)
    nets.push_back(static_cast<uint32_t>(std::ranges::find(row_.nets, net) - row_.nets.begin()));
  std::vector<uint32_t> sums(static_cast<size_t>(rows_), 0);
  array_.watch(nets, [&](int first_row, int first_column, int64_t, const std::vector<uint64_t>& words) {
    if (column < first_column || column >= first_column + int(tram_row_lanes)) return;
    for (int r = 0; r < int(tram_row_group) && first_row + r < rows_; ++r) {
      const size_t clock = size_t(array_.stream() + 1 + first_row + r + m + column);
      for (size_t i = 0; i < nets.size(); ++i)
        sums[size_t(first_row + r)] |=
            uint32_t(words[(clock * nets.size() + i) * tram_row_group + size_t(r)] >> (column - first_column) & 1) << i;
    }
  });
  run(fold);
  return sums;
}

FirstDifference::Step FirstDifference::find(const Fold& fold, int m, int column) {
  const std::vector<uint32_t> sums = sums_along_column(fold, m, column);
  std::vector<uint8_t> weights(static_cast<size_t>(rows_) * static_cast<size_t>(columns_), 0);
  place_weights(fold, rows_, columns_, model_.kind, weights);
  const PeDesign& design = model_.design;
  const uint32_t mask = static_cast<uint32_t>((uint64_t{1} << design.psum_planes) - 1);
  Step step;
  for (;; ++step.row) {
    const int k = step.row - (rows_ - fold.rows);
    step.weight = weights[size_t(step.row) * size_t(columns_) + size_t(column)];
    step.activation = k < 0 ? uint8_t{0} : fold.activations[size_t(m) * size_t(fold.rows) + size_t(k)];
    const bool counts = k >= 0 || model_.kind == PeKind::plain;
    const int32_t product = counts ? model_.table.at(step.weight, step.activation) : 0;
    step.expected = (step.entered + uint32_t(product >> design.product_lsb)) & mask;
    step.left = sums[size_t(step.row)];
    if (step.expected != step.left || step.row + 1 == rows_) return step;
    step.entered = step.left;
  }
}

std::string FirstDifference::write_waves(const Fold& fold, uint64_t cycle) {
  const uint64_t from = std::max(cycle - std::min(cycle, cycles_before), fold.start_cycle);
  VcdRecorder recorder(from, cycle + cycles_after, clock_hz_);
  PeTrace trace(recorder, model_.design.contract, row_.nets, rows_, columns_);
  const bool is_plain = model_.kind == PeKind::plain;
  const PeTrace::Place place{fold.start_cycle, is_plain ? 0 : array_.stream() - 1, is_plain};
  array_.watch(trace.nets(), [&](int row, int column, int64_t clocks, const std::vector<uint64_t>& words) {
    trace.record(place, row, column, clocks, words);
  });
  run(fold);
  recorder.write(waves_);
  return fmt::format("; {} has the ports of all PEs from cycle {} to {}", waves_.string(), from, cycle + cycles_after);
}

std::string FirstDifference::text(const Fold& fold, size_t index, int32_t rtl, int32_t other,
                                  const std::string& engine) {
  const int m = static_cast<int>(index) / fold.columns, column = static_cast<int>(index) % fold.columns;
  const Step step = find(fold, m, column);
  const uint64_t cycle = fold.start_cycle + uint64_t(array_.stream() + fold.wait + 1 + step.row + m + column) + 1;
  const PeDesign& design = model_.design;
  const std::string expected =
      step.left == step.expected ? "as its table says" : fmt::format("{} is expected", design.sum(step.expected));
  return fmt::format(
      "{}, PE (row {}, column {}), cycle {}: vector {} sums to {} on rtl, {} on {}; in RTL weight {} and activation {} "
      "take the partial sum from {} to {}; {}{}",
      place_.text(), step.row, column, cycle, m, rtl, other, engine, step.weight, step.activation,
      design.sum(step.entered), design.sum(step.left), expected, waves_.empty() ? "" : write_waves(fold, cycle));
}

}  // namespace tram
