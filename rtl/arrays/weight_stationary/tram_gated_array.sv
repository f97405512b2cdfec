/// Array of ROWS x COLUMNS gated PEs, cut into parts of BLOCK_ROWS rows of a column (tram_gated_part). Operands enter
/// at its edges in the order that sim/engines/gated_clocks.hpp says: row r of a vector r clocks after row 0. The
/// enable of loading moves from column to column with HIDDEN alone; else all columns load at once.
module tram_gated_array #(
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
  parameter int unsigned ROWS            = 8,
  parameter int unsigned COLUMNS         = 8,
  parameter int unsigned BLOCK_ROWS      = 8,
  localparam int unsigned Blocks         = (ROWS + BLOCK_ROWS - 1) / BLOCK_ROWS
) (
  input  logic                                clk_i,
  /// Columns that a fold in the array uses, and the enables of each block's part in column 0.
  input  logic [COLUMNS-1:0]                  used_i,
  input  logic [Blocks-1:0]                   enable_i,
  input  logic [Blocks-1:0]                   load_i,
  input  logic [WEIGHT_BITS*COLUMNS-1:0]      weight_i,
  input  logic [ACTIVATION_BITS*ROWS-1:0]     activation_i,
  input  logic [ROWS-1:0]                     flag_i,
  input  logic [ROWS-1:0]                     swap_i,
  /// Sums that leave the last row.
  output logic [PSUM_BITS*COLUMNS-1:0]        psum_o
);
  localparam int unsigned X = ACTIVATION_BITS;

  /* verilator lint_off UNUSEDSIGNAL */  // what leaves in the east and in the south goes nowhere
  logic [ACTIVATION_BITS*ROWS-1:0] activation [COLUMNS+1];
  logic [ROWS-1:0]      flag [COLUMNS+1], swap [COLUMNS+1];
  logic [Blocks-1:0]    enable [COLUMNS+1], load [COLUMNS+1];
  logic [WEIGHT_BITS-1:0]           weight [COLUMNS][Blocks+1];
  logic [PSUM_BITS-1:0] psum [COLUMNS][Blocks+1];
  /* verilator lint_on UNUSEDSIGNAL */
  assign activation[0] = activation_i;
  assign flag[0]       = flag_i;
  assign swap[0]       = swap_i;
  assign enable[0]     = enable_i;
  assign load[0]       = load_i;

  for (genvar c = 0; c < COLUMNS; c++) begin : gen_column
    assign weight[c][0] = weight_i[WEIGHT_BITS*c +: WEIGHT_BITS];
    assign psum[c][0]   = '0;
    assign psum_o[PSUM_BITS*c +: PSUM_BITS] = psum[c][Blocks];
    for (genvar b = 0; b < Blocks; b++) begin : gen_block
      localparam int unsigned First  = b * BLOCK_ROWS;
      localparam int unsigned Height = ROWS - First < BLOCK_ROWS ? ROWS - First : BLOCK_ROWS;
      tram_gated_part #(
        .WEIGHT_BITS(WEIGHT_BITS), .ACTIVATION_BITS(ACTIVATION_BITS), .PRODUCT_BITS(PRODUCT_BITS),
        .PRODUCT_LSB(PRODUCT_LSB), .PSUM_BITS(PSUM_BITS), .PRODUCT_SIGNED(PRODUCT_SIGNED),
        .PRODUCT_SIGN_MAGNITUDE(PRODUCT_SIGN_MAGNITUDE),
        .HIDDEN(HIDDEN), .ROWS(Height)
      ) part (
        .clk_i, .used_i(used_i[c]), .enable_i(enable[c][b]), .load_i(HIDDEN ? load[c][b] : load_i[b]),
        .enable_o(enable[c+1][b]), .load_o(load[c+1][b]), .weight_i(weight[c][b]), .psum_i(psum[c][b]),
        .activation_i(activation[c][X*First +: X*Height]), .flag_i(flag[c][First +: Height]),
        .swap_i(swap[c][First +: Height]), .weight_o(weight[c][b+1]), .psum_o(psum[c][b+1]),
        .activation_o(activation[c+1][X*First +: X*Height]), .flag_o(flag[c+1][First +: Height]),
        .swap_o(swap[c+1][First +: Height])
      );
    end
  end

  if (ROWS == 0 || COLUMNS == 0 || BLOCK_ROWS == 0) begin : gen_check
    $error("tram_gated_array: ROWS, COLUMNS and BLOCK_ROWS of 1 or more are expected");
  end
endmodule
