/// Processing element of the weight-stationary array, LANES of them side by side: bit k of the plane
/// port[i*LANES +: LANES] is bit i of PE k.
///
/// Registers stand at the inputs (operand and partial sum); the product is registered too, so that the
/// multiplier's glitches end there. What a port does in the array stands in its attribute `tram` (rtl/pe_contract.hpp). Clock by clock, for an activation x on activation_i in cycle t:
///   t+1  activation_o = x, the multiplier settles on weight * x
///   t+2  psum_o = (psum_i of cycle t+1) + (weight * x >> PRODUCT_LSB), modulo 2^PSUM_BITS
/// Example: weight 3, x = 5 in cycle 0, psum_i = 100 in cycle 1: psum_o = 115 in cycle 2. With PRODUCT_SIGNED, weight
/// 'hFD (-3) and the same x and psum_i: psum_o = 85.
module tram_pe #(
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
  parameter bit          PRODUCT_SIGN_MAGNITUDE = 0,
  /// Processing elements side by side; 1 is the synthesizable PE.
  parameter int unsigned LANES           = 1
) (
  (* tram = "clock" *)
  input  logic                             clk_i,
  /// Load: shifts weights down one row at the next edge.
  (* tram = "load" *)
  input  logic                             load_i,
  /// Weight of the row above.
  (* tram = "weight held south" *)
  input  logic [WEIGHT_BITS*LANES-1:0]     weight_i,
  /// Activation of the column to the left.
  (* tram = "activation streams east" *)
  input  logic [ACTIVATION_BITS*LANES-1:0] activation_i,
  /// Partial sum of the row above.
  (* tram = "sum streams south" *)
  input  logic [PSUM_BITS*LANES-1:0]       psum_i,
  (* tram = "weight" *)
  output logic [WEIGHT_BITS*LANES-1:0]     weight_o,
  (* tram = "activation" *)
  output logic [ACTIVATION_BITS*LANES-1:0] activation_o,
  (* tram = "sum" *)
  output logic [PSUM_BITS*LANES-1:0]       psum_o
);
  localparam int unsigned AddendBits = PRODUCT_BITS - PRODUCT_LSB;

  logic [WEIGHT_BITS*LANES-1:0]     weight_q;
  logic [ACTIVATION_BITS*LANES-1:0] activation_q;
  /* verilator lint_off UNUSEDSIGNAL */  // bits below PRODUCT_LSB are constant 0 and not connected
  logic [PRODUCT_BITS*LANES-1:0]    product_d;
  /* verilator lint_on UNUSEDSIGNAL */
  logic [AddendBits*LANES-1:0]      product_q;
  logic [PSUM_BITS*LANES-1:0]       psum_q;

  tram_multiplier #(.LANES(LANES)) multiplier (
    .a_i       (weight_q),
    .b_i       (activation_q),
    .product_o (product_d)
  );

  tram_adder #(
    .BITS(PSUM_BITS), .B_BITS(AddendBits), .B_SIGNED(PRODUCT_SIGNED),
    .B_SIGN_MAGNITUDE(PRODUCT_SIGN_MAGNITUDE), .LANES(LANES)
  ) adder (
    .a_i   (psum_q),
    .b_i   (product_q),
    .sum_o (psum_o)
  );

  always_ff @(posedge clk_i) begin
    weight_q     <= load_i ? weight_i : weight_q;
    activation_q <= activation_i;
    product_q    <= product_d[PRODUCT_BITS*LANES-1:PRODUCT_LSB*LANES];
    psum_q       <= psum_i;
  end
  assign weight_o     = weight_q;
  assign activation_o = activation_q;

  if (PRODUCT_LSB >= PRODUCT_BITS || PSUM_BITS <= AddendBits || LANES == 0) begin : gen_check
    $error("tram_pe: PRODUCT_LSB < PRODUCT_BITS, PSUM_BITS > PRODUCT_BITS - PRODUCT_LSB and LANES > 0 are expected");
  end
endmodule
