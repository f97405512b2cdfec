#include "sim/engines/rtl_array.hpp"

#include <algorithm>

#include "models/support/heartbeat.hpp"

namespace tram {
namespace {

constexpr int lanes = tram_row_lanes;
constexpr int group_rows = tram_row_group;
static_assert(GatedClocks::block_rows % group_rows == 0, "the rows of a group share their clock gates");

int ceil_div(int a, int b) { return (a + b - 1) / b; }

}  // namespace

RtlArray::RtlArray(const RowLibrary& library, const PeContract& contract, int rows, int columns, bool skip_zeros)
    : rows_(rows), columns_(columns), groups_(ceil_div(rows, group_rows)), segments_(ceil_div(columns, lanes)),
      south_planes_(library.south_planes()), weight_planes_(contract[Operand::weight].input.bits.size()),
      sum_planes_(contract[Operand::sum].input.bits.size()), is_gated_(contract.is_gated()), skip_zeros_(skip_zeros),
      gated_(rows, columns, contract.has(Operand::swap)) {
  if (contract.has(Operand::flag)) flag_ = uint64_t{1} << contract.first_plane(Operand::flag);
  if (contract.has(Operand::swap)) swap_ = uint64_t{1} << contract.first_plane(Operand::swap);
  models_.reserve(size_t(groups_) * segments_);
  for (int i = 0; i < groups_ * segments_; ++i) models_.emplace_back(library);
  last_south_.assign(models_.size() * south_planes_, 0);
  last_east_.assign(models_.size() * group_rows, 0);
  activity_.toggles.assign(library.nets(), 0);
  activity_.ones.assign(library.nets(), 0);
  activity_.ticks.assign(contract.clocks.size(), 0);
}

void RtlArray::reset() {
  for (RowGroup& model : models_) model.reset();
  std::fill(last_south_.begin(), last_south_.end(), 0);
  std::fill(last_east_.begin(), last_east_.end(), 0);
}

void RtlArray::watch(std::vector<uint32_t> nets, RowObserver observer) {
  watched_nets_ = std::move(nets);
  observer_ = std::move(observer);
}

void RtlArray::run(const Fold& fold) {
  const PlacedFold placed{&fold, 0, stream() + fold.wait};
  run({&placed, 1}, clocks(fold.m) + fold.wait);
}

void RtlArray::run(std::span<const PlacedFold> folds, int64_t length) {
  east_.assign(size_t(groups_) * group_rows * length, 0);
  for (const PlacedFold& placed : folds) stream_inputs(placed, length);
  for (int segment = 0; segment < segments_; ++segment) run_segment(segment, folds, length);
}

/// Activations of all rows, as they enter at column 0: [group][row][clock].
void RtlArray::stream_inputs(const PlacedFold& placed, int64_t length) {
  const int first = rows_ - placed.fold->rows;
  for (int k = 0; k < placed.fold->rows; ++k) {
    const int64_t start = placed.stream + first + k;
    uint64_t* const stream = east_.data() + size_t(first + k) * length + start;
    if (!is_gated_)
      for (int m = 0; m < placed.fold->m; ++m) stream[m] = placed.fold->activations[size_t(m) * placed.fold->rows + k];
    else stream_row(placed, k, {stream - 1, size_t(placed.fold->m) + 2});
  }
}

/// Row k of a fold for gated PEs: the copy, the activations, code 0.
void RtlArray::stream_row(const PlacedFold& placed, int k, std::span<uint64_t> stream) const {
  const Fold& fold = *placed.fold;
  stream[0] |= swap_;
  uint64_t held = 0;
  for (int m = 0; m < fold.m; ++m) {
    const uint64_t activation = fold.activations[size_t(m) * fold.rows + k];
    const bool counts = activation != 0 || !skip_zeros_;
    if (counts) held = activation;
    stream[size_t(m) + 1] = held | (counts ? flag_ : 0);
  }
  stream[size_t(fold.m) + 1] = flag_;
}

/// Weights of a segment's columns, as they enter row 0: that of the last row first.
void RtlArray::enter_weights(int segment, const PlacedFold& placed) {
  const Fold& fold = *placed.fold;
  const int first_column = segment * lanes, used = std::clamp(fold.columns - first_column, 0, lanes);
  for (int k = 0; k < fold.rows; ++k)
    for (int c = 0; c < used; ++c) {
      const int64_t clock = placed.load + fold.rows - 1 - k + (swap_ != 0 ? first_column + c : 0);
      uint64_t* const planes = south_in_.data() + size_t(clock) * south_planes_;
      const uint8_t weight = fold.weights[size_t(k) * fold.columns + first_column + c];
      for (size_t i = 0; i < weight_planes_; ++i) planes[i] |= uint64_t(weight >> i & 1) << c;
    }
}

/// Lanes of a group of rows that load and that are clocked.
void RtlArray::enable_clocks(int segment, int group, std::span<const PlacedFold> folds, int64_t length) {
  load_.assign(size_t(length), 0);
  enable_.assign(size_t(is_gated_ ? length : 0), 0);
  for (const PlacedFold& placed : folds) {
    if (!is_gated_) {
      std::fill_n(load_.begin() + placed.load, rows_, ~uint64_t{0});
      continue;
    }
    gated_.add_loading(*placed.fold, group * group_rows, segment * lanes, placed.load, load_);
    gated_.add_enabled(*placed.fold, group * group_rows, segment * lanes, placed.stream, enable_);
  }
}

/// Planes that move south: the weight's, then the sum's, which enters as 0.
void RtlArray::run_segment(int segment, std::span<const PlacedFold> folds, int64_t length) {
  south_in_.assign(size_t(length + 1) * south_planes_, 0);
  for (const PlacedFold& placed : folds) enter_weights(segment, placed);
  south_out_.resize(south_in_.size());
  east_out_.resize(east_.size());
  for (int group = 0; group < groups_; ++group) {
    enable_clocks(segment, group, folds, length);
    run_group(segment, group, length);
    std::swap(south_in_, south_out_);
  }
  for (const PlacedFold& placed : folds) collect(segment, placed);
  if (segment + 1 < segments_) std::swap(east_, east_out_);
}

/// Reads south_in_, leaves the outputs in south_out_ one clock later.
void RtlArray::run_group(int segment, int group, int64_t length) {
  const size_t model = size_t(segment) * groups_ + group;
  uint64_t* const last_south = last_south_.data() + model * south_planes_;
  std::copy_n(last_south, south_planes_, south_out_.begin());

  const int first_row = group * group_rows, rows = std::min(group_rows, rows_ - first_row);
  const int columns = std::min(lanes, columns_ - segment * lanes);
  uint64_t mask[group_rows] = {};
  std::fill_n(mask, rows, columns == lanes ? ~uint64_t{0} : (uint64_t{1} << columns) - 1);
  std::vector<uint64_t> leaving(segment + 1 < segments_ ? size_t(group_rows) * length : 0);
  watched_.resize(observer_ ? size_t(length) * watched_nets_.size() * group_rows : 0);

  TramRowRun run{};
  run.clocks = length;
  run.load = load_.data();
  run.enable = enable_.data();
  run.ticks = activity_.ticks.data();
  run.east_in = east_.data() + size_t(first_row) * length;
  run.south_in = south_in_.data();
  run.last_row = rows - 1;
  run.south_out = south_out_.data() + south_planes_;
  run.east_out = leaving.empty() ? nullptr : leaving.data();
  run.lane_mask = mask;
  run.toggles = activity_.toggles.data();
  run.ones = activity_.ones.data();
  run.samples = &activity_.samples;
  run.watch = observer_ ? watched_nets_.data() : nullptr;
  run.watch_count = observer_ ? uint32_t(watched_nets_.size()) : 0;
  run.watched = watched_.data();
  models_[model].run(run);
  heartbeat();

  std::copy_n(south_out_.end() - south_planes_, south_planes_, last_south);
  for (int r = 0; !leaving.empty() && r < group_rows; ++r) {  // they enter the next segment a clock later
    uint64_t* const stream = east_out_.data() + size_t(first_row + r) * length;
    uint64_t& last = last_east_[model * group_rows + r];
    stream[0] = last;
    std::copy_n(leaving.data() + size_t(r) * length, length - 1, stream + 1);
    last = leaving[size_t(r) * length + length - 1];
  }
  if (observer_) observer_(first_row, segment * lanes, length, watched_);
}

/// Takes the results out of the stream of the last row, which south_in_ holds after the last group.
void RtlArray::collect(int segment, const PlacedFold& placed) {
  const Fold& fold = *placed.fold;
  const int first_column = segment * lanes, used = std::clamp(fold.columns - first_column, 0, lanes);
  for (int m = 0; m < fold.m; ++m)
    std::fill_n(fold.products.begin() + size_t(m) * fold.columns + first_column, used, 0);
  for (int64_t t = 0; t < fold.m + used - 1; ++t) {  // the diagonal m + c = t
    const uint64_t* planes =
        south_in_.data() + size_t(placed.stream + rows_ + 1 + first_column + t) * south_planes_ + weight_planes_;
    const int first = int(std::max<int64_t>(0, t - fold.m + 1)), last = int(std::min<int64_t>(used - 1, t));
    for (size_t i = 0; i < sum_planes_; ++i)
      for (int c = first; c <= last; ++c)
        fold.products[size_t(t - c) * fold.columns + first_column + c] |= int32_t(planes[i] >> c & 1) << i;
  }
}

}  // namespace tram
