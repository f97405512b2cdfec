#pragma once
#include <string>
#include <vector>

#include "models/multiplier/netlist.hpp"
#include "models/options/option_table.hpp"

namespace tram::axm {

/// Formats that a multiplier can be written in: sv, verilog, blif of its netlist, the others of its table.
enum class ExportFormat { sv, verilog, blif, lut, header, npy };
std::span<const NamedValue<ExportFormat>> names_of(ExportFormat);
/// --format, and --name of the module or table.
std::vector<Option> format_options();
/// One line a format, for --help.
std::string format_help();

/// Whether the format is of the netlist, not of the table.
bool is_netlist_format(ExportFormat format);

/// The content of the file. `name` becomes that of the module or table.
std::string netlist_as(const Netlist& netlist, ExportFormat format, const std::string& name);
std::string table_as(const TruthTable& table, ExportFormat format, const std::string& name);

}  // namespace tram::axm
