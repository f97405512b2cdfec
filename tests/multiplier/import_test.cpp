#include "models/multiplier/import_multiplier.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <random>

#include "models/multiplier/array_multiplier.hpp"
#include "models/multiplier/catalogue.hpp"
#include "models/multiplier/export_netlist.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/process.hpp"

namespace tram {
namespace {

std::string error_of(const std::string& blif) {
  try {
    parse_blif(blif, "m.blif");
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

const std::string head = ".model m\n.inputs A[0] A[1] B[0] B[1]\n.outputs Z[0] Z[1]\n";
const std::string good = head + ".names A[0] B[0] Z[0]\n11 1\n.names A[1] B[1] Z[1]\n11 1\n.end\n";

TEST(Blif, ExportReadsBackAsTheSameTable) {
  for (const int columns : {0, 3, 6, 15}) {
    const Netlist netlist = array_multiplier(8, columns);
    EXPECT_EQ(truth_table(parse_blif(to_blif(netlist), "x")).values, truth_table(netlist).values) << columns;
  }
}

TEST(Blif, CoversDontCaresOffSetsConstantsContinuationAndComments) {
  const std::string text = head +
                           ".names A[0] A[1] B[0] w # three inputs\n1-1 1\n\\\n01- 1\n.names one\n1\n.names zero\n"
                           ".names w B[1] \\\n Z[0]\n00 0\n.names A[0] A[1] B[1] Z[1]\n111 0\n000 0\n.end\n";
  const TruthTable table = truth_table(parse_blif(text, "x"));
  for (int a = 0; a < 4; ++a)
    for (int b = 0; b < 4; ++b) {
      const bool a0 = a & 1, a1 = a >> 1, b0 = b & 1, b1 = b >> 1, w = (a0 && b0) || (!a0 && a1);
      const bool z1 = !((a0 && a1 && b1) || (!a0 && !a1 && !b1));
      ASSERT_EQ(table.at(a, b), int(w || b1) | int(z1) << 1);
    }
}

TEST(Blif, EveryTwoInputFunctionIsRead) {
  for (unsigned function = 0; function < 16; ++function) {
    std::string text = ".model m\n.inputs A[0] B[0]\n.outputs Z[0]\n.names A[0] B[0] Z[0]\n";
    for (int m = 0; m < 4; ++m)
      if (function >> m & 1) text += fmt::format("{}{} 1\n", m & 1, m >> 1);
    const TruthTable table = truth_table(parse_blif(text + ".end\n", "x"));
    for (unsigned m = 0; m < 4; ++m) ASSERT_EQ(unsigned(table.at(m & 1, m >> 1)), function >> m & 1) << function;
  }
}

TEST(Blif, ErrorsNameFileAndLine) {
  EXPECT_EQ(error_of(good), "none");
  EXPECT_EQ(error_of(""), "m.blif:1: no .model; a BLIF netlist is expected");
  EXPECT_EQ(error_of(head + ".latch a b re c 0\n.end\n"),
            "m.blif:4: a register (.latch a b re c 0); a combinational multiplier is expected");
  EXPECT_EQ(error_of(head + ".nmaes a\n.end\n"),
            "m.blif:4: '.nmaes'; .model, .inputs, .outputs, .names, .subckt or .end is expected");
  EXPECT_EQ(error_of(head + "11 1\n"), "m.blif:4: '11' outside a .names; a directive is expected");
  EXPECT_EQ(error_of(head + ".names A[0] Z[0]\n12 1\n.end\n"),
            "m.blif:5: bad cover row '12' for 'Z[0]'; 1 of 0, 1, - and a value 0 or 1 are expected");
  EXPECT_EQ(error_of(head + ".names A[0] Z[0]\n1 1\n0 0\n.end\n"),
            "m.blif:6: the cover of 'Z[0]' mixes values 0 and 1");
  EXPECT_EQ(error_of(head + ".names A[0] Z[0]\n1 1\n.end\n"), "m.blif:3: net 'Z[1]' is not driven");
  EXPECT_EQ(error_of(head + ".names q Z[0]\n1 1\n.names A[0] Z[1]\n1 1\n.end\n"), "m.blif:4: net 'q' is not driven");
  EXPECT_EQ(error_of(head + ".names Z[1] Z[0]\n1 1\n.names Z[0] Z[1]\n1 1\n.end\n"),
            "m.blif:4: net 'Z[0]' depends on itself; a combinational netlist is expected");
  EXPECT_EQ(error_of(head + ".names A[0] Z[0]\n1 1\n.names A[1] Z[0]\n1 1\n.end\n"),
            "m.blif:6: net 'Z[0]' has a second driver");
  EXPECT_EQ(error_of(good.substr(0, good.size() - 5)), "m.blif:7: no .end; the file is cut short");
  EXPECT_EQ(error_of(".model m\n.inputs A[0] A[2] B[0]\n.outputs Z[0]\n.end\n"),
            "m.blif:2: bus 'A' has gaps; bits 0 to n-1 are expected");
  EXPECT_EQ(error_of(".model m\n.inputs A[0] B[0] C[0]\n.outputs Z[0]\n.end\n"),
            "m.blif:2: 3 input buses (A, B, C); two operands are expected");
  EXPECT_EQ(error_of(".model m\n.inputs A[0] B[0]\n.outputs Z[0] Y[0]\n.names A[0] Z[0]\n1 1\n"
                     ".names A[0] Y[0]\n1 1\n.end\n"),
            "m.blif:3: 2 output buses (Z, Y); one, the product, is expected");
}

TEST(Blif, DamagedFilesAreRefusedOrReadNeverMore) {
  const std::string text = to_blif(array_multiplier(4, 2));
  for (size_t length = 0; length + 1 < text.size(); ++length)
    ASSERT_NE(error_of(text.substr(0, length)), "none") << length;
  EXPECT_EQ(error_of(text.substr(0, text.size() - 1)), "none");  // without the last line break
  std::mt19937 random(5);
  int refused = 0;
  for (int trial = 0; trial < 5000; ++trial) {
    std::string damaged = text;
    for (unsigned i = 0; i <= random() % 4; ++i) damaged[random() % damaged.size()] = static_cast<char>(random());
    try {
      const TruthTable table = truth_table(parse_blif(damaged, "m.blif"));
      ASSERT_EQ(table.values.size(), size_t{1} << (table.a_bits + table.b_bits));
    } catch (const InputError& error) {
      ASSERT_TRUE(std::string(error.what()).starts_with("m.blif:"));
      ASSERT_EQ(std::string(error.what()).find('\n'), std::string::npos);
      ++refused;
    }
  }
  EXPECT_GT(refused, 1000);
}

TEST(Blif, ALongChainNeedsNoDeepStack) {
  std::string text =
      ".model m\n.inputs A[0] B[0]\n.outputs Z[0]\n.names w200000 Z[0]\n1 1\n"
      ".names A[0] B[0] w0\n11 1\n";
  for (int i = 1; i <= 200000; ++i) text += fmt::format(".names w{} w{}\n0 1\n", i - 1, i);
  EXPECT_EQ(truth_table(parse_blif(text + ".end\n", "x")).values, (std::vector<int32_t>{0, 0, 0, 1}));
}

class VerilogTest : public testing::Test {
 protected:
  void SetUp() override {
    if (find_program("yosys").empty()) GTEST_SKIP() << "yosys is not installed";
  }
  void TearDown() override {
    std::error_code ignored;
    for (const auto& file : files_) std::filesystem::remove(file, ignored);
  }
  std::filesystem::path write(const std::string& name, const std::string& text) {
    files_.push_back(std::filesystem::temp_directory_path() / fmt::format("tram_import_test_{}_{}", getpid(), name));
    write_file(files_.back(), text);
    return files_.back();
  }
  std::vector<std::filesystem::path> files_;
};

TEST_F(VerilogTest, BehaviouralAndExportedNetlistsRead) {
  const auto behavioural =
      write("m.v", "module m(input [7:0] A, input [7:0] B, output [15:0] O);\nassign O = A * B;\nendmodule\n");
  EXPECT_EQ(truth_table(find_multiplier(behavioural)).values, exact_table().values);
  const Netlist trunc6 = array_multiplier(8, 6);
  EXPECT_EQ(truth_table(read_multiplier(write("t.sv", to_systemverilog(trunc6, "trunc6")))).values,
            truth_table(trunc6).values);
}

TEST_F(VerilogTest, OperandAIsTheFirstPort) {
  const auto file = write("s.v",
                          "module m(w, x, o); input [7:0] w; input [7:0] x; output [15:0] o;\n"
                          "assign o = w & ~x;\nendmodule\n");
  EXPECT_EQ(truth_table(read_multiplier(file)).at(0xf0, 0x30), 0xc0);
}

TEST_F(VerilogTest, BadFilesAreInputErrors) {
  EXPECT_THROW(read_multiplier(write("bad.v", "module m(input [7:0] A; endmodule")), InputError);
  EXPECT_THROW(read_multiplier("/no/such/file.v"), InputError);
  EXPECT_THROW(read_multiplier(write("empty.v", "")), InputError);
}

}  // namespace
}  // namespace tram
