/// Ripple-carry accumulator adder on lanes: sum_o = a_i + b_i, b_i zero-extended or, with B_SIGNED, sign-extended.
/// Bit plane i of a port (bit i of the operand of every lane) is port[i*LANES +: LANES]. The carry out of the highest
/// bit is dropped: BITS = 4, B_BITS = 3, a = 12, b = 7 gives 3; with B_SIGNED, where b is -1, it gives 11;
/// with B_SIGN_MAGNITUDE, where b is -3, 9.
module tram_adder #(
  /// Width of a and of the sum.
  parameter int unsigned BITS     = 22,
  /// Width of b, 1 to BITS.
  parameter int unsigned B_BITS   = 16,
  /// 1: b is two's complement; 0: unsigned.
  parameter bit          B_SIGNED = 0,
  /// 1: the highest bit of b is the sign of the rest, which is added or subtracted (inverted, and carry in).
  parameter bit          B_SIGN_MAGNITUDE = 0,
  /// Independent adders side by side; 1 is the synthesizable adder.
  parameter int unsigned LANES    = 1
) (
  input  logic [BITS*LANES-1:0]   a_i,
  input  logic [B_BITS*LANES-1:0] b_i,
  output logic [BITS*LANES-1:0]   sum_o
);
  for (genvar i = 0; i < BITS; i++) begin : gen_bit
    logic [LANES-1:0] a;
    /* verilator lint_off UNUSEDSIGNAL */  // the carry out of the highest bit is dropped: BITS holds the largest sum
    logic [LANES-1:0] carry;
    /* verilator lint_on UNUSEDSIGNAL */
    assign a = a_i[i*LANES +: LANES];
    if (B_SIGN_MAGNITUDE) begin : gen_add_subtract
      logic [LANES-1:0] sign, b, carry_in;
      assign sign = b_i[(B_BITS-1)*LANES +: LANES];
      if (i < B_BITS - 1) begin : gen_magnitude
        assign b = b_i[i*LANES +: LANES] ^ sign;
      end else begin : gen_above
        assign b = sign;
      end
      if (i == 0) begin : gen_first
        assign carry_in = sign;
      end else begin : gen_next
        assign carry_in = gen_bit[i-1].carry;
      end
      assign sum_o[i*LANES +: LANES] = a ^ b ^ carry_in;
      assign carry = (a & b) | (carry_in & (a | b));
    end else if (i == 0) begin : gen_half
      assign sum_o[0 +: LANES] = a ^ b_i[0 +: LANES];
      assign carry = a & b_i[0 +: LANES];
    end else if (i < B_BITS) begin : gen_full
      logic [LANES-1:0] b;
      assign b = b_i[i*LANES +: LANES];
      assign sum_o[i*LANES +: LANES] = a ^ b ^ gen_bit[i-1].carry;
      assign carry = (a & b) | (gen_bit[i-1].carry & (a | b));
    end else if (B_SIGNED) begin : gen_sign
      logic [LANES-1:0] sign;
      assign sign = b_i[(B_BITS-1)*LANES +: LANES];
      assign sum_o[i*LANES +: LANES] = a ^ sign ^ gen_bit[i-1].carry;
      assign carry = (a & sign) | (gen_bit[i-1].carry & (a | sign));
    end else begin : gen_increment
      assign sum_o[i*LANES +: LANES] = a ^ gen_bit[i-1].carry;
      assign carry = a & gen_bit[i-1].carry;
    end
  end

  if (B_BITS == 0 || B_BITS > BITS || LANES == 0) begin : gen_check
    $error("tram_adder: B_BITS from 1 to BITS and LANES of 1 or more are expected");
  end
endmodule
