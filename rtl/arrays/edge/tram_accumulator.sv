/// Accumulator of one column at the array's edge: adds what leaves the column to the sum of the k tiles before, which
/// its bank of the output scratchpad holds. Its clock gate stands outside of it (tram_accumulator_column.sv). Enable and
/// accumulate come from the column to the west, a clock after that had them.
///   t    psum_i leaves the column, enable_i is 1
///   t+1  sum_o = (accumulate_i of cycle t ? stored_i : 0) + psum_i of cycle t, to the bank, modulo 2^BITS
/// Example: stored_i = 1000, psum_i = 115: sum_o = 1115, or 115 for the first k tile.
module tram_accumulator #(
  /// Width of the array's partial sums.
  parameter int unsigned PSUM_BITS   = 22,
  /// Width of the sums, more than PSUM_BITS.
  parameter int unsigned BITS        = 32,
  /// 1: partial sums are two's complement; 0: unsigned.
  parameter bit          PSUM_SIGNED = 0
) (
  /// Always there, for enable and accumulate.
  input  logic                 clk_i,
  /// Rises where a partial sum is taken.
  input  logic                 sum_clk_i,
  /// A partial sum leaves the column.
  input  logic                 enable_i,
  /// 1: it is added to stored_i; 0: it is of the first k tile.
  input  logic                 accumulate_i,
  input  logic [PSUM_BITS-1:0] psum_i,
  input  logic [BITS-1:0]      stored_i,
  output logic                 enable_o,
  output logic                 accumulate_o,
  output logic [BITS-1:0]      sum_o
);
  logic                 enable_q, accumulate_q;
  logic [PSUM_BITS-1:0] psum_q;

  tram_adder #(.BITS(BITS), .B_BITS(PSUM_BITS), .B_SIGNED(PSUM_SIGNED), .LANES(1)) adder (
    .a_i   (stored_i & {BITS{accumulate_q}}),
    .b_i   (psum_q),
    .sum_o (sum_o)
  );

  always_ff @(posedge clk_i) begin
    enable_q     <= enable_i;
    accumulate_q <= accumulate_i;
  end
  always_ff @(posedge sum_clk_i) psum_q <= psum_i;
  assign enable_o     = enable_q;
  assign accumulate_o = accumulate_q;

  if (BITS <= PSUM_BITS) begin : gen_check
    $error("tram_accumulator: BITS > PSUM_BITS is expected");
  end
endmodule
