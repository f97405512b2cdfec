#pragma once
#include <filesystem>
#include <string>

#include "models/multiplier/netlist.hpp"

namespace tram {

/// Whether the name ends as a netlist file does: .blif, .v or .sv.
bool is_netlist_file(const std::filesystem::path& path);

/// Reads a combinational multiplier from BLIF text. Inputs and outputs are buses of the form name[bit]; the first
/// input bus is operand a (the weight), the second b (the activation), the output bus the product, unsigned.
/// Understands .model, .inputs, .outputs, .names (any cover), .end, comments and line continuation.
/// Throws InputError(file, line, ...) for anything else, for undriven or looping nets and for bad covers.
Netlist parse_blif(const std::string& text, const std::string& file);

/// A multiplier from a .blif file, or from structural or behavioural Verilog (.v, .sv) that Yosys turns into gates;
/// the ports in their order of declaration are a, b, product. Throws InputError naming the file.
Netlist read_multiplier(const std::filesystem::path& path);

}  // namespace tram
