/// A processing element as somebody may have it: 8 x 8 bits, an array of at most 64 rows, no parameters. It instantiates
/// tram_multiplier, which tram_sim gives it; what its ports do in the array stands in contract.yaml.
///   tram_sim --scenario resnet20_cifar10 --pe rtl/examples/my_pe --set array.gating=none --set array.weight_load=exposed
module my_pe (
  input  logic        clk,
  input  logic        load,
  input  logic [7:0]  w_in,
  input  logic [7:0]  x_in,
  input  logic [21:0] sum_in,
  output logic [7:0]  w_out,
  output logic [7:0]  x_out,
  output logic [21:0] sum_out
);
  logic [15:0] product;
  tram_multiplier multiplier (.a_i(w_out), .b_i(x_out), .product_o(product));

  logic [15:0] product_q;
  logic [21:0] sum_q;
  assign sum_out = sum_q + 22'(product_q);

  always_ff @(posedge clk) begin
    if (load) w_out <= w_in;
    x_out     <= x_in;
    product_q <= product;
    sum_q     <= sum_in;
  end
endmodule
