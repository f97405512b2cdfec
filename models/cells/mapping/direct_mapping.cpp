#include "models/cells/mapping/direct_mapping.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "models/multiplier/gate_kinds.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

/// The truth table of a cell's only output over input_pins, bit i of a case being the i-th; nothing for other cells.
std::optional<uint32_t> function_of(const LibertyCell& cell, size_t inputs) {
  if (cell.kind != CellKind::combinational || cell.dont_use || cell.is_test_cell) return std::nullopt;
  if (cell.input_pins.size() != inputs || cell.output_pins.size() != 1) return std::nullopt;
  const LibertyPin& output = cell.pins[static_cast<size_t>(cell.output_pins[0])];
  if (!output.function || output.is_three_state) return std::nullopt;
  uint32_t table = 0;
  for (uint32_t minterm = 0; minterm < 1u << inputs; ++minterm) {
    uint64_t index = 0;
    for (size_t v = 0; v < output.function->pins.size(); ++v) {
      const auto input = std::ranges::find(cell.input_pins, output.function->pins[v]);
      index |= uint64_t{minterm >> (input - cell.input_pins.begin()) & 1} << v;
    }
    table |= uint32_t(output.function->function.truth_table()[index / 64] >> (index % 64) & 1) << minterm;
  }
  return table;
}

TwoInputCell smallest(const Library& library, size_t inputs, uint32_t table) {
  TwoInputCell best;
  for (const LibertyCell& cell : library.cells)
    if (function_of(cell, inputs) == table && (best.cell == nullptr || cell.area < best.cell->area))
      best = {&cell, cell.output_pins[0]};
  return best;
}

/// A net in one polarity.
struct Literal {
  Net net = net_zero;
  bool inverted = false;
};

/// output = function of two literals, or its inverse.
struct SimpleGate {
  GateFunction function;
  std::array<Literal, 2> inputs;
  Net output;
  bool inverts;
};

struct AdderInstance {
  const AdderCell* adder;
  std::array<Net, 3> inputs;
  std::array<Net, 2> outputs;
  bool takes_inverted = false;
};

/// A gate as it enters the netlist: exactly one of the two is used.
struct Element {
  bool is_adder = false;
  SimpleGate gate{};
  AdderInstance adder{};
};

/// The netlist with its adders as cells, or taken apart.
class Lowering {
 public:
  Lowering(const Netlist& netlist, const GateCells& cells) : cells_(cells), net_count_(netlist.net_count) {
    for (const Gate& gate : netlist.gates) add(gate);
  }

  const std::vector<Element>& elements() const { return elements_; }
  Net net_count() const { return net_count_; }

 private:
  void add(const Gate& gate) {
    if (gate.kind == GateKind::half_adder && cells_.half_adder) return cell(*cells_.half_adder, gate);
    if (gate.kind == GateKind::full_adder) return cells_.full_adder ? cell(*cells_.full_adder, gate) : take_apart(gate);
    const Net a = gate.inputs[0], b = gate.inputs[1];
    const GateKindInfo& info = gate_info(gate.kind);
    if (info.inputs == 1) return simple(GateFunction::conjunction, {a, true}, {a, true}, gate.outputs[0], false);
    for (size_t o = 0; o < static_cast<size_t>(info.output_count); ++o)
      simple(info.outputs[o].function, {a}, {b}, gate.outputs[o], info.outputs[o].inverted);
  }

  void take_apart(const Gate& full_adder) {
    const auto [a, b, c] = full_adder.inputs;
    const Net half = net_count_++, both = net_count_++, passed = net_count_++;
    simple(GateFunction::exclusive, {a}, {b}, half, false);
    simple(GateFunction::exclusive, {half}, {c}, full_adder.outputs[0], false);
    simple(GateFunction::conjunction, {a}, {b}, both, false);
    simple(GateFunction::conjunction, {half}, {c}, passed, false);
    simple(GateFunction::conjunction, {both, true}, {passed, true}, full_adder.outputs[1], true);
  }

  void simple(GateFunction function, Literal a, Literal b, Net output, bool inverts) {
    elements_.push_back({false, {function, {a, b}, output, inverts}, {}});
  }
  void cell(const AdderCell& adder, const Gate& gate) {
    elements_.push_back({true, {}, {&adder, gate.inputs, gate.outputs}});
  }

  const GateCells& cells_;
  Net net_count_;
  std::vector<Element> elements_;
};

/// Polarities of each net: those that its readers take and those that its driver gives.
class Polarities {
 public:
  Polarities(const Netlist& netlist, std::vector<Element>& elements, Net net_count)
      : nets_(static_cast<size_t>(net_count)) {
    for (const std::vector<Net>* operand : {&netlist.a, &netlist.b})
      for (const Net net : *operand) at(net).given = Given::plain;
    for (Element& element : elements) visit(element);
    for (const Net net : netlist.product) at(net).wanted[0] = true;
  }

  bool wants(Net net, bool inverted) const { return nets_[static_cast<size_t>(net)].wanted[inverted ? 1 : 0]; }

 private:
  enum class Given : uint8_t { either, plain, inverted };
  struct State {
    Given given = Given::either;
    std::array<bool, 2> wanted{};
  };

  State& at(Net net) { return nets_[static_cast<size_t>(net)]; }

  void visit(Element& element) {
    if (!element.is_adder) {
      for (const Literal& input : element.gate.inputs) at(input.net).wanted[input.inverted ? 1 : 0] = true;
      return;
    }
    AdderInstance& adder = element.adder;
    const bool is_full = adder.adder->inputs.size() == 3;
    int votes = 0;
    for (size_t i = 0; is_full && i < 3; ++i) {
      const Given given = at(adder.inputs[i]).given;
      votes += given == Given::inverted ? 1 : given == Given::plain ? -1 : 0;
    }
    adder.takes_inverted = votes > 0;
    for (size_t i = 0; i < adder.adder->inputs.size(); ++i)
      at(adder.inputs[i]).wanted[adder.takes_inverted ? 1 : 0] = true;
    const std::array<bool, 2> inverts{adder.adder->inverts_sum, adder.adder->inverts_carry};
    for (size_t i = 0; i < 2; ++i)
      at(adder.outputs[i]).given = inverts[i] != adder.takes_inverted ? Given::inverted : Given::plain;
  }

  std::vector<State> nets_;
};

class Builder {
 public:
  Builder(const GateCells& cells, const Polarities& polarities, Net net_count)
      : cells_(cells), polarities_(polarities), nets_(2 * static_cast<size_t>(net_count), no_net) {
    names_ = {"0", "1"};
    nets_[0] = nets_[3] = constant_zero;  // zero, inverse of one
    nets_[1] = nets_[2] = constant_one;
  }

  void add_input(const std::string& name, const std::vector<Net>& bits) {
    MappedPort port{name, true, {}};
    for (const Net net : bits) port.bits.push_back(drive(net, false));
    ports_.push_back(port);
    for (const Net net : bits) supply_other(net);
  }

  void add(const Element& element) {
    if (element.is_adder) add_adder(element.adder);
    else add_gate(element.gate);
  }

  void add_output(const std::string& name, const std::vector<Net>& bits) {
    MappedPort port{name, false, {}};
    for (const Net net : bits) port.bits.push_back(id({net}));
    ports_.push_back(port);
  }

  MappedNetlist build(std::shared_ptr<const Library> library, const std::string& name) {
    return MappedNetlist(std::move(library), name, std::move(names_), std::move(cells_made_), std::move(ports_), name);
  }

 private:
  NetId& slot(Net net, bool inverted) { return nets_[2 * static_cast<size_t>(net) + (inverted ? 1 : 0)]; }
  NetId id(Literal literal) { return slot(literal.net, literal.inverted); }

  NetId drive(Net net, bool inverted) {
    names_.push_back(fmt::format("{}{}", inverted ? 'm' : 'n', net));
    return slot(net, inverted) = static_cast<NetId>(names_.size() - 1);
  }

  MappedCell& instance(const LibertyCell& type) {
    cells_made_.push_back(
        {fmt::format("u{}", cells_made_.size()), "", &type, std::vector<NetId>(type.pins.size(), no_net)});
    return cells_made_.back();
  }

  void invert(Literal from) {
    const NetId input = id(from), output = drive(from.net, !from.inverted);
    MappedCell& cell = instance(*cells_.inverter);
    cell.pins[static_cast<size_t>(cells_.inverter->input_pins[0])] = input;
    cell.pins[static_cast<size_t>(cells_.inverter->output_pins[0])] = output;
  }

  /// The polarity that the driver does not give, where a reader takes it.
  void supply_other(Net net) {
    for (const bool inverted : {false, true})
      if (slot(net, inverted) == no_net && polarities_.wants(net, inverted)) invert({net, !inverted});
  }

  void add_gate(const SimpleGate& gate) {
    if (gate.inputs[0].net == gate.inputs[1].net) {  // an inverter: its output is its input in the other polarity
      slot(gate.output, false) = id(gate.inputs[0]);
      if (polarities_.wants(gate.output, true)) invert({gate.output, false});
      return;
    }
    const auto [plain, inverse] = pair(gate.function);
    // A net wanted in both polarities gets the inverting cell and an inverter, of which the plain cell consists in
    // CMOS.
    bool inverted = polarities_.wants(gate.output, true) || !polarities_.wants(gate.output, false);
    const auto type = [&, plain = plain, inverse = inverse] { return inverted != gate.inverts ? inverse : plain; };
    if (type()->cell == nullptr) inverted = !inverted;
    const NetId output = drive(gate.output, inverted);
    const std::array<NetId, 2> inputs{id(gate.inputs[0]), id(gate.inputs[1])};
    MappedCell& cell = instance(*type()->cell);
    for (size_t i = 0; i < 2; ++i) cell.pins[static_cast<size_t>(cell.type->input_pins[i])] = inputs[i];
    cell.pins[static_cast<size_t>(type()->output)] = output;
    supply_other(gate.output);
  }

  std::pair<const TwoInputCell*, const TwoInputCell*> pair(GateFunction function) const {
    switch (function) {
      case GateFunction::conjunction: return {&cells_.and2, &cells_.nand2};
      case GateFunction::disjunction: return {&cells_.or2, &cells_.nor2};
      default: return {&cells_.xor2, &cells_.xnor2};
    }
  }

  void add_adder(const AdderInstance& use) {
    const AdderCell& adder = *use.adder;
    const std::array<bool, 2> inverted{adder.inverts_sum != use.takes_inverted,
                                       adder.inverts_carry != use.takes_inverted};
    const std::array<int, 2> pins{adder.sum, adder.carry};
    std::vector<NetId> inputs;
    for (size_t i = 0; i < adder.inputs.size(); ++i) inputs.push_back(id({use.inputs[i], use.takes_inverted}));
    const std::array<NetId, 2> outputs{drive(use.outputs[0], inverted[0]), drive(use.outputs[1], inverted[1])};
    MappedCell& cell = instance(*adder.cell);
    for (size_t i = 0; i < inputs.size(); ++i) cell.pins[static_cast<size_t>(adder.inputs[i])] = inputs[i];
    for (size_t i = 0; i < 2; ++i) cell.pins[static_cast<size_t>(pins[i])] = outputs[i];
    for (const Net net : use.outputs) supply_other(net);
  }

  const GateCells& cells_;
  const Polarities& polarities_;
  std::vector<NetId> nets_;  // by net, plain and inverted
  std::vector<std::string> names_;
  std::vector<MappedCell> cells_made_;
  std::vector<MappedPort> ports_;
};

}  // namespace

DirectMapper::DirectMapper(std::shared_ptr<const Library> library, AdderCells adders) : library_(std::move(library)) {
  cells_ = {smallest(*library_, 2, 0x8),
            smallest(*library_, 2, 0x7),
            smallest(*library_, 2, 0xe),
            smallest(*library_, 2, 0x1),
            smallest(*library_, 2, 0x6),
            smallest(*library_, 2, 0x9),
            smallest(*library_, 1, 0x1).cell,
            std::nullopt,
            std::nullopt};
  if (adders == AdderCells::library) {
    cells_.half_adder = find_adder_cell(*library_, 2);
    cells_.full_adder = find_adder_cell(*library_, 3);
  }
  const auto require = [&](bool is_there, const char* what) {
    if (!is_there)
      throw InputError(library_->files[0].path.string(), fmt::format("no cell for {}; one is expected", what));
  };
  require(cells_.inverter != nullptr, "an inverter");
  require(cells_.and2.cell != nullptr || cells_.nand2.cell != nullptr, "AND or NAND of two inputs");
  require(cells_.or2.cell != nullptr || cells_.nor2.cell != nullptr, "OR or NOR of two inputs");
  require(cells_.xor2.cell != nullptr || cells_.xnor2.cell != nullptr, "XOR or XNOR of two inputs");
}

MappedNetlist DirectMapper::map(const Netlist& netlist) const {
  Lowering lowering(netlist, cells_);
  std::vector<Element> elements = lowering.elements();
  const Polarities polarities(netlist, elements, lowering.net_count());
  Builder builder(cells_, polarities, lowering.net_count());
  builder.add_input("a_i", netlist.a);
  builder.add_input("b_i", netlist.b);
  for (const Element& element : elements) builder.add(element);
  builder.add_output("product_o", netlist.product);
  return builder.build(library_, "multiplier");
}

}  // namespace tram
