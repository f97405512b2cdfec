#include "models/cells/energy/transition_netlist.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "models/cells/energy/multiplier_power.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

using transition::Function;
using transition::Output;

// The functions with a kernel of their own: truth table over inputs 0, 1, .. as bits of the case's number.
struct KnownFunction {
  Function function;
  int inputs;
  uint32_t table;
};

constexpr std::array<uint32_t, 4> variable_tables{0xaaaa, 0xcccc, 0xf0f0, 0xff00};
constexpr uint32_t A = variable_tables[0], B = variable_tables[1], C = variable_tables[2], D = variable_tables[3];

constexpr KnownFunction known_functions[] = {
    {Function::copy, 1, A},
    {Function::and2, 2, A& B},
    {Function::xor2, 2, A ^ B},
    {Function::and3, 3, A& B& C},
    {Function::xor3, 3, A ^ B ^ C},
    {Function::majority, 3, (A & B) | (C & (A | B))},
    {Function::and_or, 3, (A & B) | C},
    {Function::mux, 3, (A & B) | (~A & C)},
    {Function::and4, 4, A& B& C& D},
    {Function::and_or_or, 4, (A & B) | C | D},
    {Function::and_and_or, 4, (A & B & C) | D},
    {Function::and_or_and, 4, (A & B) | (C & D)},
    {Function::or_and_or, 4, ((A | B) & C) | D},
};

// The inputs of a function as distinct nets that are not constant; the two delays of a net on two pins become the less.
struct DistinctInputs {
  std::vector<NetId> nets;
  std::vector<PathDelay> delays;
  std::vector<int> input_of_variable;  // -1: constant 0, -2: constant 1
};

DistinctInputs distinct_inputs(const PinFunction& function, const MappedCell& cell,
                               const std::vector<PathDelay>& paths) {
  DistinctInputs inputs;
  for (size_t variable = 0; variable < function.pins.size(); ++variable) {
    const NetId net = cell.pins[static_cast<size_t>(function.pins[variable])];
    if (net <= constant_one) {
      inputs.input_of_variable.push_back(net == constant_zero ? -1 : -2);
      continue;
    }
    const auto found = std::find(inputs.nets.begin(), inputs.nets.end(), net);
    const auto index = static_cast<size_t>(found - inputs.nets.begin());
    inputs.input_of_variable.push_back(static_cast<int>(index));
    if (found == inputs.nets.end()) {
      inputs.nets.push_back(net);
      inputs.delays.push_back(paths[variable]);
    } else {
      inputs.delays[index].rise = std::min(inputs.delays[index].rise, paths[variable].rise);
      inputs.delays[index].fall = std::min(inputs.delays[index].fall, paths[variable].fall);
    }
  }
  return inputs;
}

// Value of the function for a case of the distinct inputs.
bool value_of(const PinFunction& function, const DistinctInputs& inputs, uint32_t minterm) {
  uint64_t index = 0;
  for (size_t variable = 0; variable < inputs.input_of_variable.size(); ++variable) {
    const int input = inputs.input_of_variable[variable];
    const bool value = input >= 0 ? (minterm >> input & 1) != 0 : input == -2;
    index |= uint64_t{value} << variable;
  }
  return function.function.truth_table()[index / 64] >> (index % 64) & 1;
}

// Whether two functions are the same, from inputs in this order, some inverted, and the output inverted or not.
bool is_same(const PinFunction& function, const DistinctInputs& inputs, const KnownFunction& known,
             const std::vector<int>& order, uint32_t inverted, bool inverts_output) {
  for (uint32_t minterm = 0; minterm < 1u << known.inputs; ++minterm) {
    uint32_t known_case = 0;
    for (int i = 0; i < known.inputs; ++i) known_case |= (minterm >> order[static_cast<size_t>(i)] & 1) << i;
    const bool expected = (known.table >> (known_case ^ inverted) & 1) != 0;
    if (value_of(function, inputs, minterm) != (expected != inverts_output)) return false;
  }
  return true;
}

// Finds the function among the known ones; output.inputs then hold the nets in the kernel's order, and `order` says
// which distinct input each is.
bool recognise(const PinFunction& function, const DistinctInputs& inputs, Output& output, std::vector<int>& order) {
  for (const KnownFunction& known : known_functions) {
    if (known.inputs != static_cast<int>(inputs.nets.size())) continue;
    std::sort(order.begin(), order.end());
    do {
      for (uint32_t inversions = 0; inversions < 2u << known.inputs; ++inversions) {
        const uint32_t inverted = inversions >> 1;
        const bool inverts_output = (inversions & 1) != 0;
        if (!is_same(function, inputs, known, order, inverted, inverts_output)) continue;
        output.function = known.function;
        output.inverted_inputs = inverted;
        output.inverts_output = inverts_output;
        return true;
      }
    } while (std::next_permutation(order.begin(), order.end()));
  }
  std::sort(order.begin(), order.end());
  return false;
}

// Positions of the kernel's inputs by rising delay, and these delays.
void sort_delays(const std::vector<int32_t>& delays, uint8_t* order, uint8_t* sorted) {
  std::vector<uint8_t> positions(delays.size());
  std::iota(positions.begin(), positions.end(), uint8_t{0});
  std::stable_sort(positions.begin(), positions.end(), [&](uint8_t x, uint8_t y) { return delays[x] < delays[y]; });
  for (size_t k = 0; k < positions.size(); ++k) {
    order[k] = positions[k];
    sorted[k] = static_cast<uint8_t>(delays[positions[k]]);
  }
}

// The latest time of an event in steps, were no event lost.
int64_t latest_event(const MappedNetlist& netlist, const NetlistDelays& delays, int64_t& longest_delay) {
  std::vector<int64_t> arrival(netlist.net_count(), 0);
  int64_t latest = 0;
  for (const OutputDelays& output : delays.outputs) {
    const MappedCell& cell = netlist.cells()[output.cell];
    const auto& pins = cell.type->pins[output.pin].function->pins;
    int64_t& at = arrival[cell.pins[output.pin]];
    for (size_t i = 0; i < pins.size(); ++i) {
      const int64_t delay = std::max(output.paths[i].rise, output.paths[i].fall);
      longest_delay = std::max(longest_delay, delay);
      at = std::max(at, arrival[cell.pins[static_cast<size_t>(pins[i])]] + delay);
    }
    latest = std::max(latest, at);
  }
  return latest;
}

}  // namespace

NetlistDelays transition_delays(const MappedNetlist& netlist, const NetlistTiming& timing) {
  double latest = 0, longest = 0;
  for (const EdgePair& arrival : timing.arrival) latest = std::max({latest, arrival.rise, arrival.fall});
  for (const ArcDelay& arc : timing.arcs) longest = std::max({longest, arc.delay.rise, arc.delay.fall});
  double step = std::max({latest / (transition::slots - 1), longest / transition::max_delay, 1e-15});
  while (true) {  // rounding may add a little to a path
    NetlistDelays delays = library_delays(netlist, timing, step);
    int64_t longest_delay = 0;
    const bool fits = latest_event(netlist, delays, longest_delay) < transition::slots;
    if (fits && longest_delay <= transition::max_delay) return delays;
    step *= 1.005;
  }
}

TransitionNetlist::TransitionNetlist(const MappedNetlist& netlist, const NetlistDelays& delays, DelayModel model,
                                     std::vector<double> joule)
    : joule_(std::move(joule)) {
  const MultiplierPorts ports = multiplier_ports(netlist);
  a_ = ports.a->bits;
  b_ = ports.b->bits;
  for (const OutputDelays& output : delays.outputs) add_output(netlist, output);
  b_weights_.resize(b_.size());
  kernel_netlist_ = {.a_bits = static_cast<int>(a_.size()),
                     .b_bits = static_cast<int>(b_.size()),
                     .net_count = static_cast<uint32_t>(netlist.net_count()),
                     .output_count = static_cast<uint32_t>(outputs_.size()),
                     .outputs = outputs_.data(),
                     .nodes = nodes_.data(),
                     .a = a_.data(),
                     .b = b_.data(),
                     .b_weights = b_weights_.data(),
                     .has_delays = model == DelayModel::library};
}

void TransitionNetlist::add_output(const MappedNetlist& netlist, const OutputDelays& delays) {
  const MappedCell& cell = netlist.cells()[delays.cell];
  const PinFunction& function = *cell.type->pins[delays.pin].function;
  const DistinctInputs inputs = distinct_inputs(function, cell, delays.paths);
  const size_t count = inputs.nets.size();
  Output output;
  output.net = cell.pins[delays.pin];
  output.input_count = static_cast<uint8_t>(count);
  output.loses_ties = delays.loses_ties;
  std::vector<int> order(count);
  std::iota(order.begin(), order.end(), 0);
  if (!recognise(function, inputs, output, order)) {
    if (function.function.nodes().size() > transition::max_nodes) {
      throw InputError(netlist.name(),
                       fmt::format("the function of cell {} has {} nodes; at most {} are supported", cell.type->name,
                                   function.function.nodes().size(), transition::max_nodes));
    }
    output.first_node = static_cast<uint32_t>(nodes_.size());
    for (BooleanFunction::Node node : function.function.nodes()) {
      if (node.op == BooleanFunction::Op::variable) {
        const int input = inputs.input_of_variable[node.left];
        if (input < 0) node.op = input == -1 ? BooleanFunction::Op::constant0 : BooleanFunction::Op::constant1;
        if (input >= 0) node.left = static_cast<uint16_t>(input);
      }
      nodes_.push_back(
          {static_cast<uint8_t>(node.op), static_cast<uint8_t>(node.left), static_cast<uint8_t>(node.right)});
    }
    output.node_count = static_cast<uint32_t>(nodes_.size()) - output.first_node;
  }
  std::vector<int32_t> rise, fall;
  for (size_t i = 0; i < count; ++i) {
    const auto input = static_cast<size_t>(order[i]);
    output.inputs[i] = inputs.nets[input];
    rise.push_back(inputs.delays[input].rise);
    fall.push_back(inputs.delays[input].fall);
  }
  sort_delays(rise, output.rise_order, output.rise);
  sort_delays(fall, output.fall_order, output.fall);
  outputs_.push_back(output);
}

void TransitionNetlist::set_unit(double unit) {
  unit_ = unit;
  const auto units = [&](NetId net) { return static_cast<uint32_t>(std::lround(joule_[net] / unit)); };
  for (Output& output : outputs_) output.weight = units(output.net);
  for (size_t bit = 0; bit < b_.size(); ++bit) b_weights_[bit] = units(b_[bit]);
}

double TransitionNetlist::rounding_error(NetId net) const {
  return std::abs(std::round(joule_[net] / unit_) * unit_ - joule_[net]);
}

}  // namespace tram
