#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <tuple>

#include "models/network/float_inference.hpp"
#include "models/quant/affine.hpp"
#include "models/quant/quantise.hpp"
#include "models/support/error.hpp"
#include "models/support/parallel.hpp"

namespace tram {
namespace {

constexpr int bins = 4096;
constexpr double wide_headroom = 1.5;  // of ranges of codes wider than 8 bits

/// Range of all values; NaN where one is NaN.
struct Range {
  float low = std::numeric_limits<float>::infinity();
  float high = -std::numeric_limits<float>::infinity();
  float min_peak = std::numeric_limits<float>::infinity();  ///< the smallest of the positions' largest values

  void add_position(std::span<const float> channels) {
    float peak = -std::numeric_limits<float>::infinity();
    for (const float value : channels) {
      add_low(value);
      peak = std::max(peak, value);
    }
    high = std::max(high, peak);
    if (peak > all_masked) min_peak = std::min(min_peak, peak);
  }
  void add(const Range& other) {
    add_low(other.low);
    high = std::max(high, other.high);
    min_peak = std::min(min_peak, other.min_peak);
  }

 private:
  static constexpr float all_masked = -1000;  // a position whose values are no larger has nothing but masked ones

  void add_low(float value) {
    if (value < low || std::isnan(value)) low = value;
  }
};

/// Softmax of values so far below the largest is 0 in units of 2^-24: the codes of scores need not reach them.
void leave_out_masked(Range& range) {
  constexpr float vanishing = 17.4F;  // exp(-17.33) = 2^-25
  if (std::isfinite(range.min_peak)) range.low = std::max(range.low, range.min_peak - vanishing);
}

/// Histogram of values over equal parts of a range; what lies below it counts as its lowest.
struct Histogram {
  Range range;
  std::vector<int64_t> counts = std::vector<int64_t>(bins);

  double width() const { return (double{range.high} - range.low) / bins; }
  void add(std::span<const float> values) {
    const float per_value = range.high > range.low ? static_cast<float>(1 / width()) : 0.0F;
    const bool in_float = std::isfinite(per_value) && std::isfinite(range.high - range.low);
    for (const float value : values) {
      const float used = std::max(value, range.low);
      const double at = in_float ? double{(used - range.low) * per_value} : (double{used} - range.low) / width();
      ++counts[static_cast<size_t>(std::min(static_cast<int>(at), bins - 1))];
    }
  }
};

/// Observes the values of a graph on the first images of a data set, image ranges split over threads. Minima,
/// maxima and counts do not depend on the split.
class Observer {
 public:
  Observer(const NetworkGraph& graph, const Dataset& data, const QuantiseOptions& options)
      : inference_(graph), data_(data), images_(options.images), parts_(std::max(1, options.threads)),
        values_(static_cast<size_t>(graph.value_count())) {}

  std::vector<Range> ranges() const {
    return observe(
        std::vector<Range>(values_),
        [](Range& range, const Tensor& tensor) {
          const auto channels = static_cast<size_t>(tensor.shape.back());
          for (size_t i = 0; i < tensor.data.size(); i += channels)
            range.add_position(std::span(tensor.data).subspan(i, channels));
        },
        [](Range& total, const Range& part) { total.add(part); });
  }

  std::vector<Histogram> histograms(const std::vector<Range>& ranges) const {
    std::vector<Histogram> empty;
    for (const Range& range : ranges) empty.push_back({range});
    return observe(
        empty, [](Histogram& histogram, const Tensor& tensor) { histogram.add(tensor.data); },
        [](Histogram& total, const Histogram& part) {
          for (size_t b = 0; b < bins; ++b) total.counts[b] += part.counts[b];
        });
  }

 private:
  template <class Statistic, class Add, class Merge>
  std::vector<Statistic> observe(const std::vector<Statistic>& start, const Add& add, const Merge& merge) const {
    std::vector<std::vector<Statistic>> parts(static_cast<size_t>(parts_), start);
    parallel_for(parts_, parts_, [&](int64_t p) {
      for (int image = static_cast<int>(p); image < images_; image += parts_) {
        const std::vector<Tensor> values = inference_.run(data_.image(image));
        for (size_t v = 0; v < values.size(); ++v) add(parts[static_cast<size_t>(p)][v], values[v]);
      }
    });
    for (size_t p = 1; p < parts.size(); ++p)
      for (size_t v = 0; v < values_; ++v) merge(parts[0][v], parts[p][v]);
    return parts[0];
  }

  FloatInference inference_;
  const Dataset& data_;
  int images_, parts_;
  size_t values_;
};

/// The value below which the fraction given of all values lies, to one bin.
double quantile(const Histogram& histogram, double fraction) {
  int64_t total = 0, below = 0;
  for (const int64_t count : histogram.counts) total += count;
  for (size_t b = 0; b < bins; ++b) {
    below += histogram.counts[b];
    if (static_cast<double>(below) >= fraction * static_cast<double>(total))
      return histogram.range.low + (static_cast<double>(b) + 1) * histogram.width();
  }
  return histogram.range.high;
}

/// The range that the percentile method gives.
std::pair<double, double> percentile_range(const Histogram& histogram, double percentile) {
  const double fraction = percentile / 100;
  return {quantile(histogram, 1 - fraction) - histogram.width(), quantile(histogram, fraction)};
}

/// Values below `floor` count as floor.
WeightedValues samples_of(const Histogram& histogram, double floor) {
  WeightedValues samples;
  for (size_t b = 0; b < bins; ++b) {
    if (histogram.counts[b] == 0) continue;
    const double value = histogram.range.low + (static_cast<double>(b) + 0.5) * histogram.width();
    samples.values.push_back(std::max(value, floor));
    samples.counts.push_back(static_cast<double>(histogram.counts[b]));
  }
  return samples;
}

/// The point below which GELU stays within `step` of zero: no code need lie below it.
double gelu_floor(double step) {
  double floor = -8;
  while (floor < 0 && -GeluOp{}.value(floor) <= step) floor += 1.0 / 64;
  return floor;
}

/// Lower bounds by value, below which its codes need not reach, given the quantisers of all values.
std::vector<double> floors(const NetworkGraph& graph, const std::vector<Affine>& affines) {
  std::vector<double> floors(affines.size(), -std::numeric_limits<double>::infinity());
  const std::vector<std::vector<int>> readers = consumers(graph);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const auto read = static_cast<size_t>(graph.nodes[i].inputs[0]);
    if (std::holds_alternative<GeluOp>(graph.nodes[i].operation) && readers[read].size() == 1)
      floors[read] = gelu_floor(affines[i + 1].scale / 64.0);
  }
  return floors;
}

/// The quantiser of one value. Codes of more than 8 bits take the whole range and some room.
Affine fit(const Range& range, const Histogram* histogram, CodeFormat format, bool symmetric, double floor,
           const QuantiseOptions& options) {
  double low = range.low, high = range.high;
  const bool wide = format.bits > 8;
  if (wide) {
    low *= wide_headroom;
    high *= wide_headroom;
  } else if (options.calibrate == CalibrationMethod::percentile) {
    std::tie(low, high) = percentile_range(*histogram, options.percentile);
  }
  low = std::max(low, floor);
  const double bound = std::max(-low, high);
  if (wide || options.calibrate != CalibrationMethod::mse)
    return symmetric ? symmetric_affine(bound, format) : affine_of_range(low, high, format);
  const WeightedValues samples = samples_of(*histogram, floor);
  if (symmetric)
    return symmetric_affine(min_error_bound(samples, bound, {options.fitted_bits(format.bits), format.is_signed}),
                            format);
  const Interval fitted = min_error_range(samples, low, high, options.fitted_bits(format.bits));
  return affine_of_range(fitted.low, fitted.high, format);
}

void check_options(const QuantiseOptions& options, const Dataset& training) {
  const OperandBits operands = options.operands();
  for (const int bits : {operands.weights, operands.activations})
    if (bits < 2 || bits > 8) throw InputError("quantise.bits", fmt::format("{}; 2 .. 8 is expected", bits));
  if (options.range_bits != 0 && (options.range_bits < 2 || options.range_bits > options.bits))
    throw InputError("quantise.range_bits",
                     fmt::format("{}; 0, or 2 .. {}, is expected", options.range_bits, options.bits));
  for (const int wide : {options.stream_bits, options.score_bits})
    if (wide < operands.activations || wide > 16)
      throw InputError("quantise.stream_bits, quantise.score_bits",
                       fmt::format("{}; {} .. 16 is expected", wide, operands.activations));
  if (options.images < 1 || options.images > training.count())
    throw InputError("quantise.images", fmt::format("{}; 1 .. {}, the training images of {}, is expected",
                                                    options.images, training.count(), training.name()));
  if (!(options.percentile > 50 && options.percentile <= 100))
    throw InputError("quantise.percentile",
                     fmt::format("{}; above 50 and at most 100 is expected", options.percentile));
}

}  // namespace

std::vector<Affine> calibrate_activations(const NetworkGraph& graph, const Dataset& training,
                                          const QuantiseOptions& options) {
  check_options(options, training);
  const Observer observer(graph, training, options);
  const std::vector<CodeFormat> formats = value_formats(graph, options);
  std::vector<Range> ranges = observer.ranges();
  const std::vector<bool> masked = masked_scores(graph);
  for (size_t v = 0; v < ranges.size(); ++v)
    if (masked[v]) leave_out_masked(ranges[v]);
  for (size_t v = 0; v < ranges.size(); ++v)
    if (!std::isfinite(ranges[v].low) || !std::isfinite(ranges[v].high))
      throw InputError(graph.name, fmt::format("value {} is not finite on training images; usable weights are expected",
                                               v == 0 ? "input" : graph.nodes[v - 1].name));
  const std::vector<bool> symmetric = symmetric_values(graph);
  std::vector<Histogram> histograms;
  if (options.calibrate != CalibrationMethod::min_max) histograms = observer.histograms(ranges);
  std::vector<Affine> affines(ranges.size());
  const auto fit_all = [&](const std::vector<double>& floor) {
    parallel_for(static_cast<int64_t>(ranges.size()), options.threads, [&](int64_t value) {
      const auto v = static_cast<size_t>(value);
      affines[v] =
          fit(ranges[v], histograms.empty() ? nullptr : &histograms[v], formats[v], symmetric[v], floor[v], options);
    });
  };
  fit_all(std::vector<double>(ranges.size(), -std::numeric_limits<double>::infinity()));
  fit_all(floors(graph, affines));
  return affines;
}

}  // namespace tram
