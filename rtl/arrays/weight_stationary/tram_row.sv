/// A row of LANES processing elements: the activation moves one PE to the right a cycle (a shift by one bit of each bit
/// plane), weights and partial sums pass downwards. Mapped rows (tram_mapped_row, generated of a mapped PE, which the rtl
/// engine runs) are checked against it.
module tram_row #(
  /// Parameters of tram_pe.
  parameter int unsigned WEIGHT_BITS     = 8,
  parameter int unsigned ACTIVATION_BITS = 8,
  parameter int unsigned PRODUCT_BITS    = WEIGHT_BITS + ACTIVATION_BITS,
  parameter int unsigned PRODUCT_LSB     = 0,
  parameter int unsigned PSUM_BITS       = 22,
  parameter bit          PRODUCT_SIGNED  = 0,
  parameter bit          PRODUCT_SIGN_MAGNITUDE = 0,
  /// Columns of this part of the row; up to 64 keep a plane in one machine word.
  parameter int unsigned LANES           = 64
) (
  input  logic                         clk_i,
  input  logic                         load_i,
  /// The activation that enters at column 0.
  input  logic [ACTIVATION_BITS-1:0]   activation_i,
  input  logic [WEIGHT_BITS*LANES-1:0] weight_i,
  input  logic [PSUM_BITS*LANES-1:0]   psum_i,
  output logic [WEIGHT_BITS*LANES-1:0] weight_o,
  /// The activation that leaves at the last column.
  output logic [ACTIVATION_BITS-1:0]   activation_o,
  output logic [PSUM_BITS*LANES-1:0]   psum_o
);
  logic [ACTIVATION_BITS*LANES-1:0] activation_in, activation_out;
  for (genvar i = 0; i < ACTIVATION_BITS; i++) begin : gen_plane
    if (LANES > 1) begin : gen_chain
      assign activation_in[i*LANES +: LANES] = {activation_out[i*LANES +: LANES-1], activation_i[i]};
    end else begin : gen_single
      assign activation_in[i] = activation_i[i];
    end
    assign activation_o[i] = activation_out[i*LANES + LANES-1];
  end

  tram_pe #(
    .WEIGHT_BITS(WEIGHT_BITS), .ACTIVATION_BITS(ACTIVATION_BITS),
    .PRODUCT_BITS(PRODUCT_BITS), .PRODUCT_LSB(PRODUCT_LSB), .PSUM_BITS(PSUM_BITS),
    .PRODUCT_SIGNED(PRODUCT_SIGNED), .PRODUCT_SIGN_MAGNITUDE(PRODUCT_SIGN_MAGNITUDE), .LANES(LANES)
  ) pe (
    .clk_i, .load_i, .weight_i, .psum_i, .weight_o, .psum_o,
    .activation_i (activation_in),
    .activation_o (activation_out)
  );
endmodule
