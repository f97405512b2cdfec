#pragma once
#include <string>
#include <vector>

#include "models/multiplier/netlist.hpp"

namespace tram {

/// Names of the built-in multipliers: exact, trunc1 .. trunc15 (8 x 8 bits, unsigned).
std::vector<std::string> multiplier_names();

/// The multiplier of that name, or the one in a netlist file (import.hpp). Throws InputError for an unknown name (with
/// the nearest), and as read_multiplier does.
Netlist find_multiplier(const std::string& name_or_file);

}  // namespace tram
