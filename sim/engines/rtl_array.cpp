#include "sim/engines/rtl_array.hpp"

#include <algorithm>

#include "models/support/heartbeat.hpp"

namespace tram {
namespace {

constexpr int lanes = tram_row_lanes;
constexpr int group_rows = tram_row_group;

int ceil_div(int a, int b) { return (a + b - 1) / b; }

}  // namespace

RtlArray::RtlArray(const RowLibrary& library, int rows, int columns)
    : rows_(rows), columns_(columns), groups_(ceil_div(rows, group_rows)), segments_(ceil_div(columns, lanes)),
      psum_planes_(library.psum_planes()) {
  models_.reserve(size_t(groups_) * segments_);
  for (int i = 0; i < groups_ * segments_; ++i) models_.emplace_back(library);
  last_weights_.assign(models_.size() * 8, 0);
  last_psums_.assign(models_.size() * psum_planes_, 0);
  last_activations_.assign(models_.size() * group_rows, 0);
  activity_.toggles.assign(library.nets(), 0);
  activity_.ones.assign(library.nets(), 0);
}

void RtlArray::reset() {
  for (RowGroup& model : models_) model.reset();
  std::fill(last_weights_.begin(), last_weights_.end(), 0);
  std::fill(last_psums_.begin(), last_psums_.end(), 0);
  std::fill(last_activations_.begin(), last_activations_.end(), 0);
}

void RtlArray::watch(std::vector<uint32_t> nets, RowObserver observer) {
  watched_nets_ = std::move(nets);
  observer_ = std::move(observer);
}

void RtlArray::run(const Fold& fold) {
  const int64_t length = clocks(fold.m);
  stream_inputs(fold, length);
  for (int segment = 0; segment < segments_; ++segment) run_segment(segment, fold, length);
  activity_.pe_clocks += double(length) * rows_ * columns_;
}

/// Activations of all rows, as they enter at column 0: [group][row][clock].
void RtlArray::stream_inputs(const Fold& fold, int64_t length) {
  load_.assign(length, 0);
  std::fill_n(load_.begin(), rows_, 1);
  activations_.assign(size_t(groups_) * group_rows * length, 0);
  const int first = rows_ - fold.rows;
  for (int k = 0; k < fold.rows; ++k) {
    uint8_t* stream = activations_.data() + size_t(first + k) * length + rows_ - 1 + first + k;
    for (int m = 0; m < fold.m; ++m) stream[m] = fold.activations[size_t(m) * fold.rows + k];
  }
}

void RtlArray::run_segment(int segment, const Fold& fold, int64_t length) {
  weights_in_.assign(size_t(length + 1) * 8, 0);
  const int first_column = segment * lanes, used = std::clamp(fold.columns - first_column, 0, lanes);
  for (int k = 0; k < fold.rows; ++k) {
    uint64_t* planes = weights_in_.data() + size_t(fold.rows - 1 - k) * 8;
    for (int c = 0; c < used; ++c) {
      const uint8_t weight = fold.weights[size_t(k) * fold.columns + first_column + c];
      for (int i = 0; i < 8; ++i) planes[i] |= uint64_t(weight >> i & 1) << c;
    }
  }
  psums_in_.assign(size_t(length + 1) * psum_planes_, 0);
  weights_out_.resize(weights_in_.size());
  psums_out_.resize(psums_in_.size());
  activations_out_.resize(activations_.size());
  for (int group = 0; group < groups_; ++group) {
    run_group(segment, group, length);
    std::swap(weights_in_, weights_out_);
    std::swap(psums_in_, psums_out_);
  }
  collect(segment, fold);
  if (segment + 1 < segments_) std::swap(activations_, activations_out_);
}

/// Reads weights_in_ and psums_in_, leaves the outputs in weights_out_ and psums_out_ one clock later.
void RtlArray::run_group(int segment, int group, int64_t length) {
  const size_t model = size_t(segment) * groups_ + group;
  uint64_t* const last_weights = last_weights_.data() + model * 8;
  uint64_t* const last_psums = last_psums_.data() + model * psum_planes_;
  std::copy_n(last_weights, 8, weights_out_.begin());
  std::copy_n(last_psums, psum_planes_, psums_out_.begin());

  const int first_row = group * group_rows, rows = std::min(group_rows, rows_ - first_row);
  const int columns = std::min(lanes, columns_ - segment * lanes);
  uint64_t mask[group_rows] = {};
  std::fill_n(mask, rows, columns == lanes ? ~uint64_t{0} : (uint64_t{1} << columns) - 1);
  std::vector<uint8_t> leaving(segment + 1 < segments_ ? size_t(group_rows) * length : 0);
  watched_.resize(observer_ ? size_t(length) * watched_nets_.size() * group_rows : 0);

  TramRowRun run{};
  run.clocks = length;
  run.load = load_.data();
  run.activations = activations_.data() + size_t(first_row) * length;
  run.weights_in = weights_in_.data();
  run.psums_in = psums_in_.data();
  run.last_row = rows - 1;
  run.weights_out = weights_out_.data() + 8;
  run.psums_out = psums_out_.data() + psum_planes_;
  run.activations_out = leaving.empty() ? nullptr : leaving.data();
  run.lane_mask = mask;
  run.toggles = activity_.toggles.data();
  run.ones = activity_.ones.data();
  run.samples = &activity_.samples;
  run.watch = observer_ ? watched_nets_.data() : nullptr;
  run.watch_count = observer_ ? uint32_t(watched_nets_.size()) : 0;
  run.watched = watched_.data();
  models_[model].run(run);
  heartbeat();

  std::copy_n(weights_out_.end() - 8, 8, last_weights);
  std::copy_n(psums_out_.end() - psum_planes_, psum_planes_, last_psums);
  for (int r = 0; !leaving.empty() && r < group_rows; ++r) {  // they enter the next segment a clock later
    uint8_t* const stream = activations_out_.data() + size_t(first_row + r) * length;
    uint8_t& last = last_activations_[model * group_rows + r];
    stream[0] = last;
    std::copy_n(leaving.data() + size_t(r) * length, length - 1, stream + 1);
    last = leaving[size_t(r) * length + length - 1];
  }
  if (observer_) observer_(first_row, segment * lanes, length, watched_);
}

/// Takes the results out of the stream of the last row, which psums_in_ holds after the last group.
void RtlArray::collect(int segment, const Fold& fold) {
  const int first_column = segment * lanes, used = std::clamp(fold.columns - first_column, 0, lanes);
  for (int m = 0; m < fold.m; ++m)
    std::fill_n(fold.products.begin() + size_t(m) * fold.columns + first_column, used, 0);
  for (int64_t t = 0; t < fold.m + used - 1; ++t) {  // the diagonal m + c = t
    const uint64_t* planes = psums_in_.data() + size_t(2 * rows_ + first_column + t) * psum_planes_;
    const int first = int(std::max<int64_t>(0, t - fold.m + 1)), last = int(std::min<int64_t>(used - 1, t));
    for (size_t i = 0; i < psum_planes_; ++i)
      for (int c = first; c <= last; ++c)
        fold.products[size_t(t - c) * fold.columns + first_column + c] |= int32_t(planes[i] >> c & 1) << i;
  }
}

}  // namespace tram
