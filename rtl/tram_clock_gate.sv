/// Passes the pulses of clk_i before whose rising edge enable_i was 1: a latch that is open while the clock is 0, and
/// an AND. In a library it is the integrated clock-gating cell (models/cells/energy/clock_gate.hpp).
module tram_clock_gate (
  input  logic clk_i,
  input  logic enable_i,
  output logic clk_o
);
  logic enable_q;
  always_latch if (!clk_i) enable_q = enable_i;
  assign clk_o = clk_i & enable_q;
endmodule
