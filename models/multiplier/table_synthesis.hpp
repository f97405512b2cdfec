#pragma once
#include <string>

#include "models/multiplier/netlist.hpp"

namespace tram {

/// A netlist with the values of any table: binary decision diagrams of its product bits, or an exact multiplier plus
/// diagrams of the error, whichever is smaller; optimised into gates by Yosys/ABC and checked against the table. For
/// multipliers of which only the table is known. Its size, delay and energy are those of this circuit, many times
/// those of a multiplier designed as one: it runs such a table where a netlist is needed, but does not judge it.
/// The product has a_bits + b_bits bits, or as many more as the values need.
/// Throws InputError for an unsigned multiplier with negative products, which no netlist has, and when Yosys is not
/// installed; RunError when Yosys fails.
Netlist synthesise_table(const TruthTable& table, const std::string& name);

}  // namespace tram
