#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "models/cells/liberty/liberty.hpp"
#include "models/cells/liberty/liberty_syntax.hpp"

namespace tram {

/// Attributes of a library group, which hold for all its cells.
struct LibertyHeader {
  std::string file;
  long line = 0;
  LibertyUnits units;
  OperatingConditions conditions;
  std::map<std::string, double, std::less<>> voltages;  ///< voltage_map, V
  /// Thresholds and derating of transitions, by attribute, with Liberty's defaults.
  std::map<std::string_view, double> thresholds;
  bool lacks_leakage_unit = false;
  std::vector<std::string> warnings;
};

/// Reads units, conditions and thresholds of a library group. Units are read whatever the case of their letters; one
/// that is missing is 1 ns, 1 V, 1 nW or 1 pF, with a warning for all but the volt. Throws InputError(file, line, what)
/// for what cannot be read, and where nothing gives a positive voltage.
LibertyHeader read_liberty_header(const LibertyGroup& group, const std::string& file);

/// Equal within .1 %.
bool are_equal_voltages(double a, double b);

/// Throws InputError unless the files can be one library: equal voltages and, where cells of `other` can be used, equal
/// thresholds and derating. Adds a warning to `other` where temperature or process differ.
void check_one_library(const LibertyHeader& first, LibertyHeader& other, bool has_usable_cells);

}  // namespace tram
