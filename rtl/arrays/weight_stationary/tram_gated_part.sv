/// Part of a column whose PEs share two clock gates: ROWS gated PEs (tram_gated_pe or, with HIDDEN, tram_hidden_pe),
/// each with the gates of its own that its ports ask for. The enables of both gates come from the part to the west, a
/// clock after that had them.
module tram_gated_part #(
  /// Parameters of the PEs.
  parameter int unsigned WEIGHT_BITS     = 8,
  parameter int unsigned ACTIVATION_BITS = 8,
  parameter int unsigned PRODUCT_BITS    = WEIGHT_BITS + ACTIVATION_BITS,
  parameter int unsigned PRODUCT_LSB     = 0,
  parameter int unsigned PSUM_BITS       = 22,
  parameter bit          PRODUCT_SIGNED  = 0,
  parameter bit          PRODUCT_SIGN_MAGNITUDE = 0,
  /// 1: PEs with a second weight register.
  parameter bit          HIDDEN          = 0,
  /// Rows.
  parameter int unsigned ROWS            = 8
) (
  input  logic                                clk_i,
  /// 1: a fold in the array uses this column; else its clocks stand still.
  input  logic                                used_i,
  /// The PEs' clock and that of loading tick at the next edge.
  input  logic                                enable_i,
  input  logic                                load_i,
  output logic                                enable_o,
  output logic                                load_o,
  input  logic [WEIGHT_BITS-1:0]              weight_i,
  input  logic [PSUM_BITS-1:0]                psum_i,
  input  logic [ACTIVATION_BITS*ROWS-1:0]     activation_i,
  input  logic [ROWS-1:0]                     flag_i,
  input  logic [ROWS-1:0]                     swap_i,
  output logic [WEIGHT_BITS-1:0]              weight_o,
  output logic [PSUM_BITS-1:0]                psum_o,
  output logic [ACTIVATION_BITS*ROWS-1:0]     activation_o,
  output logic [ROWS-1:0]                     flag_o,
  output logic [ROWS-1:0]                     swap_o
);
  localparam int unsigned X = ACTIVATION_BITS;

  logic part_clk, load_clk, enable_q, load_q;
  tram_clock_gate part_gate (.clk_i, .enable_i(enable_i & used_i), .clk_o(part_clk));
  tram_clock_gate load_gate (.clk_i, .enable_i(load_i & used_i), .clk_o(load_clk));
  always_ff @(posedge clk_i) begin
    enable_q <= enable_i;
    load_q   <= load_i;
  end
  assign enable_o = enable_q;
  assign load_o   = load_q;

  logic [WEIGHT_BITS-1:0]           weight [ROWS+1];
  logic [PSUM_BITS-1:0] psum [ROWS+1];
  assign weight[0] = weight_i;
  assign psum[0]   = psum_i;
  assign weight_o  = weight[ROWS];
  assign psum_o    = psum[ROWS];

  for (genvar r = 0; r < ROWS; r++) begin : gen_row
    logic activation_clk, product_clk;
    tram_clock_gate activation_gate (.clk_i(part_clk), .enable_i(flag_i[r]), .clk_o(activation_clk));
    tram_clock_gate product_gate (.clk_i(part_clk), .enable_i(flag_o[r]), .clk_o(product_clk));
    if (HIDDEN) begin : gen_hidden
      logic weight_clk;
      /* verilator lint_off UNUSEDSIGNAL */  // the weight at work goes nowhere else
      logic [WEIGHT_BITS-1:0] factor;
      /* verilator lint_on UNUSEDSIGNAL */
      tram_clock_gate weight_gate (.clk_i(part_clk), .enable_i(swap_i[r]), .clk_o(weight_clk));
      tram_hidden_pe #(
        .WEIGHT_BITS(WEIGHT_BITS), .ACTIVATION_BITS(ACTIVATION_BITS), .PRODUCT_BITS(PRODUCT_BITS),
        .PRODUCT_LSB(PRODUCT_LSB), .PSUM_BITS(PSUM_BITS), .PRODUCT_SIGNED(PRODUCT_SIGNED),
        .PRODUCT_SIGN_MAGNITUDE(PRODUCT_SIGN_MAGNITUDE)
      ) pe (
        .clk_i(part_clk), .load_clk_i(load_clk), .weight_clk_i(weight_clk), .activation_clk_i(activation_clk),
        .product_clk_i(product_clk), .weight_i(weight[r]), .activation_i(activation_i[X*r +: X]), .flag_i(flag_i[r]),
        .swap_i(swap_i[r]), .psum_i(psum[r]), .weight_o(weight[r+1]), .activation_o(activation_o[X*r +: X]),
        .flag_o(flag_o[r]), .swap_o(swap_o[r]), .factor_o(factor), .psum_o(psum[r+1])
      );
    end else begin : gen_exposed
      tram_gated_pe #(
        .WEIGHT_BITS(WEIGHT_BITS), .ACTIVATION_BITS(ACTIVATION_BITS), .PRODUCT_BITS(PRODUCT_BITS),
        .PRODUCT_LSB(PRODUCT_LSB), .PSUM_BITS(PSUM_BITS), .PRODUCT_SIGNED(PRODUCT_SIGNED),
        .PRODUCT_SIGN_MAGNITUDE(PRODUCT_SIGN_MAGNITUDE)
      ) pe (
        .clk_i(part_clk), .load_clk_i(load_clk), .activation_clk_i(activation_clk), .product_clk_i(product_clk),
        .weight_i(weight[r]), .activation_i(activation_i[X*r +: X]), .flag_i(flag_i[r]), .psum_i(psum[r]),
        .weight_o(weight[r+1]), .activation_o(activation_o[X*r +: X]), .flag_o(flag_o[r]), .psum_o(psum[r+1])
      );
      assign swap_o[r] = swap_i[r];
    end
  end
endmodule
