// Every export format, read back: the same table.
#include "models/multiplier/export_netlist.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "models/multiplier/array_multiplier.hpp"
#include "models/multiplier/export_table.hpp"
#include "models/multiplier/import_multiplier.hpp"
#include "models/multiplier/structure/structure.hpp"
#include "models/multiplier/table_file.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/process.hpp"
#include "models/support/temporary_folder.hpp"

namespace tram {
namespace {

/// Unsigned and signed ones, of like and unlike widths, with full adders and constant bits.
std::vector<Netlist> examples() {
  return {build_multiplier(exact_structure(8, 8, false)),
          build_multiplier(exact_structure(4, 7, false)),
          build_multiplier(exact_structure(8, 8, true)),
          build_multiplier(exact_structure(5, 4, true)),
          array_multiplier(8, 6),
          array_multiplier(2, 0)};
}

void expect_same(const TruthTable& read, const Netlist& netlist, const std::string& format) {
  const TruthTable table = truth_table(netlist);
  EXPECT_EQ(read.values, table.values) << format << " of " << netlist.name;
  EXPECT_EQ(read.a_bits, table.a_bits) << format;
  EXPECT_EQ(read.b_bits, table.b_bits) << format;
  EXPECT_EQ(read.is_signed, table.is_signed) << format;
}

TEST(Export, BlifReadsBackWithItsSign) {
  for (const Netlist& netlist : examples())
    expect_same(truth_table(parse_blif(to_blif(netlist), "x")), netlist, "BLIF");
}

/// An adder is a sum and a carry of the same inputs next to each other.
TEST(Export, BlifReadsBackWithItsAdders) {
  for (const Netlist& netlist : examples()) {
    const Netlist read = parse_blif(to_blif(netlist), "x");
    for (const GateKind kind : {GateKind::half_adder, GateKind::full_adder, GateKind::and2, GateKind::xor2})
      EXPECT_EQ(count_gates(read, kind), count_gates(netlist, kind)) << netlist.name << ' ' << gate_name(kind);
    EXPECT_EQ(read.gates.size(), netlist.gates.size());
  }
}

TEST(Export, VerilogReadsBackWithItsSign) {
  if (find_program("yosys").empty()) GTEST_SKIP() << "yosys is not installed";
  const TemporaryFolder folder;
  for (const Netlist& netlist : examples()) {
    write_file(folder.path() / "m.v", to_verilog(netlist, "multiplier"));
    expect_same(truth_table(read_multiplier(folder.path() / "m.v")), netlist, "Verilog");
    write_file(folder.path() / "m.sv", to_systemverilog(netlist, "multiplier"));
    expect_same(truth_table(read_multiplier(folder.path() / "m.sv")), netlist, "SystemVerilog");
  }
}

/// Plain Verilog is Verilog-2001: iverilog in that mode simulates it, signed arithmetic around it included.
TEST(Export, VerilogIsThatOf2001) {
  if (find_program("iverilog").empty()) GTEST_SKIP() << "iverilog is not installed";
  const TemporaryFolder folder;
  const std::string bench =
      "module bench; reg signed [7:0] a, b; wire signed [15:0] p; integer i, wrong; multiplier m(a, b, p);\n"
      "initial begin wrong = 0; for (i = 0; i < 65536; i = i + 1) begin {a, b} = i; #1;\n"
      "if (p !== a * b) wrong = wrong + 1; end $display(\"%0d wrong\", wrong); end endmodule\n";
  write_file(folder.path() / "m.v", to_verilog(build_multiplier(exact_structure(8, 8, true)), "multiplier") + bench);
  const ProcessResult built = run_process({"iverilog", "-g2001", "-Wall", "-o", "m", "m.v"}, folder.path());
  ASSERT_EQ(built.exit_code, 0) << built.output;
  EXPECT_EQ(run_process({"vvp", "m"}, folder.path()).output, "0 wrong\n");
}

TEST(Export, TablesReadBack) {
  for (const Netlist& netlist : examples()) {
    const TruthTable table = truth_table(netlist);
    MultiplierFileOptions options;
    options.is_signed = table.is_signed;
    expect_same(parse_table(to_npy(table), "x.npy", options), netlist, "npy");
    options.a_bits = table.a_bits;
    options.b_bits = table.b_bits;
    expect_same(parse_table(to_lut_i32(table), "x.lut.i32", options), netlist, "LUT");
    options.is_signed.reset();  // the header says so itself
    expect_same(parse_table(to_c_header(table, netlist.name), "x.h", options), netlist, "C header");
  }
}

/// A program that includes the header and sums its function over all pairs, with strict C99 warnings.
TEST(Export, CHeaderCompilesAndMultiplies) {
  if (find_program("cc").empty()) GTEST_SKIP() << "no C compiler is installed";
  const TemporaryFolder folder;
  for (const bool is_signed : {false, true}) {
    const TruthTable table = truth_table(build_multiplier(exact_structure(8, 8, is_signed)));
    const int low = is_signed ? -128 : 0;
    write_file(folder.path() / "m.h", to_c_header(table, "8bit-mul"));
    write_file(folder.path() / "m.c",
               fmt::format("#include \"m.h\"\n#include <stdio.h>\nint main(void) {{\n  int a, b, wrong = 0;\n"
                           "  for (a = {0}; a < {1}; ++a)\n"
                           "    for (b = {0}; b < {1}; ++b) wrong += m8bit_mul(a, b) != a * b;\n"
                           "  printf(\"%d wrong\\n\", wrong);\n  return 0;\n}}\n",
                           low, low + 256));
    const ProcessResult built =
        run_process({"cc", "-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-o", "m", "m.c"}, folder.path());
    ASSERT_EQ(built.exit_code, 0) << built.output;
    EXPECT_EQ(run_process({(folder.path() / "m").string()}).output, "0 wrong\n");
  }
}

/// The narrowest type that holds the products.
TEST(Export, CHeaderTypes) {
  EXPECT_NE(to_c_header(exact_table(), "m").find("static const uint16_t m_table[256][256]"), std::string::npos);
  EXPECT_NE(to_c_header(exact_table(8, 8, true), "m").find("static const int16_t m_table"), std::string::npos);
  EXPECT_NE(to_c_header({1, 1, false, {0, 0, 0, 70000}}, "m").find("static const int32_t m_table"), std::string::npos);
}

TEST(Export, NamesBecomeIdentifiers) {
  EXPECT_EQ(identifier("mul8u_1JFF"), "mul8u_1JFF");
  EXPECT_EQ(identifier("my mul-2.axm"), "my_mul_2_axm");
  EXPECT_EQ(identifier("17KS"), "m17KS");
  EXPECT_EQ(identifier(""), "m");
}

}  // namespace
}  // namespace tram
