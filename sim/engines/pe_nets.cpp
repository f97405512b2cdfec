#include "sim/engines/pe_nets.hpp"

#include <algorithm>
#include <stdexcept>

#include "models/cells/netlist/lane_simulation.hpp"

namespace tram {
namespace {

enum Group : uint8_t { none = 0, by_activation = 1, by_weight = 2, by_sum = 4 };

/// What moves each net, as a set of groups; the multiplier's nets move sums.
class Supports {
 public:
  Supports(const MappedNetlist& pe, const PeContract& contract) : pe_(pe), support_(pe.net_count(), none) {
    for (const NetId net : contract[Operand::activation].input.bits) support_[net] = by_activation;
    for (const NetId net : contract[Operand::weight].input.bits) support_[net] = by_weight;
    if (contract.load != no_net) support_[contract.load] = by_weight;
    for (const OperandPorts& operand : contract.operands)  // the sum, and the bits that say what counts
      if (operand.operand >= Operand::sum)
        for (const NetId net : operand.input.bits) support_[net] = by_sum;
    for (const MappedCell& cell : pe.cells())
      if (cell.part == "multiplier")
        for (const int pin : cell.type->output_pins)
          if (cell.pins[size_t(pin)] != no_net) support_[cell.pins[size_t(pin)]] = by_sum;
    for (const MappedCell& cell : pe.cells())  // also a product bit that is no more than a wire from an operand
      if (cell.part == "adder")
        for (const int pin : cell.type->input_pins) support_[cell.pins[size_t(pin)]] |= by_sum;
    for (const uint32_t flop : pe.flip_flops()) mark_product(contract, pe.cells()[flop]);
    while (spread()) {}
  }

  uint8_t of(NetId net) const { return support_[net]; }
  uint8_t of_outputs(uint32_t index) const {
    const MappedCell& cell = pe_.cells()[index];
    uint8_t support = none;
    for (const int pin : cell.type->output_pins)
      if (cell.pins[size_t(pin)] != no_net) support |= support_[cell.pins[size_t(pin)]];
    return support;
  }

 private:
  uint8_t of_inputs(uint32_t index) const {
    const MappedCell& cell = pe_.cells()[index];
    const std::vector<NetId>& clocks = pe_.clock_nets();
    uint8_t support = none;
    for (const int pin : cell.type->input_pins) {
      const NetId net = cell.pins[size_t(pin)];
      if (net != no_net && std::find(clocks.begin(), clocks.end(), net) == clocks.end()) support |= support_[net];
    }
    return support;
  }

  /// A register that is clocked where a product counts, whatever moves its input.
  void mark_product(const PeContract& contract, const MappedCell& cell) {
    const NetId clock = cell.pins[static_cast<size_t>(cell.type->flip_flop->clock_pin())];
    const auto found = std::ranges::find(contract.clocks, clock, &PeClock::net);
    if (found == contract.clocks.end() || found->gate != PeClock::Gate::operand || found->enters) return;
    for (const int pin : cell.type->output_pins)
      if (cell.pins[size_t(pin)] != no_net) support_[cell.pins[size_t(pin)]] |= by_sum;
  }

  bool spread() {
    bool changed = false;
    for (uint32_t index = 0; index < pe_.cells().size(); ++index) {
      const MappedCell& cell = pe_.cells()[index];
      if (cell.part == "multiplier") continue;
      for (const int pin : cell.type->output_pins) {
        const NetId net = cell.pins[size_t(pin)];
        if (net == no_net || (support_[net] | of_inputs(index)) == support_[net]) continue;
        support_[net] |= of_inputs(index);
        changed = true;
      }
    }
    return changed;
  }

  const MappedNetlist& pe_;
  std::vector<uint8_t> support_;
};

/// Values of the nets for all operands, lane (w << bits of x) | x.
LaneSimulation multiplier_values(const PeDesign& design, const std::vector<NetId>& nets) {
  LaneSelection selection;
  selection.targets = nets;
  selection.given = design.contract.factors();
  LaneSimulation simulation(design.netlist, selection);
  const size_t weight_bits = size_t(design.contract[Operand::weight].bits()), bits = selection.given.size();
  const uint32_t pairs = uint32_t{1} << bits;
  simulation.resize((pairs + 63) / 64);
  for (size_t i = 0; i < bits; ++i) {
    const size_t bit = i < weight_bits ? bits - weight_bits + i : i - weight_bits;  // of the lane's number
    std::ranges::fill(simulation.given(i), 0);
    for (uint32_t lane = 0; lane < pairs; ++lane)
      simulation.given(i)[lane / 64] |= uint64_t(lane >> bit & 1) << (lane & 63);
  }
  simulation.run();
  return simulation;
}

int product_bit_of(std::span<const uint64_t> values, const TruthTable& table) {
  for (int bit = 0; bit < table.a_bits + table.b_bits; ++bit) {
    bool equal = true;
    for (uint32_t lane = 0; equal && lane < table.values.size(); ++lane)
      equal = (values[lane / 64] >> (lane & 63) & 1) ==
              (table.product_bits(lane >> table.b_bits, lane & ((1U << table.b_bits) - 1)) >> bit & 1);
    if (equal) return bit;
  }
  throw std::logic_error("a net that leaves the multiplier is no bit of its product");
}

void add_net(PeNets& nets, const MappedNetlist& pe, NetId net, uint8_t support) {
  const MappedCell& cell = pe.cells()[pe.driver(net).cell];
  if (cell.part == "multiplier") {
    nets.multiplier.push_back(net);
    const auto is_outside = [&](const PinReference& pin) { return pe.cells()[pin.cell].part != "multiplier"; };
    if (std::ranges::any_of(pe.fanout(net), is_outside)) nets.leaving.push_back(net);
  } else if (support & by_sum) {
    nets.sum.push_back(net);
  } else if (support & by_weight) {
    nets.weight.push_back(net);
  } else if (support & by_activation) {
    nets.activation.push_back(net);
  }
}

/// Nets that these inputs reach through gates alone.
std::vector<NetId> reached(const MappedNetlist& pe, const std::vector<NetId>& inputs) {
  std::vector<bool> is_reached(pe.net_count(), false);
  for (const NetId net : inputs) is_reached[net] = true;
  std::vector<NetId> nets;
  for (const uint32_t index : pe.combinational_order()) {
    const MappedCell& cell = pe.cells()[index];
    const auto moves = [&](int pin) { return cell.pins[size_t(pin)] != no_net && is_reached[cell.pins[size_t(pin)]]; };
    if (std::ranges::none_of(cell.type->input_pins, moves)) continue;
    for (const int pin : cell.type->output_pins) {
      const NetId net = cell.pins[size_t(pin)];
      if (net == no_net) continue;
      is_reached[net] = true;
      nets.push_back(net);
    }
  }
  return nets;
}

}  // namespace

PeNets pe_nets(const PeDesign& design, const TruthTable& table) {
  const MappedNetlist& pe = design.netlist;
  const Supports supports(pe, design.contract);
  PeNets nets;
  for (NetId net = constant_one + 1; net < pe.net_count(); ++net)
    if (pe.driver(net).cell != no_cell) add_net(nets, pe, net, supports.of(net));
  for (const uint32_t cell : pe.flip_flops()) {
    const uint8_t support = supports.of_outputs(cell);
    (support & by_sum      ? nets.sum_flops
     : support & by_weight ? nets.weight_flops
                           : nets.activation_flops)
        .push_back(cell);
  }
  for (const auto& [operand, entering] : {std::pair{Operand::activation, &nets.entering_activation},
                                          {Operand::flag, &nets.entering_flag},
                                          {Operand::swap, &nets.entering_swap}})
    if (design.contract.has(operand)) *entering = reached(pe, design.contract.inputs({operand}));
  const LaneSimulation values = multiplier_values(design, nets.leaving);
  for (size_t i = 0; i < nets.leaving.size(); ++i) nets.product_bit.push_back(product_bit_of(values.target(i), table));
  return nets;
}

}  // namespace tram
