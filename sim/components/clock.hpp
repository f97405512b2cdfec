#pragma once
#include <cstdint>
#include <systemc>

namespace tram {

/// The one clock of the platform: converts between cycles and SystemC time. The period is rounded to SystemC's
/// resolution (1 ps), which changes no count of cycles: seconds are always cycles / hz.
class Clock {
 public:
  explicit Clock(double hz) : hz_(hz), period_(1 / hz, sc_core::SC_SEC) {}

  double hz() const { return hz_; }
  sc_core::sc_time cycles(uint64_t count) const { return static_cast<double>(count) * period_; }
  sc_core::sc_time seconds(double s) const { return s * hz_ * period_; }
  /// The cycle of a moment, rounded up.
  uint64_t cycle(const sc_core::sc_time& time) const {
    return (time.value() + period_.value() - 1) / period_.value();
  }
  uint64_t now() const { return cycle(sc_core::sc_time_stamp()); }
  /// From now until the start of that cycle; zero if it is past.
  sc_core::sc_time until(uint64_t cycle) const { return cycle > now() ? cycles(cycle - now()) : sc_core::SC_ZERO_TIME; }

 private:
  double hz_;
  sc_core::sc_time period_;
};

}  // namespace tram
