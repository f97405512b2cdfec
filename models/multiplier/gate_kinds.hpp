#pragma once
#include <array>
#include <cstddef>
#include <span>
#include <string>

#include "models/multiplier/netlist.hpp"

namespace tram {

enum class GateFunction : uint8_t { conjunction, disjunction, exclusive, majority };

/// An output of a gate: a function of all its inputs, or its inverse.
struct GateOutput {
  GateFunction function;
  bool inverted = false;
};

struct GateKindInfo {
  const char* name;
  int inputs;
  int output_count;
  std::array<GateOutput, 2> outputs;
};

/// Table of all gates in the order of GateKind: the one place that says what each computes. Simulation, Verilog, BLIF,
/// copying and mapping derive from it.
inline constexpr std::array<GateKindInfo, 9> gate_kinds{{
    {"NOT", 1, 1, {{{GateFunction::disjunction, true}}}},
    {"AND2", 2, 1, {{{GateFunction::conjunction}}}},
    {"OR2", 2, 1, {{{GateFunction::disjunction}}}},
    {"XOR2", 2, 1, {{{GateFunction::exclusive}}}},
    {"NAND2", 2, 1, {{{GateFunction::conjunction, true}}}},
    {"NOR2", 2, 1, {{{GateFunction::disjunction, true}}}},
    {"XNOR2", 2, 1, {{{GateFunction::exclusive, true}}}},
    {"HA", 2, 2, {{{GateFunction::exclusive}, {GateFunction::conjunction}}}},
    {"FA", 3, 2, {{{GateFunction::exclusive}, {GateFunction::majority}}}},
}};

constexpr const GateKindInfo& gate_info(GateKind kind) { return gate_kinds[static_cast<size_t>(kind)]; }

/// The output as an expression of Verilog; operands: those of all inputs, each a name or in parentheses.
std::string verilog_expression(const GateOutput& output, std::span<const std::string> operands);

/// The lines of the output's cover in BLIF.
std::string blif_cover(const GateOutput& output, int inputs);

/// Adds a gate of a kind with these inputs to another netlist, as small as constants make it; its outputs there.
std::array<Net, 2> add_gate(NetlistBuilder& builder, GateKind kind, std::array<Net, 3> inputs);

}  // namespace tram
