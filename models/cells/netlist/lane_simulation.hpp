#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "models/cells/netlist/mapped_netlist.hpp"

namespace tram {

/// Outputs that a LaneSimulation computes and inputs that it is given.
struct LaneSelection {
  std::vector<NetId> targets;          ///< nets to compute; their fan-in comes along
  std::vector<uint32_t> next_states;   ///< flip-flops whose next state is to be computed
  std::vector<NetId> given;            ///< nets whose values are supplied: the fan-in ends there
  std::vector<uint32_t> given_states;  ///< flip-flops whose state is supplied
  std::vector<uint32_t> transparent;   ///< flip-flops that pass their next state at once
  std::vector<uint32_t> gated = {};    ///< flip-flops that are clocked in some lanes only
};

/// Part of a mapped netlist as straight-line code on bit vectors: bit i of every vector is one evaluation ("lane").
/// Lanes are independent except for flip-flops that are neither given nor transparent: their state in a lane is the
/// next state of the lane before, so that consecutive lanes are consecutive clocks; where `first` is set the state is
/// the lane's own next state (a steady state). Gated ones keep their state behind lanes whose bit in `ticks` is 0.
/// Zero delay: one settled value a lane. Much faster than NetlistSimulation, which is its oracle in the tests.
class LaneSimulation {
 public:
  /// Throws std::logic_error when a flip-flop that is not given depends on its own state or an input is not given.
  LaneSimulation(const MappedNetlist& netlist, const LaneSelection& selection);

  /// Words of 64 lanes, rounded up to a multiple of 4; values are undefined until run().
  void resize(size_t words);
  size_t words() const { return words_; }

  /// Values of given net or given state number i.
  std::span<uint64_t> given(size_t i) { return slot(given_slots_[i]); }
  bool is_used(size_t i) const { return used_[given_slots_[i]]; }  ///< whether the code reads given net i
  std::span<uint64_t> given_state(size_t i) { return slot(given_state_slots_[i]); }
  /// Evaluates all lanes; first: [words], see above; may be empty when no flip-flop counts clocks, ticks when none is
  /// gated.
  void run(std::span<const uint64_t> first = {}, std::span<const uint64_t> ticks = {});

  /// Values of target number i.
  std::span<const uint64_t> target(size_t i) const { return slot(target_slots_[i]); }
  /// Next state of flip-flop number i of `next_states`.
  std::span<const uint64_t> next_state(size_t i) const { return slot(next_state_slots_[i]); }

 private:
  enum class Op : uint8_t { zero, one, inverse, conjunction, disjunction, exclusive, delay, gated_delay };
  struct Instruction {
    Op op;
    uint32_t to, left = 0, right = 0;
  };
  struct Compiler;

  std::span<uint64_t> slot(uint32_t index) { return {values_.data() + index * words_, words_}; }
  std::span<const uint64_t> slot(uint32_t index) const { return {values_.data() + index * words_, words_}; }
  void execute(const Instruction& instruction, std::span<const uint64_t> first, std::span<const uint64_t> ticks);

  std::vector<Instruction> code_;
  std::vector<uint32_t> given_slots_, given_state_slots_, target_slots_, next_state_slots_;
  std::vector<bool> used_;  // by slot
  uint32_t slots_ = 0;
  size_t words_ = 0;
  std::vector<uint64_t> values_;  // [slot][word]
};

/// Lanes i with value[i] != value[i + 1], where mask is set: toggles of a net whose lanes are consecutive clocks.
uint64_t count_toggles(std::span<const uint64_t> values, std::span<const uint64_t> mask);

}  // namespace tram
