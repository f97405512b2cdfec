#include "models/multiplier/gate_kinds.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <bit>

namespace tram {
namespace {

const char* verilog_operator(GateFunction function) {
  switch (function) {
    case GateFunction::conjunction: return " & ";
    case GateFunction::disjunction: return " | ";
    default: return " ^ ";
  }
}

/// Lines of covers whose literals are at the positions of the bits set; the others do not matter.
std::string cube(uint32_t positions, char literal, int inputs) {
  std::string line(static_cast<size_t>(inputs), '-');
  for (size_t i = 0; i < line.size(); ++i)
    if (positions >> i & 1) line[i] = literal;
  return line + " 1\n";
}

std::string parity_cover(bool inverted, int inputs) {
  std::string lines;
  for (uint32_t minterm = 0; minterm < 1u << inputs; ++minterm) {
    if ((std::popcount(minterm) % 2 != 0) == inverted) continue;
    for (int i = 0; i < inputs; ++i) lines += minterm >> i & 1 ? '1' : '0';
    lines += " 1\n";
  }
  return lines;
}

}  // namespace

std::string verilog_expression(const GateOutput& output, std::span<const std::string> operands) {
  if (output.function == GateFunction::majority)
    return fmt::format("({0} & {1}) | ({2} & ({0} | {1}))", operands[0], operands[1], operands[2]);
  std::string joined = fmt::format("{}", fmt::join(operands, verilog_operator(output.function)));
  if (!output.inverted) return joined;
  return operands.size() == 1 ? "~" + joined : "~(" + joined + ")";
}

std::string blif_cover(const GateOutput& output, int inputs) {
  if (output.function == GateFunction::majority) return cube(0b011, '1', 3) + cube(0b101, '1', 3) + cube(0b110, '1', 3);
  if (output.function == GateFunction::exclusive) return parity_cover(output.inverted, inputs);
  const char literal = output.inverted ? '0' : '1';
  if ((output.function == GateFunction::conjunction) != output.inverted) return cube(~0u, literal, inputs);
  std::string lines;
  for (int i = 0; i < inputs; ++i) lines += cube(1u << i, literal, inputs);
  return lines;
}

std::array<Net, 2> add_gate(NetlistBuilder& builder, GateKind kind, std::array<Net, 3> inputs) {
  const auto [x, y, z] = inputs;
  const GateKindInfo& info = gate_info(kind);
  if (info.output_count == 2) {
    const auto [sum, carry] = info.inputs == 3 ? builder.full_adder(x, y, z) : builder.half_adder(x, y);
    return {sum, carry};
  }
  if (info.inputs == 1) return {builder.not_(x), -1};
  const bool inverted = info.outputs[0].inverted;
  switch (info.outputs[0].function) {
    case GateFunction::conjunction: return {inverted ? builder.nand_(x, y) : builder.and_(x, y), -1};
    case GateFunction::disjunction: return {inverted ? builder.nor_(x, y) : builder.or_(x, y), -1};
    default: return {inverted ? builder.xnor_(x, y) : builder.xor_(x, y), -1};
  }
}

}  // namespace tram
