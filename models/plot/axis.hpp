#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tram {

struct Axis {
  std::string label;  ///< quantity and unit
  bool is_logarithmic = false;
  bool from_zero = false;                     ///< linear: 0 is shown
  std::optional<double> low = {}, high = {};  ///< ends; without: from the data
};

struct Tick {
  double value = 0;
  std::string label;  ///< empty for a minor tick
};

/// Scale of an axis: the position of values on it and its ticks.
///
/// Linear: ends are multiples of the tick step (1, 2 or 5 times a power of ten) around the data. Logarithmic: ends are
/// the data's with 6 % of the length (at least a tenth of a decade) to spare on either side, .45 decades in all at
/// least; ticks at powers of ten (every n-th when there are many), and at 2 and 5 times them on less than two and a
/// half decades. A logarithmic axis with data at or below 0 (an exact multiplier has error 0) keeps a band of 10 % at
/// its low end for them, with a tick 0 in its middle.
class AxisScale {
 public:
  /// Values that are not finite are passed over. Throws std::invalid_argument when low >= high, or low <= 0 on a
  /// logarithmic axis.
  AxisScale(const Axis& axis, std::span<const double> values);

  /// 0 at the low end, 1 at the high end.
  double position(double value) const;
  double low() const { return low_; }
  double high() const { return high_; }
  /// True when there is a band for 0 below the logarithmic part, which starts at band().
  bool has_zero_band() const { return band_ > 0; }
  double band() const { return band_; }
  /// Ticks in rising order.
  const std::vector<Tick>& ticks() const { return ticks_; }

 private:
  void set_linear(const Axis& axis, double least, double most);
  void set_logarithmic(const Axis& axis, double least, double most);
  void add_logarithmic_ticks();

  bool is_logarithmic_;
  double low_ = 0, high_ = 1, band_ = 0;
  std::vector<Tick> ticks_;
};

}  // namespace tram
