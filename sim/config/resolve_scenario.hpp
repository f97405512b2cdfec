#pragma once
#include <span>
#include <string>

#include "sim/config/raw_scenario.hpp"
#include "sim/config/scenario.hpp"

namespace tram {

/// Defaults, then the file's values, then the overrides, later ones winning; what the file of a trained network decides
/// (trained_network_keys.hpp) follows from it. A value of the file is checked even when
/// an override replaces it. InputError at the value at fault: wrong type, unit, range or choice, a file that does not
/// exist, or settings that do not go together.
Scenario resolve_scenario(const RawScenario& file, std::span<const RawValue> overrides = {});

/// A scenario file with every key of scenario, that resolves to the same scenario again.
std::string scenario_as_yaml(const Scenario& scenario);

/// Where the energies of SRAM, DRAM and vector unit come from and what they are, in one line for reports.
std::string access_energy_note(const Scenario& scenario);

}  // namespace tram
