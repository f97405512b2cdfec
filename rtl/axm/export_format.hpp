#pragma once
#include <string>
#include <vector>

#include "models/multiplier/netlist.hpp"
#include "rtl/axm/arguments.hpp"

namespace tram::axm {

/// Formats that a multiplier can be written in: sv, verilog, blif (of its netlist), lut, header, npy (of its table).
const std::vector<std::string>& export_formats();
Option format_option(const std::string& default_format);
/// One line a format, for --help.
std::string format_help();

/// Whether the format is of the netlist, not of the table.
bool is_netlist_format(const std::string& format);

/// The content of the file. `name` becomes that of the module or table.
std::string netlist_as(const Netlist& netlist, const std::string& format, const std::string& name);
std::string table_as(const TruthTable& table, const std::string& format, const std::string& name);

}  // namespace tram::axm
