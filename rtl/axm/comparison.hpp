#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/cells/energy/exact_multiplier.hpp"
#include "models/cells/liberty/liberty.hpp"
#include "models/multiplier/error_metrics.hpp"
#include "rtl/axm/output.hpp"

namespace tram::axm {

struct ComparedMultiplier {
  std::string name;
  Netlist netlist;
  ErrorMetrics metrics;
};

/// The multipliers in one library.
struct LibraryComparison {
  std::shared_ptr<const Library> library;
  std::vector<ExactMultiplier> exact;  ///< best first; what all ratios name as 1
  std::vector<HardwareCost> costs;     ///< by multiplier
  std::vector<bool> is_on_front;       ///< by multiplier: not dominated in (NMED, energy) by another or the best exact
};

struct Comparison {
  std::vector<ComparedMultiplier> multipliers;
  std::vector<LibraryComparison> libraries;
  std::string operands;  ///< what the errors are weighed by
  std::string stimulus;  ///< what the energies are for
  std::string convention;
  double period = 0;               ///< s
  std::vector<std::string> notes;  ///< on how files were read
};

/// Characterises multipliers of equal widths and signedness, each as best_hardware_cost maps it.
LibraryComparison compare_in(std::shared_ptr<const Library> library, const std::vector<ComparedMultiplier>& multipliers,
                             const OperandStimulus& stimulus, const CostOptions& options);

/// Positions of the points that no other point beats or equals in both error and cost while being better in one, by
/// rising error; of equal points the first.
std::vector<size_t> non_dominated(const std::vector<std::pair<double, double>>& error_and_cost);

/// The table of the terminal, for lines of `width` characters.
std::string comparison_text(const Comparison& comparison, int width);
/// One row a library and multiplier, SI units; the best exact multiplier of each library first.
std::string comparison_csv(const Comparison& comparison);
Json comparison_json(const Comparison& comparison);
/// Error against energy, one figure a library.
std::string comparison_svg(const Comparison& comparison);

}  // namespace tram::axm
