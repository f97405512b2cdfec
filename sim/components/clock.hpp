#pragma once
#include <cstdint>
#include <systemc>

#include "models/support/error.hpp"

namespace tram {

/// The one clock of the platform: converts between cycles and SystemC time. The period is rounded to SystemC's
/// resolution (1 ps), which changes no count of cycles: seconds are always cycles / hz.
class Clock {
 public:
  explicit Clock(double hz) : hz_(hz), period_(1 / hz, sc_core::SC_SEC) {}

  double hz() const { return hz_; }
  /// InputError beyond 2^63 ps: SystemC's time would wrap.
  sc_core::sc_time cycles(uint64_t count) const {
    if (count > (uint64_t{1} << 63) / period_.value())
      throw InputError("scenario",
                       "an image takes more than 2^63 ps (106 days) of simulated time; a faster clock, DRAM "
                       "or bus is expected");
    return sc_core::sc_time::from_value(count * period_.value());
  }
  sc_core::sc_time seconds(double s) const { return s * hz_ * period_; }
  /// The cycle of a moment, rounded up.
  uint64_t cycle(const sc_core::sc_time& time) const { return (time.value() + period_.value() - 1) / period_.value(); }
  uint64_t now() const { return cycle(sc_core::sc_time_stamp()); }
  /// From now until the start of that cycle; zero if it is past.
  sc_core::sc_time until(uint64_t cycle) const {
    const sc_core::sc_time start = cycles(cycle);
    return cycle > now() ? start - cycles(now()) : sc_core::SC_ZERO_TIME;
  }

 private:
  double hz_;
  sc_core::sc_time period_;
};

}  // namespace tram
