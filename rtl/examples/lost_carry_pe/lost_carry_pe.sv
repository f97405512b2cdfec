/// my_pe with a fault put in: the adder is two adders, and the carry from bit 17 to bit 18 is lost. A run stops at the
/// first sum that needs it and names the PE:
///   tram_sim --scenario resnet20_cifar10 --pe rtl/examples/lost_carry_pe --set array.gating=none
///     --set array.weight_load=exposed
module lost_carry_pe (
  (* tram = "clock" *)
  input  logic        clk,
  (* tram = "load" *)
  input  logic        load,
  (* tram = "weight held south" *)
  input  logic [7:0]  w_in,
  (* tram = "activation streams east" *)
  input  logic [7:0]  x_in,
  (* tram = "sum streams south" *)
  input  logic [21:0] sum_in,
  (* tram = "weight" *)
  output logic [7:0]  w_out,
  (* tram = "activation" *)
  output logic [7:0]  x_out,
  (* tram = "sum" *)
  output logic [21:0] sum_out
);
  logic [15:0] product;
  tram_multiplier multiplier (.a_i(w_out), .b_i(x_out), .product_o(product));

  logic [15:0] product_q;
  logic [21:0] sum_q;
  assign sum_out = {sum_q[21:18], sum_q[17:0] + 18'(product_q)};

  always_ff @(posedge clk) begin
    if (load) w_out <= w_in;
    x_out     <= x_in;
    product_q <= product;
    sum_q     <= sum_in;
  end
endmodule
