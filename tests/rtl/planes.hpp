#pragma once
#include <cstdint>

namespace tram {

/// A lane-packed port of Verilated RTL: bit i of the operand of lane k is bit i * lanes + k of the port, whatever type
/// Verilator gave it (an unsigned integer, or 32-bit words).
template <class Port>
bool port_bit(const Port& port, unsigned position) {
  if constexpr (requires { port[0]; }) return port[position / 32] >> (position % 32) & 1;
  else return port >> position & 1;
}

template <class Port>
void set_port_bit(Port& port, unsigned position, bool value) {
  if constexpr (requires { port[0]; }) {
    port[position / 32] = (port[position / 32] & ~(1u << (position % 32))) | unsigned(value) << (position % 32);
  } else {
    port = Port((port & ~(Port(1) << position)) | Port(value) << position);
  }
}

template <class Port>
void set_lane(Port& port, unsigned lanes, unsigned lane, unsigned bits, uint32_t value) {
  for (unsigned i = 0; i < bits; ++i) set_port_bit(port, i * lanes + lane, value >> i & 1);
}

template <class Port>
uint32_t lane(const Port& port, unsigned lanes, unsigned lane, unsigned bits) {
  uint32_t value = 0;
  for (unsigned i = 0; i < bits; ++i) value |= uint32_t(port_bit(port, i * lanes + lane)) << i;
  return value;
}

}  // namespace tram
