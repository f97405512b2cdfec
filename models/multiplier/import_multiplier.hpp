#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "models/multiplier/file_options.hpp"
#include "models/multiplier/netlist.hpp"

namespace tram {

/// Whether the name ends as a netlist file does: .blif, .v or .sv.
bool is_netlist_file(const std::filesystem::path& path);

/// Reads a combinational multiplier from BLIF text. Inputs and outputs are buses by name and index (find_ports); the first
/// input bus is operand a (the weight), the second b (the activation), the output bus the product. BLIF does not say
/// whether they are signed: unsigned, unless a comment line `# Multiplier ..., signed`, as to_blif writes it, is there.
/// Understands .model, .inputs, .outputs, .names (any cover), .subckt of other models of the file, .end, comments and line
/// continuation; delay constraints, attributes and external don't-cares are passed over (parse_blif_model).
/// The parity and the majority of the same three inputs, one cover after the other, become a full adder, XOR and AND of two
/// a half adder, as to_blif writes them; apart, parity and majority become few gates. Other covers are sums of cubes.
/// Throws InputError(file, line, ...) for anything else, for undriven or looping nets, driven inputs and bad covers, for
/// operands above 16 bits, products above 31 and the sum of the operands' bits or narrower than an operand. `.end` is
/// required: a file without it is taken as cut short.
Netlist parse_blif(const std::string& text, const std::string& file);

/// A netlist file and the names of its ports.
struct MultiplierFile {
  Netlist netlist;
  std::string a_port, b_port, product_port;
  std::vector<std::string> notes;  ///< sentences on what the file leaves open (sign, order of operands), naming it
};

/// A multiplier from a .blif file, or from structural or behavioural Verilog (.v, .sv) that Yosys turns into gates;
/// the input ports in their order of declaration are a and b, the one output is the product. Its sign is find_sign's. A
/// Verilog port's lowest bit is the rightmost of its range, also in [0:7] and [8:1]; ports of one bit go together as in
/// BLIF. Throws InputError naming the file and the line, as parse_blif and read_verilog do, and for options of tables;
/// RunError when no temporary folder can be made.
MultiplierFile read_multiplier_file(const std::filesystem::path& path, const MultiplierFileOptions& options = {});

/// Netlist of a multiplier file.
Netlist read_multiplier(const std::filesystem::path& path, const MultiplierFileOptions& options = {});

}  // namespace tram
