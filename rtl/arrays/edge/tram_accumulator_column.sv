/// A column's accumulator with its clock gate: see tram_accumulator.sv.
module tram_accumulator_column #(
  /// Parameters of the accumulator.
  parameter int unsigned PSUM_BITS   = 22,
  parameter int unsigned BITS        = 32,
  parameter bit          PSUM_SIGNED = 0
) (
  input  logic                 clk_i,
  input  logic                 enable_i,
  input  logic                 accumulate_i,
  input  logic [PSUM_BITS-1:0] psum_i,
  input  logic [BITS-1:0]      stored_i,
  output logic                 enable_o,
  output logic                 accumulate_o,
  output logic [BITS-1:0]      sum_o
);
  logic sum_clk;
  tram_clock_gate gate (.clk_i, .enable_i, .clk_o(sum_clk));
  tram_accumulator #(.PSUM_BITS(PSUM_BITS), .BITS(BITS), .PSUM_SIGNED(PSUM_SIGNED)) accumulator (
    .clk_i, .sum_clk_i(sum_clk), .enable_i, .accumulate_i, .psum_i, .stored_i, .enable_o, .accumulate_o, .sum_o
  );
endmodule
