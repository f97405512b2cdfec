// BLIF files of several models, and the lines of BLIF that are passed over or refused.
#include <gtest/gtest.h>

#include "models/multiplier/import_multiplier.hpp"
#include "models/support/error.hpp"
#include "tests/support/message_of.hpp"

namespace tram {
namespace {

std::string error_of(const std::string& blif) {
  return message_of<InputError>([&] { parse_blif(blif, "m.blif"); });
}

const std::string head = ".inputs a0 a1 b0 b1\n.outputs p0 p1 p2 p3\n";
const std::string half_adder =
    ".model ha\n.inputs x y\n.outputs s c\n.names x y s\n10 1\n01 1\n.names x y t\n11 1\n"
    ".names t c\n1 1\n.end\n";
const std::string and_gate = ".model and\n.inputs x y\n.outputs z\n.names x y z\n11 1\n.end\n";

/// A 2 x 2 multiplier: p = a0 b0 + 2 (a1 b0 + a0 b1) + 4 a1 b1.
const std::string two_by_two = ".model two\n" + head +
                               ".subckt and x=a0 y=b0 z=p0\n.subckt and x=a1 y=b0 z=u\n.subckt and x=a0 y=b1 z=v\n"
                               ".subckt and x=a1 y=b1 z=t\n.subckt ha x=u y=v s=p1 c=w\n.subckt ha x=t y=w s=p2 c=p3\n"
                               ".end\n";

void expect_exact(const std::string& blif) {
  const TruthTable table = truth_table(parse_blif(blif, "m.blif"));
  for (int a = 0; a < 4; ++a)
    for (int b = 0; b < 4; ++b) EXPECT_EQ(table.at(a, b), a * b) << a << " x " << b;
}

/// Both half adders have a net t of their own, and the top one of the same name.
TEST(BlifHierarchy, ModelsAreReplacedByTheirCoversWhateverTheirOrder) {
  expect_exact(two_by_two + and_gate + half_adder);
  expect_exact(half_adder + two_by_two + and_gate);
  const std::string nested =
      ".model top\n" + head + ".subckt two a0=a0 a1=a1 b0=b0 b1=b1 p0=p0 p1=p1 p2=p2 p3=p3\n.end\n";
  expect_exact(nested + two_by_two + and_gate + half_adder);
}

TEST(BlifHierarchy, ModelsThatStandApartOrAreMissingAreRefused) {
  EXPECT_EQ(error_of(two_by_two + and_gate + half_adder + ".model other\n.end\n"),
            "m.blif:28: models 'two' and 'other', neither in the other; one circuit is expected");
  EXPECT_EQ(error_of(and_gate + and_gate),
            "m.blif:7: a second model 'and', the first is in line 1; one of a name is expected");
  EXPECT_EQ(error_of(two_by_two + and_gate),
            "m.blif:8: '.subckt ha', but the file does not hold what is in 'ha'; its .model with .names is expected");
  const std::string box = ".model ha\n.inputs x y\n.outputs s c\n.blackbox\n.end\n";
  EXPECT_EQ(error_of(two_by_two + and_gate + box),
            "m.blif:8: '.subckt ha', but the file does not hold what is in 'ha'; its .model with .names is expected");
  EXPECT_EQ(error_of(".model m\n" + head + ".subckt m a0=a0\n.end\n"),
            "m.blif:1: model 'm' contains itself; a tree of models is expected");
}

TEST(BlifHierarchy, ConnectionsAreChecked) {
  const auto with = [&](const std::string& line) {
    return error_of(".model m\n" + head + line + "\n.end\n" + and_gate);
  };
  EXPECT_EQ(with(".subckt and x=a0 q=b0 z=p0"), "m.blif:4: model 'and' has no port 'q'");
  EXPECT_EQ(with(".subckt and x=a0 z=p0"), "m.blif:4: input 'y' of 'and' is not connected");
  EXPECT_EQ(with(".subckt and x=a0 x=a1 y=b0 z=p0"), "m.blif:4: port 'x' of 'and' is connected twice");
  EXPECT_EQ(with(".subckt and x=a0 y z=p0"), "m.blif:4: 'y' in a .subckt; PORT=NET is expected");
}

TEST(BlifHierarchy, ATreeOfModelsThatDoublesOrGoesDeepIsCutShort) {
  std::string doubling = ".model m0\n.inputs a b\n.outputs p\n.names a p\n1 1\n.subckt m1\n.subckt m1\n.end\n";
  for (int i = 1; i < 60; ++i) doubling += fmt::format(".model m{}\n.subckt m{}\n.subckt m{}\n.end\n", i, i + 1, i + 1);
  EXPECT_NE(error_of(doubling + ".model m60\n.end\n").find("parts of instances"), std::string::npos);
  std::string deep = ".model m0\n.inputs a b\n.outputs p\n.names a p\n1 1\n.subckt m1\n.end\n";
  for (int i = 1; i < 50000; ++i) deep += fmt::format(".model m{}\n.subckt m{}\n.end\n", i, i + 1);
  EXPECT_NE(error_of(deep + ".model m50000\n.end\n").find("nested 1000 deep"), std::string::npos);
  const std::string ring =
      ".model m\n.inputs a b\n.outputs p\n.subckt x\n.end\n.model x\n.subckt y\n.end\n"
      ".model y\n.subckt x\n.end\n";
  EXPECT_NE(error_of(ring).find("nested 1000 deep, or in itself"), std::string::npos);
}

TEST(BlifLines, DelaysAttributesAndExternalDontCaresArePassedOver) {
  const std::string delays =
      ".area 12\n.delay a0 INV 1 1 1 1 1 1\n.wire_load_slope .1\n.wire 1 2\n.default_input_arrival 0 0\n"
      ".input_arrival a0 1 1 b\n.output_required p0 1 1\n.input_drive a0 .1 .1\n.output_load p0 2\n"
      ".default_max_input_load 999\n.attr src \"x.v:1\"\n.cname x\n";
  const std::string external = ".exdc\n.inputs a0\n.names a0 p0\n1 1\n";
  std::string text = two_by_two;
  text.insert(text.find(".subckt"), delays);
  text.insert(text.find(".end"), delays + external);
  expect_exact(text + and_gate + half_adder);
}

TEST(BlifLines, RegistersLibraryCellsAndOtherFilesAreRefused) {
  const auto with = [&](const std::string& line) { return error_of(".model m\n" + head + line + "\n.end\n"); };
  EXPECT_EQ(with(".latch n p0 re clk 0"),
            "m.blif:4: a register (.latch n p0 re clk 0); a combinational multiplier is expected");
  EXPECT_EQ(with(".clock clk"),
            "m.blif:4: '.clock' of a circuit with registers; a combinational multiplier is expected");
  EXPECT_EQ(
      with(".gate nand2 a=a0 b=b0 O=p0"),
      "m.blif:4: '.gate nand2' is a cell of a library, whose function is not in the file; .names are expected (in "
      "ABC, read_library the library, read_blif, strash and write_blif)");
  EXPECT_EQ(with(".search /etc/passwd"), "m.blif:4: '.search /etc/passwd' reads another file; one file is expected");
  EXPECT_EQ(with(".end\n.names a0 p0\n1 1"), "m.blif:5: '.names' after .end; .model or nothing is expected");
}

TEST(BlifLines, UnknownValuesAreRefusedWhereTheyAreUsed) {
  const std::string constants = ".names $false\n.names $true\n1\n.names $undef\n";
  std::string text = two_by_two;
  text.insert(text.find(".subckt"), constants);
  expect_exact(text + and_gate + half_adder);
  text.replace(text.find("y=w"), 3, "y=$undef");
  EXPECT_EQ(error_of(text + and_gate + half_adder),
            "m.blif:24: '$undef', an unknown value, is used; 0 or 1 is expected");
}

TEST(BlifPorts, ScalarsOfAnySpellingAndOrderFromZeroOrOne) {
  for (const auto& [open, close] : {std::pair("", ""), {"_", ""}, {"<", ">"}, {"(", ")"}, {"_", "_"}, {"[", "]"}})
    for (const int start : {0, 1}) {
      const auto bit = [&](const char* bus, int i) { return fmt::format("{}{}{}{}", bus, open, i + start, close); };
      const std::string text = fmt::format(
          ".model m\n.inputs {} {} {} {}\n.outputs {} {}\n.names {} {} {}\n11 1\n"
          ".names {} {} {}\n11 1\n.end\n",
          bit("x", 1), bit("y", 0), bit("x", 0), bit("y", 1), bit("p", 1), bit("p", 0), bit("x", 0), bit("y", 0),
          bit("p", 0), bit("x", 1), bit("y", 1), bit("p", 1));
      const TruthTable table = truth_table(parse_blif(text, "m.blif"));
      for (int a = 0; a < 4; ++a)
        for (int b = 0; b < 4; ++b) EXPECT_EQ(table.at(a, b), a & b) << text;
    }
}

TEST(BlifPorts, AMissingLowestBitIsNoBusThatStartsAtOne) {
  EXPECT_EQ(error_of(".model m\n.inputs a1 a2 b0 b1\n.outputs p0 p1\n.names a1 p0\n1 1\n.names a2 p1\n1 1\n.end\n"),
            "m.blif:2: bus 'a' starts at bit 1; bits 0 to n-1, or 1 to n in all three buses, are expected");
}

TEST(BlifPorts, OneBitOperandsNeedNoIndexAndANarrowProductIsRefused) {
  EXPECT_EQ(truth_table(parse_blif(".model m\n.inputs a b\n.outputs p\n.names a b p\n11 1\n.end\n", "x")).values,
            (std::vector<int32_t>{0, 0, 0, 1}));
  EXPECT_EQ(error_of(".model m\n.inputs a0 a1 b0 b1\n.outputs p\n.names a0 b0 p\n11 1\n.end\n"),
            "m.blif:3: product 'p' of 1 bits, narrower than its operands of 2 and 2; 4 bits are expected");
}

}  // namespace
}  // namespace tram
