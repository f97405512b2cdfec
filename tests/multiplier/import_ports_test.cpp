// Which bit of a file's ports is which bit of an operand, and what is refused about ports.
#include <gtest/gtest.h>
#include <unistd.h>

#include "models/multiplier/array_multiplier.hpp"
#include "models/multiplier/export_netlist.hpp"
#include "models/multiplier/import_multiplier.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/process.hpp"

namespace tram {
namespace {

template <class Action>
std::string error_of(Action action) {
  try {
    action();
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

std::string blif_error(const std::string& text) {
  return error_of([&] { parse_blif(text, "m.blif"); });
}

std::string bus(const std::string& name, int bits) {
  std::string text;
  for (int i = 0; i < bits; ++i) text += fmt::format(" {}[{}]", name, i);
  return text;
}

TEST(BlifPorts, IndicesCountWhateverTheOrderOfTheList) {
  const std::string text =
      ".model m\n.inputs A[1] B[0] A[0] B[1]\n.outputs Z[1] Z[0]\n"
      ".names A[1] B[1] Z[1]\n11 1\n.names A[0] B[0] Z[0]\n11 1\n.end\n";
  const TruthTable table = truth_table(parse_blif(text, "x"));
  for (int a = 0; a < 4; ++a)
    for (int b = 0; b < 4; ++b) ASSERT_EQ(table.at(a, b), a & b);
}

TEST(BlifPorts, DrivenInputsRepeatedBitsAndWidthsAreRefused) {
  const std::string end = ".names A[0] Z[0]\n1 1\n.end\n";
  EXPECT_EQ(blif_error(".model m\n.inputs A[0] B[0]\n.outputs Z[0]\n.names B[0] A[0]\n1 1\n" + end),
            "m.blif:4: input 'A[0]' is driven; a net or an output is expected");
  EXPECT_EQ(blif_error(".model m\n.inputs A[0] A[0] B[0]\n.outputs Z[0]\n" + end),
            "m.blif:2: port 'A[0]' stands there twice; once is expected");
  EXPECT_EQ(
      blif_error(".model m\n.inputs" + bus("A", 17) + bus("B", 8) + "\n.outputs Z[0]\n" + end),
      "m.blif:2: operands of 17 and 8 bits, product of 1; operands of up to 16 bits and a product of up to 31 are "
      "expected");
  std::string wide = ".model m\n.inputs A[0] B[0]\n.outputs" + bus("Z", 32) + "\n";  // would be negative as an int32_t
  for (int i = 0; i < 32; ++i) wide += fmt::format(".names A[0] Z[{}]\n1 1\n", i);
  EXPECT_EQ(
      blif_error(wide + ".end\n"),
      "m.blif:2: operands of 1 and 1 bits, product of 32; operands of up to 16 bits and a product of up to 31 are "
      "expected");
}

/// A sum and a carry of three inputs are an adder where they stand next to each other; apart they are 2 gates and 4.
TEST(BlifCovers, ASumAndACarryAreAnAdderOrFewGates) {
  const std::string head = ".model m\n.inputs A[0] A[1] B[0] B[1]\n.outputs Z[0] Z[1] Z[2]\n",
                    sum = ".names A[0] A[1] B[0] Z[0]\n100 1\n010 1\n001 1\n111 1\n",
                    carry = ".names A[0] A[1] B[0] Z[1]\n11- 1\n1-1 1\n-11 1\n",
                    other = ".names A[0] B[1] Z[2]\n11 1\n";
  const Netlist adder = parse_blif(head + sum + carry + other + ".end\n", "x");
  const Netlist apart = parse_blif(head + sum + other + carry + ".end\n", "x");
  EXPECT_EQ(count_gates(adder, GateKind::full_adder), 1);
  EXPECT_EQ(adder.gates.size(), 2U);
  EXPECT_EQ(count_gates(apart, GateKind::xor2), 2);
  EXPECT_EQ(apart.gates.size(), 2U + 4 + 1);
  EXPECT_EQ(truth_table(adder).values, truth_table(apart).values);
}

class VerilogPorts : public testing::Test {
 protected:
  void SetUp() override {
    if (find_program("yosys").empty()) GTEST_SKIP() << "yosys is not installed";
  }
  void TearDown() override {
    std::error_code ignored;
    std::filesystem::remove(file_, ignored);
  }
  std::filesystem::path write(const std::string& text) {
    write_file(file_, text);
    return file_;
  }
  Netlist read(const std::string& text, const MultiplierFileOptions& options = {}) {
    return read_multiplier(write(text), options);
  }

  std::filesystem::path file_ = std::filesystem::temp_directory_path() / fmt::format("tram_ports_test_{}.v", getpid());
};

TEST_F(VerilogPorts, RangesOfEitherDirectionAndAnyStart) {
  const std::vector<int32_t> exact = exact_table().values;
  for (const auto& [operand, product] : {std::pair("[0:7]", "[0:15]"), {"[8:1]", "[16:1]"}, {"[3:10]", "[40:25]"}}) {
    const Netlist netlist =
        read(fmt::format("module m(input {0} a, b, output {1} o); assign o = a * b; endmodule\n", operand, product));
    EXPECT_EQ(truth_table(netlist).values, exact) << operand;
  }
}

TEST_F(VerilogPorts, OperandsFollowTheirDeclarationNotTheirNames) {
  MultiplierFileOptions options;
  options.is_signed = false;
  const TruthTable table =
      truth_table(read("module m(output [15:0] p, input [7:0] x, a); assign p = x - a; endmodule\n", options));
  EXPECT_EQ(table.at(200, 77), 123);
  EXPECT_EQ(table.at(77, 200), 65536 - 123);
}

TEST_F(VerilogPorts, HierarchyIsFlattened) {
  const TruthTable table = truth_table(
      read("module low(input [7:0] a, b, output [7:0] o); assign o = a & b; endmodule\n"
           "module m(input [7:0] a, b, output [15:0] o);\nassign o[15:8] = 0;\nlow l(a, b, o[7:0]);\nendmodule\n"));
  EXPECT_EQ(table.at(0xf1, 0x3f), 0x31);
}

TEST_F(VerilogPorts, ErrorsNameTheSourceLine) {
  const std::string bad = "module m(input [7:0] a, b, output [15:0] o);\nassign o = a *\nendmodule\n";
  EXPECT_EQ(error_of([&] { read(bad); }),
            file_.string() + ":3: syntax error, unexpected TOK_ENDMODULE; Verilog that Yosys can read is expected");
}

/// Yosys itself reads an undriven bit as 0, and of several drivers one.
TEST_F(VerilogPorts, EveryNetHasOneDriver) {
  const std::string head = "module m(input [7:0] a, b, output [15:0] o);\n";
  EXPECT_EQ(error_of([&] { read(head + "assign o[14:0] = a & b;\nendmodule\n"); }),
            file_.string() + ": Wire m.\\o [15] is used but has no driver; one driver of every net is expected");
  const std::string twice = head + "assign o = a & b;\nassign o = a | b;\nendmodule\n";
  EXPECT_NE(error_of([&] { read(twice); }).find("multiple conflicting drivers"), std::string::npos);
}

TEST_F(VerilogPorts, BitwiseChainsThroughOneBusAreNoLoop) {
  const TruthTable table =
      truth_table(read("module m(input [7:0] a, b, output [7:0] o);\n"
                       "assign o = a ^ {o[6:0] & b[7:1], b[0]};\nendmodule\n"));
  for (unsigned a = 0; a < 256; ++a)
    for (unsigned b = 0; b < 256; ++b) {
      unsigned o = (a ^ b) & 1;
      for (int i = 1; i < 8; ++i) o |= ((a >> i & 1) ^ (o >> (i - 1) & b >> i & 1)) << i;
      ASSERT_EQ(table.at(a, b), static_cast<int32_t>(o));
    }
}

TEST_F(VerilogPorts, AMessageOfAnyLengthIsCut) {
  const std::string name(60000, 'x');
  const std::string message =
      error_of([&] { read("module m(input [7:0] a, b, output [15:0] o);\n" + name + " u(a, b, o);\nendmodule\n"); });
  EXPECT_NE(message.find("Module `\\xxx"), std::string::npos) << message;
  EXPECT_LT(message.size(), 500u);
}

TEST_F(VerilogPorts, StateAndMissingModulesAreRefusedByNameAndLine) {
  const std::string head = "module m(input c, input [7:0] a, b, output reg [15:0] o);\n";
  EXPECT_EQ(error_of([&] { read(head + "always @(posedge c) o <= a * b;\nendmodule\n"); }),
            file_.string() + ":2: 'o' is a register; a combinational multiplier is expected");
  EXPECT_EQ(error_of([&] { read(head + "always @* if (c) o = a * b;\nendmodule\n"); }),
            file_.string() +
                ":2: 'o' is a latch (it keeps its value in some branch); a combinational multiplier is expected");
  const std::string missing = "module m(input [7:0] a, b, output [15:0] o);\nfoo u(a, b, o);\nendmodule\n";
  const std::string message = error_of([&] { read(missing); });
  EXPECT_NE(message.find("foo"), std::string::npos) << message;
  EXPECT_EQ(message.find('\n'), std::string::npos);
  EXPECT_EQ(
      error_of([&] { read("(* blackbox *) module foo(input [7:0] a, b, output [15:0] o); endmodule\n" + missing); }),
      file_.string() +
          ":3: 'u' is an instance of 'foo', a module without contents; a circuit that is whole is expected");
}

TEST_F(VerilogPorts, SeveralTopModulesAreRefusedByName) {
  const std::string one = "module one(input [3:0] a, b, output [7:0] o); assign o = a * b; endmodule\n";
  EXPECT_EQ(
      error_of([&] { read(one + "module two(input [3:0] a, b, output [7:0] o); assign o = a + b; endmodule\n"); }),
      file_.string() + ": modules one, two, none in another; one top module is expected");
  const std::string part =
      "module part #(parameter W = 1) (input [W-1:0] a, b, output [7:0] o); assign o = a * b; endmodule\n";
  EXPECT_EQ(
      truth_table(read(part + "module two(input [3:0] a, b, output [7:0] o); part #(.W(4)) u(a, b, o); endmodule\n"))
          .values,
      exact_table(4, 4).values);
}

TEST_F(VerilogPorts, UnknownAndHighImpedanceBitsAreRefused) {
  const std::string head = "module m(input [3:0] a, b, output reg [7:0] o);\n";
  const std::string unknown = ": the product is x (unknown) in some bit for the operands 0 and 0; 0 or 1 is expected";
  EXPECT_EQ(error_of([&] { read(head + "always @* o = 8'bx;\nendmodule\n"); }), file_.string() + unknown);
  EXPECT_EQ(error_of([&] { read(head + "always @* o = {7'b0, 1'bx ^ a[0]};\nendmodule\n"); }),
            file_.string() + unknown);
  EXPECT_EQ(error_of([&] { read(head + "always @* o = a[0] ? 8'bz :\n a * b;\nendmodule\n"); }),
            file_.string() + ":2: 'o' is z (high impedance); 0 or 1 is expected");
  EXPECT_EQ(error_of([&] { read("module m(input [3:0] a, b, inout [7:0] o);\nassign o = a * b;\nendmodule\n"); }),
            file_.string() + ": port 'o' is inout; input or output is expected");
}

/// An x that no pair of operands reaches, as in the default of a full case, is a don't-care.
TEST_F(VerilogPorts, UnknownBitsThatNoOperandsReachAreDontCares) {
  const Netlist netlist = read(
      "module m(input [3:0] a, input [1:0] b, output reg [5:0] o);\nalways @*\n case (b)\n"
      "  0: o = 0;\n  1: o = a;\n  2: o = {a, 1'b0};\n  3: o = a + {a, 1'b0};\n"
      "  default: o = 6'bx;\n endcase\nendmodule\n");
  EXPECT_EQ(truth_table(netlist).values, exact_table(4, 2).values);
}

TEST_F(VerilogPorts, ATableInAMemoryIsLogic) {
  const Netlist netlist = read(
      "module m(input [1:0] a, b, output [3:0] p);\nreg [3:0] t [0:15];\ninteger i;\n"
      "initial for (i = 0; i < 16; i = i + 1) t[i] = (i >> 2) * (i & 3);\n"
      "assign p = t[{a, b}];\nendmodule\n");
  EXPECT_EQ(truth_table(netlist).values, exact_table(2, 2).values);
}

TEST_F(VerilogPorts, ScalarPortsGoTogetherByNameAndIndex) {
  const Netlist netlist = read(
      "module m(input a1, a0, b0, b1, output p0, p1, p3, p2);\n"
      "assign {p3, p2, p1, p0} = {a1, a0} * {b1, b0};\nendmodule\n");
  EXPECT_EQ(truth_table(netlist).values, exact_table(2, 2).values);
  const Netlist escaped = read(
      "module m(input \\a[1] , \\a[0] , input [1:0] b, output [3:0] p);\n"
      "assign p = {\\a[1] , \\a[0] } * b;\nendmodule\n");
  EXPECT_EQ(truth_table(escaped).values, exact_table(2, 2).values);
}

TEST_F(VerilogPorts, LoopsAreRefusedAndArraysOfGatesNamed) {
  const std::string head = "module m(input [3:0] a, b, output [7:0] o);\n";
  EXPECT_NE(
      error_of([&] { read(head + "assign o = (a * b) ^ {o[0], o[7:1]};\nendmodule\n"); }).find("depends on itself"),
      std::string::npos);
  const std::string message = error_of([&] { read(head + "and g [7:0] (o, {a, a}, {b, b});\nendmodule\n"); });
  EXPECT_TRUE(message == "none" || message.find("an array of gate primitives") != std::string::npos) << message;
}

TEST_F(VerilogPorts, OperandsOfTwoKindsNeedAWord) {
  MultiplierFileOptions unsigned_operands;
  unsigned_operands.is_signed = false;
  const auto file =
      write("module m(input signed [3:0] x, input [3:0] y, output [7:0] p); assign p = x * y; endmodule\n");
  EXPECT_EQ(error_of([&] { read_multiplier(file); }),
            file_.string() + ": input 'x' is declared signed, 'y' is not; operands of one kind are expected");
  EXPECT_FALSE(read_multiplier(file, unsigned_operands).is_signed);
}

TEST_F(VerilogPorts, ANarrowProductIsRefused) {
  EXPECT_NE(error_of([&] {
              read("module m(input [3:0] a, b, output [2:0] o); assign o = a * b; endmodule\n");
            }).find("product 'o' of 3 bits, narrower than its operands of 4 and 4; 8 bits are expected"),
            std::string::npos);
}

}  // namespace
}  // namespace tram
