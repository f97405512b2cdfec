/// Processing element with gated clocks (tram_gated_pe.sv, which has its timing) and a second weight register, which
/// takes the weight of the row above at a rising load_clk_i while the first one works. swap_i, which travels with the
/// activations, copies it into the first one: the products of activations behind the swap have the new weight.
module tram_hidden_pe #(
  /// As in tram_gated_pe.
  parameter int unsigned WEIGHT_BITS     = 8,
  parameter int unsigned ACTIVATION_BITS = 8,
  parameter int unsigned PRODUCT_BITS    = WEIGHT_BITS + ACTIVATION_BITS,
  parameter int unsigned PRODUCT_LSB     = 0,
  parameter int unsigned PSUM_BITS       = 22,
  parameter bit          PRODUCT_SIGNED  = 0,
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
  logic [WEIGHT_BITS-1:0] shadow_q;
  logic                   swap_q;

  tram_gated_pe #(
    .WEIGHT_BITS(WEIGHT_BITS), .ACTIVATION_BITS(ACTIVATION_BITS), .PRODUCT_BITS(PRODUCT_BITS),
    .PRODUCT_LSB(PRODUCT_LSB), .PSUM_BITS(PSUM_BITS), .PRODUCT_SIGNED(PRODUCT_SIGNED),
    .PRODUCT_SIGN_MAGNITUDE(PRODUCT_SIGN_MAGNITUDE)
  ) pe (
    .clk_i, .load_clk_i(weight_clk_i), .activation_clk_i, .product_clk_i, .weight_i(shadow_q), .activation_i,
    .flag_i, .psum_i, .weight_o(factor_o), .activation_o, .flag_o, .psum_o
  );

  always_ff @(posedge clk_i) swap_q <= swap_i;
  always_ff @(posedge load_clk_i) shadow_q <= weight_i;
  assign weight_o = shadow_q;
  assign swap_o   = swap_q;
endmodule
