/// Processing element with gated clocks (tram_gated_pe.sv) and a second weight register: every register is clocked
/// where it works and nowhere else. The gates stand outside of it (tram_gated_part.sv), so that it is flip-flops and
/// gates like any other; what a port does, and which enable gates which clock, stands in its attribute `tram`
/// (rtl/pe_contract.hpp).
///
/// A flag travels with each activation: 1 if the product counts. Where it is 0 activation and product are not clocked,
/// and the adder adds 0. Clock by clock, for an activation x with its flag on activation_i, flag_i in cycle t:
///   t+1  flag_o = flag; activation_o = x if the flag is 1, else what it was
///   t+2  psum_o = (psum_i of cycle t+1) + (flag ? weight * x >> PRODUCT_LSB : 0), modulo 2^PSUM_BITS
/// A second register takes the weight of the row above at a rising load_clk_i, while the first one works; swap_i, which
/// travels with the activations too, copies it into the first one: the products of activations behind the swap have the
/// new weight.
/// Example: weight 3, x = 5, flag 1 in cycle 0, psum_i = 100 in cycle 1: psum_o = 115 in cycle 2; flag 0: 100.
module tram_hidden_pe #(
  /// Widths of the operands.
  parameter int unsigned WEIGHT_BITS     = 8,
  parameter int unsigned ACTIVATION_BITS = 8,
  /// Width of the product.
  parameter int unsigned PRODUCT_BITS    = WEIGHT_BITS + ACTIVATION_BITS,
  /// Low bits of the product that are constant 0 (truncated multipliers): neither stored nor added.
  parameter int unsigned PRODUCT_LSB     = 0,
  /// Width of the partial sum without those bits, more than PRODUCT_BITS - PRODUCT_LSB; a whole column of R rows
  /// needs PRODUCT_BITS - PRODUCT_LSB + ceil(log2 R).
  parameter int unsigned PSUM_BITS       = 22,
  /// 1: products and partial sums are two's complement, products are sign-extended to PSUM_BITS; 0: unsigned.
  parameter bit          PRODUCT_SIGNED  = 0,
  /// 1: the product's highest bit is the sign of the rest; partial sums are two's complement. Not with PRODUCT_SIGNED.
  parameter bit          PRODUCT_SIGN_MAGNITUDE = 0
) (
  /// Flags and partial sum: rises in the clocks in which the PE's part of the array works.
  (* tram = "clock" *)
  input  logic                       clk_i,
  /// Rises while weights move down one row.
  (* tram = "clock load" *)
  input  logic                       load_clk_i,
  (* tram = "clock swap enters" *)
  input  logic                       weight_clk_i,
  (* tram = "clock flag enters" *)
  input  logic                       activation_clk_i,
  (* tram = "clock flag leaves" *)
  input  logic                       product_clk_i,
  /// Weight of the row above.
  (* tram = "weight held south" *)
  input  logic [WEIGHT_BITS-1:0]     weight_i,
  /// Activation of the column to the left, and whether it counts.
  (* tram = "activation streams east" *)
  input  logic [ACTIVATION_BITS-1:0] activation_i,
  (* tram = "flag streams east" *)
  input  logic                       flag_i,
  (* tram = "swap streams east" *)
  input  logic                       swap_i,
  /// Partial sum of the row above.
  (* tram = "sum streams south" *)
  input  logic [PSUM_BITS-1:0]       psum_i,
  (* tram = "weight" *)
  output logic [WEIGHT_BITS-1:0]     weight_o,
  (* tram = "activation" *)
  output logic [ACTIVATION_BITS-1:0] activation_o,
  (* tram = "flag" *)
  output logic                       flag_o,
  /// Register of swap_i, and the weight that the multiplier has.
  (* tram = "swap" *)
  output logic                       swap_o,
  (* tram = "factor" *)
  output logic [WEIGHT_BITS-1:0]     factor_o,
  (* tram = "sum" *)
  output logic [PSUM_BITS-1:0]       psum_o
);
  localparam int unsigned AddendBits = PRODUCT_BITS - PRODUCT_LSB;

  logic [WEIGHT_BITS-1:0]     shadow_q, weight_q;
  logic [ACTIVATION_BITS-1:0] activation_q;
  /* verilator lint_off UNUSEDSIGNAL */  // bits below PRODUCT_LSB are constant 0 and not connected
  logic [PRODUCT_BITS-1:0]    product_d;
  /* verilator lint_on UNUSEDSIGNAL */
  logic [AddendBits-1:0]      product_q;
  logic [PSUM_BITS-1:0]       psum_q;
  logic                       flag_q, counts_q, swap_q;

  tram_multiplier #(.LANES(1)) multiplier (
    .a_i       (weight_q),
    .b_i       (activation_q),
    .product_o (product_d)
  );

  tram_adder #(
    .BITS(PSUM_BITS), .B_BITS(AddendBits), .B_SIGNED(PRODUCT_SIGNED),
    .B_SIGN_MAGNITUDE(PRODUCT_SIGN_MAGNITUDE), .LANES(1)
  ) adder (
    .a_i   (psum_q),
    .b_i   (product_q & {AddendBits{counts_q}}),
    .sum_o (psum_o)
  );

  always_ff @(posedge clk_i) begin
    flag_q   <= flag_i;
    counts_q <= flag_q;
    psum_q   <= psum_i;
  end
  always_ff @(posedge clk_i) swap_q <= swap_i;
  always_ff @(posedge load_clk_i) shadow_q <= weight_i;
  always_ff @(posedge weight_clk_i) weight_q <= shadow_q;
  always_ff @(posedge activation_clk_i) activation_q <= activation_i;
  always_ff @(posedge product_clk_i) product_q <= product_d[PRODUCT_BITS-1:PRODUCT_LSB];
  assign weight_o     = shadow_q;
  assign factor_o     = weight_q;
  assign swap_o       = swap_q;
  assign activation_o = activation_q;
  assign flag_o       = flag_q;

  if (PRODUCT_LSB >= PRODUCT_BITS || PSUM_BITS <= AddendBits) begin : gen_check
    $error("tram_hidden_pe: PRODUCT_LSB < PRODUCT_BITS and PSUM_BITS > PRODUCT_BITS - PRODUCT_LSB are expected");
  end
endmodule
