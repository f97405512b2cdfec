#include "models/multiplier/import.hpp"

#include <cstdio>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <utility>

#include "models/multiplier/blif_elaboration.hpp"
#include "models/multiplier/sign_reading.hpp"
#include "models/multiplier/table_file.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/process.hpp"
#include "models/support/temporary_folder.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

/// The first line that holds one of the texts, cut to a readable length; empty when there is none.
std::string first_line_with(const std::string& output, std::initializer_list<const char*> texts) {
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);)
    for (const char* text : texts)
      if (line.find(text) != std::string::npos) return line.size() > 300 ? line.substr(0, 300) + "..." : line;
  return {};
}

/// Throws the first error that Yosys printed, with the line of the source where it names one: FILE:LINE: ERROR: ...
[[noreturn]] void throw_yosys_error(const fs::path& path, const std::string& output) {
  const std::string first = first_line_with(output, {"ERROR: "});
  if (first.empty())
    throw InputError(path.string(), "Yosys ended without a netlist; Verilog that it can read is expected");
  const size_t error = first.find("ERROR: ");
  const std::string message = first.substr(error + 7), place = first.substr(0, error);
  const std::string file = fs::absolute(path).string() + ":";
  long line = 0;
  if (!place.starts_with(file) || std::sscanf(place.c_str() + file.size(), "%9ld: ", &line) != 1)
    throw InputError(path.string(), "Yosys cannot read it: " + place + message);
  throw InputError(path.string(), line, message + "; Verilog that Yosys can read is expected");
}

/// Yosys only warns of these, then reads a constant or one of the drivers.
void check_drivers(const fs::path& path, const std::string& output) {
  const std::string warning = first_line_with(output, {"is used but has no driver", "multiple conflicting drivers"});
  if (warning.empty()) return;
  const size_t begin = warning.starts_with("Warning: ") ? 9 : 0;
  throw InputError(path.string(), warning.substr(begin, warning.find_last_not_of(".: ") + 1 - begin) +
                                      "; one driver of every net is expected");
}

struct YosysNetlist {
  std::string blif;
  bool signed_inputs;  ///< the top module declares all its inputs signed
};

/// Whether all inputs of the top module in Yosys' JSON are declared signed.
bool has_signed_inputs(const std::string& text) {
  const auto json = nlohmann::json::parse(text);
  bool all = true;
  for (const auto& module : json.at("modules"))
    for (const auto& port : module.at("ports"))
      if (port.at("direction") == "input") all = all && port.value("signed", 0) == 1;
  return all;
}

YosysNetlist verilog_to_blif(const fs::path& path) {
  read_file(path);
  if (path.string().find_first_of("\"\n") != std::string::npos)
    throw InputError(path.string(), "a quote or line break in the name; a name that Yosys can be given is expected");
  if (find_program("yosys").empty())
    throw InputError("yosys", "not found on PATH; it reads Verilog: install it (Debian package yosys)");
  const TemporaryFolder folder;
  const fs::path blif = folder.path() / "netlist.blif", ports = folder.path() / "ports.json";
  const std::string script = fmt::format(
      "read_verilog -sv \"{}\"; hierarchy -check -auto-top; proc; flatten; check; synth -run coarse:; "
      "abc -g AND,NAND,OR,NOR,XOR,XNOR; opt_clean; write_blif \"{}\"; delete */c:*; write_json \"{}\"",
      fs::absolute(path).string(), blif.string(), ports.string());
  const ProcessResult result = run_process({"yosys", "-q", "-p", script});
  if (result.exit_code != 0) throw_yosys_error(path, result.output);
  check_drivers(path, result.output);
  return {read_file(blif), has_signed_inputs(read_file(ports))};
}

/// The sign in the first comment line that to_blif or to_verilog writes.
std::optional<bool> declared_sign(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("# Multiplier ") && !line.starts_with("// Multiplier ")) continue;
    for (const auto& [word, is_signed] : {std::pair(", signed", true), std::pair(", unsigned", false)})
      if (line.find(word) != std::string::npos) return is_signed;
  }
  return std::nullopt;
}

/// Operands by position in the other order than their names suggest, where that matters.
bool looks_exchanged(const MultiplierFile& file) {
  if (!suggests_other_order(file.a_port, file.b_port)) return false;
  if (file.netlist.a.size() != file.netlist.b.size()) return true;
  if (file.netlist.a.size() > widest_table_operand) return true;
  const TruthTable table = truth_table(file.netlist);
  return transposed(table).values != table.values;
}

/// Reads the sign and says what the file leaves open.
void settle_open_points(MultiplierFile& file, const std::string& where, const MultiplierFileOptions& options,
                        const std::optional<bool>& declared) {
  const SignReading sign = find_sign(product_codes(file.netlist), options.is_signed, declared);
  file.netlist.is_signed = sign.is_signed;
  if (!sign.note.empty()) file.notes.push_back(fmt::format("{} {}", where, sign.note));
  if (!options.swap_operands && looks_exchanged(file))
    file.notes.push_back(fmt::format("{} {}", where, order_note(file.a_port, file.b_port)));
}

}  // namespace

bool is_netlist_file(const fs::path& path) {
  return path.extension() == ".blif" || path.extension() == ".v" || path.extension() == ".sv";
}

Netlist parse_blif(const std::string& text, const std::string& file) {
  return elaborate_blif(text, BitOrder::index, file).netlist;
}

MultiplierFile read_multiplier_file(const fs::path& path, const MultiplierFileOptions& options) {
  if (options.a_bits || options.b_bits || options.offset_codes || options.wrapped_products)
    throw InputError(path.string(), "widths, offset codes or wrapped products given for a netlist; they are for "
                                    "tables, only sign and operand order are expected");
  const std::string text = read_file(path);
  std::optional<bool> declared = declared_sign(text);
  ElaboratedBlif elaborated;
  if (path.extension() == ".blif") {
    elaborated = elaborate_blif(text, BitOrder::index, path.string());
  } else {
    const YosysNetlist yosys = verilog_to_blif(path);
    elaborated = elaborate_blif(yosys.blif, BitOrder::listed, path.string() + ", as BLIF from Yosys");
    if (yosys.signed_inputs) declared = true;
  }
  MultiplierFile file{std::move(elaborated.netlist), elaborated.a_port, elaborated.b_port, elaborated.product_port, {}};
  file.netlist.name = path.stem().string();
  if (options.swap_operands) {
    std::swap(file.netlist.a, file.netlist.b);
    std::swap(file.a_port, file.b_port);
  }
  settle_open_points(file, path.filename().string(), options, declared);
  return file;
}

Netlist read_multiplier(const fs::path& path, const MultiplierFileOptions& options) {
  return read_multiplier_file(path, options).netlist;
}

}  // namespace tram
