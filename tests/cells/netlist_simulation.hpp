#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "models/cells/netlist/mapped_netlist.hpp"

namespace tram {

/// Zero-delay simulation of a MappedNetlist on 64 lanes: bit k of every word is lane k. The plain reference of
/// LaneSimulation and of the Verilated netlist. Flip-flops start at 0. Keeps a reference to the netlist.
class NetlistSimulation {
 public:
  explicit NetlistSimulation(const MappedNetlist& netlist);

  /// Sets a net (an input port's bit) in all lanes; takes effect with settle().
  void set(NetId net, uint64_t lanes) { words_[net] = lanes; }
  /// Sets an input port to the same value in all lanes.
  void set_port(std::string_view port, uint64_t value);

  /// Propagates inputs and states through the combinational cells; applies asynchronous clear and preset.
  void settle();
  /// One active edge on every flip-flop (settled values before, settle() after); the clock net itself is not driven.
  void clock();

  uint64_t net(NetId net) const { return words_[net]; }
  std::span<const uint64_t> nets() const { return words_; }
  /// Value of a port of at most 64 bits in one lane.
  uint64_t port(std::string_view port, unsigned lane = 0) const;

 private:
  uint64_t evaluate(const PinFunction& function, const MappedCell& cell, uint64_t state) const;
  void drive_outputs(uint32_t cell, uint64_t state);

  const MappedNetlist& netlist_;
  std::vector<uint64_t> words_;   // by net
  std::vector<uint64_t> states_;  // by position in netlist.flip_flops()
};

}  // namespace tram
