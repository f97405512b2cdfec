#pragma once
#include <vector>

namespace tram {

/// A table of the non-linear delay model: a delay (s), transition (s) or energy (J) over input transition time (s)
/// and output load (F), either of which may be missing. Values between grid points are bilinear, outside the grid
/// the edge cells are extended linearly.
class NldmTable {
 public:
  /// A table without values: is_empty(), and 0 everywhere.
  NldmTable() = default;

  /// values[i * max(1, loads.size()) + j] at slews[i], loads[j]; an empty axis is one on which nothing depends.
  /// Axes strictly increasing; sizes checked by the reader.
  NldmTable(std::vector<double> slews, std::vector<double> loads, std::vector<double> values);

  double at(double slew, double load) const;
  bool is_empty() const { return values_.empty(); }

  const std::vector<double>& slews() const { return slews_; }
  const std::vector<double>& loads() const { return loads_; }
  const std::vector<double>& values() const { return values_; }

 private:
  std::vector<double> slews_;
  std::vector<double> loads_;
  std::vector<double> values_;
};

}  // namespace tram
