#pragma once
#include <cstddef>
#include <cstdint>

/// The narrow interface of a compiled row: what the shared object built from Verilator's output (row_harness.cpp)
/// and the program that loads it (row_model.hpp) agree on. Plain C types only.
extern "C" {

enum : uint32_t {
  tram_row_interface_version = 3,
  tram_row_lanes = 64,  ///< PEs side by side in one word: columns of the array
  tram_row_group = 4,   ///< rows evaluated together, one a 64-bit element of a 256-bit word
};

/// Clocks of one group of rows. Element order of all arrays: clock slowest. The inputs given for a clock are stable
/// before its edge; outputs of a clock are the settled values after its edge.
struct TramRowRun {
  int64_t clocks;
  const uint64_t* load;       ///< [clocks] lanes whose held operands move on at this clock's edge
  const uint64_t* enable;     ///< [clocks] lanes whose clock ticks at it; not read where clocks are not gated
  const uint64_t* east_in;    ///< [tram_row_group][clocks] that enter each row at lane 0: bit i is plane i
  const uint64_t* south_in;   ///< [clocks][south planes] for the first row
  int32_t last_row;           ///< row of the group whose outputs are stored, 0 .. tram_row_group - 1
  uint64_t* south_out;        ///< [clocks][south planes] of the last row
  uint64_t* east_out;         ///< [tram_row_group][clocks] that leave each row at lane 63, or null
  const uint64_t* lane_mask;  ///< [tram_row_group] lanes whose toggles count
  uint64_t* toggles;          ///< [nets] increased by the toggles of each net, summed over rows and lanes
  uint64_t* ones;             ///< [nets] increased by the lanes at 1, in the clocks sampled
  uint64_t* samples;          ///< increased by the number of (row, lane) values sampled for `ones`
  uint64_t* ticks;            ///< [clocks of the contract] increased by the lanes in which each ticks; see enable
  const uint32_t* watch;      ///< [watch_count] nets to store each clock, or null
  uint32_t watch_count;
  uint64_t* watched;  ///< [clocks][watch_count][tram_row_group] settled words
};

struct TramRowApi {
  uint32_t version;  ///< tram_row_interface_version
  uint32_t south_planes;
  uint32_t nets;      ///< counted nets, in the order of MappedRow::nets
  void* (*create)();  ///< a group of rows after reset: registers 0, inputs 0, settled
  void (*destroy)(void* group);
  void (*reset)(void* group);
  void (*run)(void* group, const TramRowRun* run);
};

/// The one symbol of the shared object.
const TramRowApi* tram_row_api();
}
