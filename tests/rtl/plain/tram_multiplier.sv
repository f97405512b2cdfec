/// The product as an expression: for benches of whole arrays, whose compilation time the gates of a multiplier would rule.
module tram_multiplier #(parameter int unsigned LANES = 1) (
  input  logic [8*LANES-1:0]  a_i,
  input  logic [8*LANES-1:0]  b_i,
  output logic [16*LANES-1:0] product_o
);
  assign product_o = {8'd0, a_i} * {8'd0, b_i};
endmodule
