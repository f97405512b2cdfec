#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "models/cells/energy/power_model.hpp"
#include "models/cells/netlist/mapped_netlist.hpp"
#include "models/cells/timing/timed_simulation.hpp"

namespace tram {

/// Dynamic energy of a multiplier for every transition of one operand: E(w, x_prev -> x_now) with the weight w
/// (operand a) held and all changed bits of the activation x (operand b) switching at once, from a settled state to
/// the next (weight-stationary PE). E = sum over nets of toggles x joule (toggle_energy.hpp), without leakage.
/// Stored as 16-bit counts below 2^15: 32 MiB for 8 x 8 bits.
class TransitionEnergy {
 public:
  /// counts[((x_prev << b_bits) | x_now) << a_bits | w]; sizes and ranges as transition_energy makes them.
  TransitionEnergy(int a_bits, int b_bits, DelayModel delays, double joule_per_count, double error_bound,
                   double leakage_power, std::vector<uint16_t> counts);

  int a_bits() const { return a_bits_; }
  int b_bits() const { return b_bits_; }
  DelayModel delays() const { return delays_; }

  /// 2^a_bits counts, by w.
  std::span<const uint16_t> row(uint32_t x_prev, uint32_t x_now) const {
    const size_t index = (size_t{x_prev} << b_bits_ | x_now) << a_bits_;
    return {counts_.data() + index, size_t{1} << a_bits_};
  }
  std::span<const uint16_t> counts() const { return counts_; }

  /// Energy of one count, J.
  double joule_per_count() const { return joule_per_count_; }
  /// Largest difference in J between an entry and the sum of its toggles x joule, from rounding.
  double error_bound() const { return error_bound_; }
  /// Leakage of one instance, W, at uniform random operands (NetEnergies::leakage_power).
  double leakage_power() const { return leakage_power_; }

  /// Energy of one transition, J.
  double energy(uint32_t w, uint32_t x_prev, uint32_t x_now) const { return row(x_prev, x_now)[w] * joule_per_count_; }
  /// Mean energy over all entries, J: uniform random x, independent from one step to the next, and uniform w.
  double mean_energy() const;

 private:
  int a_bits_, b_bits_;
  DelayModel delays_;
  double joule_per_count_, error_bound_, leakage_power_;
  std::vector<uint16_t> counts_;
};

struct TransitionEnergyOptions {
  DelayModel delays = DelayModel::library;
  TimingOptions timing;
  PowerConvention convention = PowerConvention::liberty;
  int threads = 1;                     ///< the result does not depend on it
  std::filesystem::path cache_folder;  ///< empty: default_cache_folder()
  bool use_cache = true;
};

/// The table of a combinational netlist with two input ports, in order a (weight) and b (activation), of at most 8
/// bits each. Delays are rounded to steps of about 1/255 of the latest arrival, which moves the mean energy of an exact
/// multiplier by less than 1 % in six libraries (tests/cells/transition_energy_test.cpp, CoarseStepsCostLittle).
/// Cached by content of netlist, library and options; a damaged cache file is computed again. Throws
/// InputError when the netlist has other ports or flip-flops.
TransitionEnergy transition_energy(const MappedNetlist& netlist, const TransitionEnergyOptions& options = {});

}  // namespace tram
