#include "rtl/axm/export_format.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "models/multiplier/export_netlist.hpp"
#include "models/multiplier/export_table.hpp"

namespace tram::axm {

const std::vector<std::string>& export_formats() {
  static const std::vector<std::string> formats = {"sv", "verilog", "blif", "lut", "header", "npy"};
  return formats;
}

Option format_option(const std::string& default_format) {
  return {"format", "FORMAT", "sv, verilog, blif, lut, header or npy", default_format};
}

std::string format_help() {
  return "Formats:\n"
         "  sv       SystemVerilog with a parameter LANES\n"
         "  verilog  Verilog-2001, ports a, b, product\n"
         "  blif     BLIF, ports a, b, product\n"
         "  lut      the table LUT[a * 2^b_bits + b] by raw codes, int32 little-endian\n"
         "  header   the same as a C header with a function\n"
         "  npy      the same as a NumPy array int32 [2^a_bits][2^b_bits]\n";
}

bool is_netlist_format(const std::string& format) { return format == "sv" || format == "verilog" || format == "blif"; }

std::string netlist_as(const Netlist& netlist, const std::string& format, const std::string& name) {
  if (format == "sv") return to_systemverilog(netlist, name);
  if (format == "verilog") return to_verilog(netlist, name);
  if (format == "blif") return to_blif(netlist);
  return table_as(truth_table(netlist), format, name);
}

std::string table_as(const TruthTable& table, const std::string& format, const std::string& name) {
  if (format == "lut") return to_lut_i32(table);
  if (format == "header") return to_c_header(table, name);
  if (format == "npy") return to_npy(table);
  throw std::logic_error(fmt::format("'{}' is not a format of tables", format));
}

}  // namespace tram::axm
