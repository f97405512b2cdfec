#pragma once
#include <string>
#include <string_view>

namespace tram {

/// Dimension of a value; every quantity is held in the SI base unit of its dimension.
enum class Dimension { frequency, time, size, bandwidth, energy, energy_per_byte, capacitance, cycles };

/// Base unit: "Hz", "s", "B", "B/s", "J", "J/B", "F", "cycles".
std::string_view base_unit(Dimension dimension);

/// "500 MHz" -> 5e8, "256 KiB" -> 262144, "12 pJ/B" -> 1.2e-11: a decimal number, then prefix and unit, a space between
/// them or not. Prefixes f p n u m k M G T; for sizes and bandwidths also Ki Mi Gi Ti, and none below 1. "unlimited" is
/// an infinite bandwidth. Cycles are counts: their unit may be left out. The decimal value is rounded once, so that
/// "60 ns" is the double nearest to 60e-9. Throws std::invalid_argument with "what was found; what is expected".
double parse_quantity(std::string_view text, Dimension dimension);

/// The text, with the prefix that gives the shortest one, that parse_quantity() turns into exactly value again; cycles
/// without their unit.
std::string format_quantity(double value, Dimension dimension);

}  // namespace tram
