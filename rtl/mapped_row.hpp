#pragma once
#include <string>
#include <vector>

#include "rtl/pe_contract.hpp"

namespace tram {

/// A row of 64 mapped PEs as sources for Verilator: bit k of each net's 64-bit word is the net in PE k.
struct MappedRow {
  std::string
      systemverilog;  ///< module tram_mapped_row: every cell as its Boolean function on words, flip-flops as always_ff
  std::string nets_include;  ///< row_nets.inc of row_harness.cpp
  std::vector<NetId> nets;   ///< counted nets: those driven by a cell, in the order of the compiled row
  int south_planes = 0;  ///< bits that a PE passes to the row below: operands that move south, by PeContract::operands
  int east_planes = 0;   ///< bits that it passes to its neighbour, likewise
};

/// A gated clock becomes an enable: its flip-flops keep their state in the lanes in which it does not tick.
/// Throws InputError for a flip-flop whose clear or preset is not tied inactive or that is clocked by anything but
/// the rising edge of one of the contract's clocks.
MappedRow mapped_row(const MappedNetlist& pe, const PeContract& contract);

}  // namespace tram
