#pragma once
#include <algorithm>
#include <limits>
#include <optional>
#include <vector>

namespace tram::train {

/// Error that a change adds and energy that it saves: as last measured, or more than it can be.
struct ChangeValue {
  double increase = 0;
  double saved = 1;
  bool is_fresh = false;  ///< whether it was measured in this state
};

inline constexpr double min_saving = 1e-4;  ///< in place of a saving that was measured as none

/// The change with the least increase of the error a unit of energy saved; nothing when none saves energy. `measure(i)`
/// gives what change i saves in this state and is asked only for those that might be the best (lazy greedy: Minoux,
/// Accelerated greedy algorithms, 1978); what it gave stands in `values` after it.
template <typename Measure>
std::optional<size_t> least_price(std::vector<ChangeValue>& values, const Measure& measure) {
  const auto price = [&](const ChangeValue& v) {
    if (v.is_fresh && v.saved <= 0) return std::numeric_limits<double>::infinity();
    const double saved = std::max(v.saved, min_saving);
    return v.increase > 0 ? v.increase / saved : v.increase * saved;
  };
  while (!values.empty()) {
    const auto best = std::ranges::min_element(values, {}, price);
    if (best->is_fresh)
      return best->saved > 0 ? std::optional(static_cast<size_t>(best - values.begin())) : std::nullopt;
    best->saved = measure(static_cast<size_t>(best - values.begin()));
    best->is_fresh = true;
  }
  return std::nullopt;
}

}  // namespace tram::train
