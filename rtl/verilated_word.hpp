#pragma once
/// Header included before everything else when Verilator's output is compiled: makes each of its 64-bit words a vector
/// of tram_row_group words, so that one evaluation of the Verilated row carries as many rows. The generated code is
/// used as it is; a bit-sliced netlist needs only & | ^ ~ and <<, which act on each row's 64 lanes alone.
#include "row_interface.hpp"
#include "verilated.h"
#include "verilated_dpi.h"
#include "verilated_sym_props.h"
#include "verilated_syms.h"

struct TramWord {
  typedef unsigned long long Vector __attribute__((vector_size(8 * tram_row_group)));
  Vector rows;
  TramWord& operator=(unsigned long long value) {
    rows = Vector{} + value;
    return *this;
  }
  friend TramWord operator&(TramWord a, TramWord b) { return {a.rows & b.rows}; }
  friend TramWord operator|(TramWord a, TramWord b) { return {a.rows | b.rows}; }
  friend TramWord operator^(TramWord a, TramWord b) { return {a.rows ^ b.rows}; }
  friend TramWord operator~(TramWord a) { return {~a.rows}; }
  friend TramWord operator<<(TramWord a, unsigned distance) { return {a.rows << distance}; }
};

#undef VL_IN64
#define VL_IN64(name, msb, lsb) TramWord name
#define QData TramWord
