/// A link of the chain that sums the activations of a vector, for weights with a zero point. Of an array that holds
/// weights each row has one at its west end, and the sum goes down with the skew of the rows; of one that holds
/// activations each column has one at its north end, which sums what is loaded (sum_i is its own sum_o).
///   t    activation_i enters the array
///   t+1  sum_o = sum_i + activation_i, both of cycle t, modulo 2^BITS
/// Example: sum_i = 300, activation_i = 7: sum_o = 307.
module tram_activation_sum #(
  /// Width of the activations.
  parameter int unsigned ACTIVATION_BITS   = 8,
  /// Width of the sum, at least ACTIVATION_BITS; R rows need ACTIVATION_BITS + ceil(log2 R).
  parameter int unsigned BITS              = 14,
  /// 1: activations are two's complement; 0: unsigned.
  parameter bit          ACTIVATION_SIGNED = 0
) (
  /// Rises in the clocks in which the array's part works.
  input  logic                       clk_i,
  input  logic [BITS-1:0]            sum_i,
  input  logic [ACTIVATION_BITS-1:0] activation_i,
  output logic [BITS-1:0]            sum_o
);
  logic [BITS-1:0] sum_d, sum_q;

  tram_adder #(.BITS(BITS), .B_BITS(ACTIVATION_BITS), .B_SIGNED(ACTIVATION_SIGNED), .LANES(1)) adder (
    .a_i   (sum_i),
    .b_i   (activation_i),
    .sum_o (sum_d)
  );

  always_ff @(posedge clk_i) sum_q <= sum_d;
  assign sum_o = sum_q;
endmodule
