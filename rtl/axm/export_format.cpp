#include "rtl/axm/export_format.hpp"

#include <fmt/format.h>

#include <array>
#include <stdexcept>

#include "models/multiplier/export_netlist.hpp"
#include "models/multiplier/export_table.hpp"
#include "models/support/error.hpp"

namespace tram::axm {

std::span<const NamedValue<ExportFormat>> names_of(ExportFormat) {
  using enum ExportFormat;
  static constexpr std::array<NamedValue<ExportFormat>, 6> names{
      {{sv, "sv"}, {verilog, "verilog"}, {blif, "blif"}, {lut, "lut"}, {header, "header"}, {npy, "npy"}}};
  return names;
}

std::vector<Option> format_options() {
  ValueKind<std::string> name = text("letters, digits and _");
  name.parse = [](const RawValue& value) {
    if (identifier(value.text) == value.text) return value.text;
    throw InputError(value.where, fmt::format("'{}'; letters, digits and _ are expected", value.text));
  };
  return {option("format", "FORMAT", choice<ExportFormat>(), "what is written", "sv"),
          option("name", "NAME", name, "name of the module or table", "tram_multiplier")};
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

bool is_netlist_format(ExportFormat format) {
  return format == ExportFormat::sv || format == ExportFormat::verilog || format == ExportFormat::blif;
}

std::string netlist_as(const Netlist& netlist, ExportFormat format, const std::string& name) {
  switch (format) {
    case ExportFormat::sv: return to_systemverilog(netlist, name);
    case ExportFormat::verilog: return to_verilog(netlist, name);
    case ExportFormat::blif: return to_blif(netlist);
    default: return table_as(truth_table(netlist), format, name);
  }
}

std::string table_as(const TruthTable& table, ExportFormat format, const std::string& name) {
  switch (format) {
    case ExportFormat::lut: return to_lut_i32(table);
    case ExportFormat::header: return to_c_header(table, name);
    case ExportFormat::npy: return to_npy(table);
    default: throw std::logic_error(fmt::format("'{}' is not a format of tables", name_of(format)));
  }
}

}  // namespace tram::axm
