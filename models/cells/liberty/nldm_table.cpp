#include "models/cells/liberty/nldm_table.hpp"

#include <algorithm>
#include <utility>

namespace tram {
namespace {

// Position of a value on an axis: between points `index` and `index + 1`, at `fraction`, outside [0, 1] beyond the
// ends.
struct Position {
  size_t index = 0;
  double fraction = 0;
};

Position locate(const std::vector<double>& axis, double value) {
  if (axis.size() < 2) return {};
  const auto above = std::upper_bound(axis.begin() + 1, axis.end() - 1, value);
  const size_t index = static_cast<size_t>(above - axis.begin()) - 1;
  return {index, (value - axis[index]) / (axis[index + 1] - axis[index])};
}

}  // namespace

NldmTable::NldmTable(std::vector<double> slews, std::vector<double> loads, std::vector<double> values)
    : slews_(std::move(slews)), loads_(std::move(loads)), values_(std::move(values)) {}

double NldmTable::at(double slew, double load) const {
  if (values_.empty()) return 0;
  const Position s = locate(slews_, slew);
  const Position l = locate(loads_, load);
  const size_t columns = std::max<size_t>(1, loads_.size());
  const auto along_load = [&](size_t row) {
    const double* const values = &values_[row * columns];
    if (loads_.size() < 2) return values[0];
    return values[l.index] + l.fraction * (values[l.index + 1] - values[l.index]);
  };
  const double first = along_load(s.index);
  return slews_.size() < 2 ? first : first + s.fraction * (along_load(s.index + 1) - first);
}

}  // namespace tram
