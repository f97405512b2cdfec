#include "models/cells/netlist/lane_simulation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <stdexcept>
#include <unordered_map>

namespace tram {

/// Walks the fan-in of the targets and emits instructions in topological order.
struct LaneSimulation::Compiler {
  static constexpr uint32_t none = ~uint32_t{0};

  Compiler(LaneSimulation& target, const MappedNetlist& source, const LaneSelection& selection)
      : lanes(target), netlist(source), net_slots(source.net_count(), none) {
    net_slots[constant_zero] = emit(Op::zero);
    net_slots[constant_one] = emit(Op::one);
    for (const NetId net : selection.given) {
      if (net_slots[net] == none) net_slots[net] = lanes.slots_++;
      lanes.given_slots_.push_back(net_slots[net]);
    }
    for (const uint32_t cell : selection.given_states) {
      state_slots[cell] = lanes.slots_++;
      lanes.given_state_slots_.push_back(state_slots[cell]);
    }
    transparent = selection.transparent;
    gated = selection.gated;
  }

  uint32_t emit(Op op, uint32_t left = 0, uint32_t right = 0) {
    lanes.code_.push_back({op, lanes.slots_, left, right});
    return lanes.slots_++;
  }

  uint32_t function(const PinFunction& pin, const MappedCell& cell, uint32_t state) {
    std::vector<uint32_t> slots;
    for (const BooleanFunction::Node& node : pin.function.nodes()) {
      using Kind = BooleanFunction::Op;
      const auto left = [&] { return slots[node.left]; };
      const auto right = [&] { return slots[node.right]; };
      switch (node.op) {
        case Kind::constant0: slots.push_back(net_slots[constant_zero]); break;
        case Kind::constant1: slots.push_back(net_slots[constant_one]); break;
        case Kind::variable: slots.push_back(variable(pin.pins[node.left], cell, state)); break;
        case Kind::inverse: slots.push_back(emit(Op::inverse, left())); break;
        case Kind::conjunction: slots.push_back(emit(Op::conjunction, left(), right())); break;
        case Kind::disjunction: slots.push_back(emit(Op::disjunction, left(), right())); break;
        case Kind::exclusive: slots.push_back(emit(Op::exclusive, left(), right())); break;
      }
    }
    return slots.back();
  }

  uint32_t variable(int pin, const MappedCell& cell, uint32_t state) {
    if (pin == PinFunction::state) return known(state, cell.name);
    if (pin == PinFunction::inverted_state) return emit(Op::inverse, known(state, cell.name));
    return net(cell.pins[static_cast<size_t>(pin)]);
  }

  static uint32_t known(uint32_t slot, const std::string& where) {
    if (slot == none) throw std::logic_error("lane simulation: a loop through " + where);
    return slot;
  }

  uint32_t next_state(uint32_t index, uint32_t state) {
    const MappedCell& cell = netlist.cells()[index];
    return function(cell.type->flip_flop->next_state, cell, state);
  }

  uint32_t state_of(uint32_t index) {
    if (const auto found = state_slots.find(index); found != state_slots.end())
      return known(found->second, netlist.cells()[index].name);
    state_slots[index] = none;  // until it is known: a path back here is a loop
    const uint32_t next = next_state(index, none);
    const auto is_in = [&](const std::vector<uint32_t>& cells) {
      return std::ranges::find(cells, index) != cells.end();
    };
    return state_slots[index] = is_in(transparent) ? next : emit(is_in(gated) ? Op::gated_delay : Op::delay, next);
  }

  uint32_t net(NetId id) {
    if (net_slots[id] != none) return net_slots[id];
    const PinReference driver = netlist.driver(id);
    if (driver.cell == no_cell)
      throw std::logic_error(fmt::format("lane simulation: net {} is not given", netlist.net_name(id)));
    const MappedCell& cell = netlist.cells()[driver.cell];
    const uint32_t state = cell.type->flip_flop ? state_of(driver.cell) : none;
    return net_slots[id] = function(*cell.type->pins[driver.pin].function, cell, state);
  }

  LaneSimulation& lanes;
  const MappedNetlist& netlist;
  std::vector<uint32_t> net_slots;                     // by net
  std::unordered_map<uint32_t, uint32_t> state_slots;  // by flip-flop
  std::vector<uint32_t> transparent, gated;
};

LaneSimulation::LaneSimulation(const MappedNetlist& netlist, const LaneSelection& selection) {
  Compiler compiler(*this, netlist, selection);
  for (const NetId net : selection.targets) target_slots_.push_back(compiler.net(net));
  for (const uint32_t cell : selection.next_states) {
    const auto found = compiler.state_slots.find(cell);
    next_state_slots_.push_back(
        compiler.next_state(cell, found == compiler.state_slots.end() ? Compiler::none : found->second));
  }
  used_.assign(slots_, false);
  for (const Instruction& instruction : code_) used_[instruction.left] = used_[instruction.right] = true;
}

void LaneSimulation::resize(size_t words) {
  words_ = (words + 3) / 4 * 4;
  values_.resize(words_ * slots_);
}

namespace {

/// State in lane i: the next state of lane i - 1, or of lane i itself where `first` is set.
void delay_lanes(const uint64_t* next, std::span<const uint64_t> first, uint64_t* state) {
  uint64_t carry = 0;
  for (size_t w = 0; w < first.size(); ++w) {
    const uint64_t shifted = next[w] << 1 | carry;
    carry = next[w] >> 63;
    state[w] = (shifted & ~first[w]) | (next[w] & first[w]);
  }
}

/// The same, of the last lane before that ticks.
void delay_ticks(const uint64_t* next, std::span<const uint64_t> first, std::span<const uint64_t> ticks,
                 uint64_t* state) {
  bool held = false;
  for (size_t w = 0; w < first.size(); ++w) {
    uint64_t word = 0;
    for (size_t lane = 0; lane < 64; ++lane) {
      const bool value = next[w] >> lane & 1;
      if (first[w] >> lane & 1) held = value;
      word |= uint64_t{held} << lane;
      if (ticks[w] >> lane & 1) held = value;
    }
    state[w] = word;
  }
}

}  // namespace

void LaneSimulation::execute(const Instruction& instruction, std::span<const uint64_t> first,
                             std::span<const uint64_t> ticks) {
  uint64_t* const __restrict to = values_.data() + instruction.to * words_;
  const uint64_t* const left = values_.data() + instruction.left * words_;
  const uint64_t* const right = values_.data() + instruction.right * words_;
  const size_t words = words_;
  switch (instruction.op) {
    case Op::zero: std::fill_n(to, words, 0); break;
    case Op::one: std::fill_n(to, words, ~uint64_t{0}); break;
    case Op::inverse:
      for (size_t w = 0; w < words; ++w) to[w] = ~left[w];
      break;
    case Op::conjunction:
      for (size_t w = 0; w < words; ++w) to[w] = left[w] & right[w];
      break;
    case Op::disjunction:
      for (size_t w = 0; w < words; ++w) to[w] = left[w] | right[w];
      break;
    case Op::exclusive:
      for (size_t w = 0; w < words; ++w) to[w] = left[w] ^ right[w];
      break;
    case Op::delay: delay_lanes(left, first, to); break;
    case Op::gated_delay: delay_ticks(left, first, ticks, to); break;
  }
}

void LaneSimulation::run(std::span<const uint64_t> first, std::span<const uint64_t> ticks) {
  for (const Instruction& instruction : code_) execute(instruction, first, ticks);
}

uint64_t count_toggles(std::span<const uint64_t> values, std::span<const uint64_t> mask) {
  uint64_t count = 0;
  for (size_t w = 0; w < mask.size(); ++w) {
    const uint64_t next = w + 1 < values.size() ? values[w + 1] : 0;
    count += static_cast<uint64_t>(std::popcount((values[w] ^ (values[w] >> 1 | next << 63)) & mask[w]));
  }
  return count;
}

}  // namespace tram
