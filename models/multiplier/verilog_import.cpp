#include "models/multiplier/verilog_import.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <utility>

#include "models/multiplier/product_codes.hpp"
#include "models/multiplier/verilog_source.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/process.hpp"
#include "models/support/temporary_folder.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;  // ports in their order of declaration

constexpr const char* copy_name = "circuit.v";  ///< of the text that Yosys reads

/// The first line that holds one of the texts, cut to a readable length; empty when there is none.
std::string first_line_with(const std::string& output, std::initializer_list<const char*> texts) {
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);)
    for (const char* text : texts)
      if (line.find(text) != std::string::npos) return line.size() > 300 ? line.substr(0, 300) + "..." : line;
  return {};
}

/// The line of a place of the source as Yosys writes it, circuit.v:LINE...; 0 where there is none.
long line_of(const std::string& place) {
  long line = 0;
  const size_t found = place.find(std::string(copy_name) + ":");
  if (found != std::string::npos) std::sscanf(place.c_str() + found + std::string(copy_name).size(), ":%9ld", &line);
  return line;
}

/// A Verilog file and what Yosys has made of it so far.
class VerilogFile {
 public:
  explicit VerilogFile(const fs::path& path) : path_(path) {
    write_file(folder_.path() / copy_name, checked_verilog(read_file(path), path.string()));
    if (find_program("yosys").empty())
      throw InputError("yosys", "not found on PATH; it reads Verilog: install it (Debian package yosys)");
  }

  /// BLIF of two-input gates; x bits become `unknown`, a setundef option.
  std::string to_blif(const std::string& unknown) {
    const std::string script = fmt::format(
        "read_verilog -sv {}\nwrite_rtlil modules.il\nhierarchy -check "
        "-auto-top\nproc\nflatten\ncheck\nmemory\nopt_clean\n"
        "write_json design.json\n{}synth -run coarse:\nabc -g AND,NAND,OR,NOR,XOR,XNOR\nsetundef -zero\nopt_clean\n"
        "write_blif netlist.blif\n",
        copy_name, unknown.empty() ? "" : "setundef " + unknown + "\n");
    write_file(folder_.path() / "script.ys", script);
    const ProcessResult result = run_yosys();
    if (result.exit_code != 0) throw_yosys_error(result.output);
    check_drivers(result.output);
    return read_file(folder_.path() / "netlist.blif");
  }

  /// The modules as they were read, and the top module without hierarchy before it became gates.
  std::string modules() const { return read_file(folder_.path() / "modules.il"); }
  Json top_module() const {
    const Json design = Json::parse(read_file(folder_.path() / "design.json"));
    for (const Json& module : design.at("modules"))
      if (module.at("attributes").contains("top")) return module;
    refuse("no module; a multiplier is expected");
  }

  [[noreturn]] void refuse(const std::string& what, long line = 0) const {
    if (line > 0) throw InputError(path_.string(), line, what);
    throw InputError(path_.string(), what);
  }

 private:
  ProcessResult run_yosys() const try {
    return run_tool({"yosys", "-q", "-T", "-s", "script.ys"}, folder_.path());
  } catch (const LimitError& error) {
    throw InputError(path_.string(), error.what());
  }

  /// Throws the first error that Yosys printed, with the line of the source where it names one: FILE:LINE: ERROR: ...
  [[noreturn]] void throw_yosys_error(const std::string& output) const {
    const std::string first = first_line_with(output, {"ERROR: "});
    if (first.empty()) refuse("Yosys ended without a netlist; Verilog that it can read is expected");
    if (first.find("AST_CELLTYPE' failed") != std::string::npos)
      refuse(
          "an array of gate primitives, such as and g [3:0] (...), which Yosys cannot read; assignments are expected");
    const size_t error = first.find("ERROR: ");
    if (first.find("is not part of the design") != std::string::npos)
      refuse(first.substr(error + 7, first.find_last_not_of(".: ") - error - 6) +
                 "; all its modules are expected (a netlist of library cells is for --mapped)",
             line_of(first));
    refuse(first.substr(error + 7) + "; Verilog that Yosys can read is expected", line_of(first));
  }

  /// Warnings of Yosys that are errors here: it goes on with a constant or one of the drivers.
  void check_drivers(const std::string& output) const {
    const std::string warning = first_line_with(output, {"is used but has no driver", "multiple conflicting drivers"});
    if (warning.empty()) return;
    const size_t begin = warning.starts_with("Warning: ") ? 9 : 0;
    refuse(warning.substr(begin, warning.find_last_not_of(".: ") + 1 - begin) +
           "; one driver of every net is expected");
  }

  fs::path path_;
  TemporaryFolder folder_;
};

/// Modules in Yosys' text of a design that no other one contains.
std::vector<std::string> top_modules(const std::string& rtlil) {
  std::vector<std::string> modules;
  std::set<std::string> contained;
  std::istringstream lines(rtlil);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string first, second;
    words >> first >> second;
    if (line.starts_with("module ")) modules.push_back(second);
    if (line.starts_with("  cell ")) contained.insert(second);
  }
  std::erase_if(modules, [&](const std::string& name) { return contained.contains(name); });
  for (std::string& name : modules) name.erase(0, name.starts_with('\\') ? 1 : 0);
  return modules;
}

/// The name in the source of the net that a bit belongs to, or of the cell.
std::string name_of(const Json& module, const Json& bits, const std::string& cell) {
  for (const auto& [name, net] : module.at("netnames").items())
    if (net.value("hide_name", 0) == 0 && !bits.empty() &&
        std::ranges::find(net.at("bits"), bits.front()) != net.at("bits").end())
      return name;
  return cell;
}

bool holds(const Json& bits, const char* value) { return std::ranges::find(bits, value) != bits.end(); }

/// Reason for which a cell type is not combinational; empty for others.
std::string non_combinational_reason(const std::string& type) {
  const auto has = [&](const char* part) { return type.find(part) != std::string::npos; };
  if (!type.starts_with('$'))
    return fmt::format("an instance of '{}', a module without contents; a circuit that is whole", type);
  if (has("latch") || type == "$sr") return "a latch (it keeps its value in some branch); a combinational multiplier";
  if (has("ff")) return "a register; a combinational multiplier";
  if (type == "$tribuf") return "a tri-state driver; 0 or 1";
  return {};
}

void check_cells(const VerilogFile& file, const Json& module) {
  for (const auto& [name, cell] : module.at("cells").items()) {
    const Json& connections = cell.at("connections");
    const char* output = connections.contains("Q") ? "Q" : "Y";
    const std::string net = name_of(module, connections.value(output, Json::array()), name);
    const long line = line_of(cell.at("attributes").value("src", ""));
    const std::string odd = non_combinational_reason(cell.at("type"));
    if (!odd.empty()) file.refuse(fmt::format("'{}' is {} is expected", net, odd), line);
    for (const auto& [pin, bits] : connections.items())
      if (holds(bits, "z")) file.refuse(fmt::format("'{}' is z (high impedance); 0 or 1 is expected", net), line);
  }
}

/// Whether a bit is x somewhere, which may or may not reach the product.
bool has_unknown_bits(const Json& module) {
  const auto any = [](const Json& items, const char* key) {
    return std::ranges::any_of(items, [&](const Json& item) { return holds(item.at(key), "x"); });
  };
  return any(module.at("ports"), "bits") || std::ranges::any_of(module.at("cells"), [](const Json& cell) {
           return std::ranges::any_of(cell.at("connections"), [](const Json& bits) { return holds(bits, "x"); });
         });
}

DeclaredPorts declared_ports(const VerilogFile& file, const Json& module) {
  DeclaredPorts ports;
  for (const auto& [name, port] : module.at("ports").items()) {
    const std::string direction = port.at("direction");
    if (direction == "inout") file.refuse(fmt::format("port '{}' is inout; input or output is expected", name));
    if (holds(port.at("bits"), "z"))
      file.refuse(fmt::format("port '{}' is z (high impedance); 0 or 1 is expected", name));
    (direction == "input" ? ports.inputs : ports.outputs).push_back({name, static_cast<int>(port.at("bits").size())});
  }
  return ports;
}

/// Whether the two operands are declared signed.
bool declared_signed(const VerilogFile& file, const Json& module) {
  std::string names[2];
  for (const auto& [name, port] : module.at("ports").items())
    if (port.at("direction") == "input") names[port.value("signed", 0) == 1] = name;
  if (!names[0].empty() && !names[1].empty())
    file.refuse(fmt::format("input '{}' is declared signed, '{}' is not; operands of one kind are expected", names[1],
                            names[0]));
  return names[0].empty();
}

/// Throws where the product depends on what x bits are taken for.
void check_unknown(VerilogFile& file, const Netlist& netlist, const DeclaredPorts& ports, const std::string& where) {
  const ProductCodes products = product_codes(netlist);
  for (const char* unknown : {"-one", "-random 1"}) {
    const ProductCodes other = product_codes(elaborate_blif(file.to_blif(unknown), where, ports).netlist);
    const auto [here, there] = std::ranges::mismatch(products.codes, other.codes);
    if (here == products.codes.end()) continue;
    const auto pair = static_cast<size_t>(here - products.codes.begin());
    file.refuse(fmt::format("the product is x (unknown) in some bit for the operands {} and {}; 0 or 1 is expected",
                            products.a(pair), products.b(pair)));
  }
}

}  // namespace

ElaboratedBlif read_verilog(const fs::path& path, std::optional<bool> is_signed) {
  VerilogFile file(path);
  const std::string where = path.string() + ", as BLIF from Yosys";
  const std::string blif = file.to_blif("");
  const std::vector<std::string> tops = top_modules(file.modules());
  if (tops.size() > 1)
    file.refuse(fmt::format("modules {}, none in another; one top module is expected", fmt::join(tops, ", ")));
  const Json module = file.top_module();
  const DeclaredPorts ports = declared_ports(file, module);
  check_cells(file, module);
  const bool all_signed = is_signed ? *is_signed : declared_signed(file, module);
  ElaboratedBlif elaborated = elaborate_blif(blif, where, ports);
  if (has_unknown_bits(module)) check_unknown(file, elaborated.netlist, ports, where);
  elaborated.netlist.is_signed = all_signed;
  return elaborated;
}

}  // namespace tram
