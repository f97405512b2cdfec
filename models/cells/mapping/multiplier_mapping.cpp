#include "models/cells/mapping/multiplier_mapping.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "models/cells/netlist/adder_cells.hpp"
#include "models/multiplier/gate_kinds.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

constexpr const char* top = "multiplier";

// Writes a multiplier's netlist as Verilog with instances of adder cells. Every net n has two wires, n<number> and its
// inverse m<number>; one is driven, the other is its inversion, which Yosys removes where nothing reads it.
class Writer {
 public:
  Writer(const Netlist& netlist, const Library& library, AdderCells adders) : netlist_(netlist) {
    if (adders == AdderCells::library) {
      half_adder_ = find_adder_cell(library, 2);
      full_adder_ = find_adder_cell(library, 3);
    }
    polarity_.assign(static_cast<size_t>(netlist.net_count), Polarity::either);
  }

  std::string write() {
    text_ = fmt::format("module {} (input [{}:0] a_i, input [{}:0] b_i, output [{}:0] product_o);\n", top,
                        netlist_.a.size() - 1, netlist_.b.size() - 1, netlist_.product.size() - 1);
    drive(net_zero, "1'b0");
    drive(net_one, "1'b1");
    for (size_t i = 0; i < netlist_.a.size(); ++i) drive_input(netlist_.a[i], fmt::format("a_i[{}]", i));
    for (size_t i = 0; i < netlist_.b.size(); ++i) drive_input(netlist_.b[i], fmt::format("b_i[{}]", i));
    for (const Gate& gate : netlist_.gates) add(gate);
    for (size_t i = 0; i < netlist_.product.size(); ++i) {
      text_ += fmt::format("  assign product_o[{}] = n{};\n", i, netlist_.product[i]);
    }
    return text_ + "endmodule\n";
  }

  std::vector<std::string> used_cells() const {
    std::vector<std::string> names;
    for (const auto& adder : {half_adder_, full_adder_}) {
      if (adder) names.push_back(adder->cell->name);
    }
    return names;
  }

 private:
  // Polarity in which a net costs nothing; `either`: a gate's output.
  enum class Polarity : uint8_t { either, plain, inverted };

  void drive(Net net, const std::string& value) {
    text_ += fmt::format("  wire n{0} = {1};\n  wire m{0} = ~n{0};\n", net, value);
  }

  void drive_input(Net net, const std::string& value) {
    drive(net, value);
    polarity_[static_cast<size_t>(net)] = Polarity::plain;
  }

  void add(const Gate& gate) {
    if (gate.kind == GateKind::full_adder && full_adder_) return add_cell(gate, *full_adder_);
    if (gate.kind == GateKind::half_adder && half_adder_) return add_cell(gate, *half_adder_);
    for (int output = 0; output < output_count(gate.kind); ++output) {
      drive(gate.outputs[static_cast<size_t>(output)], expression(gate, output));
    }
  }

  static std::string expression(const Gate& gate, int output) {
    std::vector<std::string> operands;
    for (int i = 0; i < input_count(gate.kind); ++i)
      operands.push_back(fmt::format("n{}", gate.inputs[static_cast<size_t>(i)]));
    return verilog_expression(gate_info(gate.kind).outputs[static_cast<size_t>(output)], operands);
  }

  // A full adder of inverted inputs gives inverted outputs: it takes its inputs in the form that most of them have.
  // A half adder does not.
  bool takes_inverted(const Gate& gate) const {
    if (gate.kind != GateKind::full_adder) return false;
    int votes = 0;
    for (const Net input : gate.inputs) {
      const Polarity polarity = polarity_[static_cast<size_t>(input)];
      votes += polarity == Polarity::inverted ? 1 : polarity == Polarity::plain ? -1 : 0;
    }
    return votes > 0;
  }

  void add_cell(const Gate& gate, const AdderCell& adder) {
    const auto pin = [&](int index) { return "\\" + adder.cell->pins[static_cast<size_t>(index)].name + " "; };
    const bool inverted = takes_inverted(gate);
    const std::array<bool, 2> inverts{adder.inverts_sum != inverted, adder.inverts_carry != inverted};
    const std::array<int, 2> pins{adder.sum, adder.carry};
    std::string connections;
    for (size_t i = 0; i < adder.inputs.size(); ++i) {
      connections += fmt::format(".{}({}{}), ", pin(adder.inputs[i]), inverted ? 'm' : 'n', gate.inputs[i]);
    }
    for (size_t i = 0; i < 2; ++i) {
      const Net net = gate.outputs[i];
      text_ += inverts[i] ? fmt::format("  wire m{0};\n  wire n{0} = ~m{0};\n", net)
                          : fmt::format("  wire n{0};\n  wire m{0} = ~n{0};\n", net);
      polarity_[static_cast<size_t>(net)] = inverts[i] ? Polarity::inverted : Polarity::plain;
      connections += fmt::format(".{}({}{}){}", pin(pins[i]), inverts[i] ? 'm' : 'n', net, i == 0 ? ", " : "");
    }
    text_ += fmt::format("  \\{} u{} ({});\n", adder.cell->name, gate.outputs[0], connections);
  }

  const Netlist& netlist_;
  std::optional<AdderCell> half_adder_, full_adder_;
  std::vector<Polarity> polarity_;  // by net
  std::string text_;
};

}  // namespace

std::span<const NamedValue<AdderCells>> names_of(AdderCells) {
  static constexpr std::array<NamedValue<AdderCells>, 2> names{
      {{AdderCells::library, "library"}, {AdderCells::gates, "gates"}}};
  return names;
}

std::string adders_text(const Netlist& netlist, const Library& library, AdderCells adders) {
  if (adders == AdderCells::gates) return "gates";
  std::vector<std::string> names;
  bool has_adders = false;
  for (const auto& [kind, inputs] : {std::pair{GateKind::full_adder, 3}, {GateKind::half_adder, 2}}) {
    if (count_gates(netlist, kind) == 0) continue;
    has_adders = true;
    if (const auto cell = find_adder_cell(library, inputs)) names.push_back(cell->cell->name);
  }
  if (!has_adders) return "gates, as its netlist has no adders";
  if (names.empty()) return "gates, as the library has no adder cells";
  return fmt::format("adder cells {}", fmt::join(names, ", "));
}

MappedNetlist map_multiplier(const Netlist& netlist, std::shared_ptr<const Library> library,
                             const MultiplierMappingOptions& options) {
  Writer writer(netlist, *library, options.adders);
  MappingOptions mapping;
  mapping.top = top;
  mapping.keep_hierarchy = false;
  mapping.has_registers = false;
  mapping.kept_cells = writer.used_cells();
  mapping.script = options.script;
  mapping.delay_target = options.delay_target;
  mapping.cache_folder = options.cache_folder;
  mapping.use_cache = options.use_cache;
  return map_to_library({{"multiplier.sv", writer.write()}}, std::move(library), mapping);
}

}  // namespace tram
