#include "models/cells/liberty/boolean_function.hpp"

#include <gtest/gtest.h>

#include <random>

#include "models/support/error.hpp"

namespace tram {
namespace {

BooleanFunction parse(const std::string& text) { return BooleanFunction::parse(text, "x.lib:7"); }
uint64_t table(const std::string& text) { return parse(text).truth_table().at(0); }

TEST(BooleanFunction, TruthTablesOfKnownFunctions) {
  EXPECT_EQ(table("A & B"), 0x8u);
  EXPECT_EQ(table("A B"), 0x8u);
  EXPECT_EQ(table("(A)(B)"), 0x8u);
  EXPECT_EQ(table("A*B"), 0x8u);
  EXPECT_EQ(table("A + B"), 0xeu);
  EXPECT_EQ(table("A | B"), 0xeu);
  EXPECT_EQ(table("A ^ B ^ C"), 0x96u);
  EXPECT_EQ(table("(A B)+(A C)+(B C)"), 0xe8u);
  EXPECT_EQ(table("!((A & B) | C)"), 0x07u);
  EXPECT_EQ(table("(A B + C)'"), 0x07u);
  EXPECT_EQ(table("A''"), 0x2u);
  EXPECT_EQ(table("!!A'"), 0x1u);
  EXPECT_EQ(table("0"), 0x0u);
  EXPECT_EQ(table("1"), 0x1u);
}

TEST(BooleanFunction, PrecedenceIsNotXorAndOr) {
  EXPECT_EQ(table("A + B C"), table("A + (B C)"));
  EXPECT_EQ(table("A B ^ C"), table("A (B ^ C)"));
  EXPECT_EQ(table("!A B"), table("(!A) B"));
  EXPECT_EQ(table("A B'"), table("A (!B)"));
}

TEST(BooleanFunction, EvaluatesSixtyFourCasesAtOnce) {
  const BooleanFunction f = parse("!(A1 A2 + B1) ^ C");
  ASSERT_EQ(f.variables(), (std::vector<std::string>{"A1", "A2", "B1", "C"}));
  std::mt19937_64 random(1);
  const std::vector<uint64_t> v{random(), random(), random(), random()};
  EXPECT_EQ(f.evaluate(v), ~((v[0] & v[1]) | v[2]) ^ v[3]);
}

TEST(BooleanFunction, WideFunctionsAgreeWithEvaluation) {
  const BooleanFunction f = parse("(A B C) + (D E F) + (G H I)");
  ASSERT_EQ(f.truth_table().size(), 8u);
  for (size_t m = 0; m < 512; ++m) {
    std::vector<uint64_t> v;
    for (size_t i = 0; i < 9; ++i) v.push_back(m >> i & 1);
    EXPECT_EQ(f.truth_table()[m / 64] >> (m % 64) & 1, f.evaluate(v) & 1);
  }
}

TEST(BooleanFunction, Probabilities) {
  const std::vector<double> p{0.25, 0.5, 0.1};
  EXPECT_DOUBLE_EQ(parse("A B").probability(p), 0.125);
  EXPECT_DOUBLE_EQ(parse("A + B").probability(p), 1 - 0.75 * 0.5);
  EXPECT_DOUBLE_EQ(parse("A ^ B").probability(p), 0.25 * 0.5 + 0.75 * 0.5);
  EXPECT_DOUBLE_EQ(parse("A B + C").sensitivity(0, p), 0.5 * 0.9);
  EXPECT_DOUBLE_EQ(parse("A B + C").sensitivity(2, p), 1 - 0.125);
  EXPECT_DOUBLE_EQ(parse("A ^ B").sensitivity(1, p), 1);
  EXPECT_DOUBLE_EQ(parse("A + !A").sensitivity(0, p), 0);
}

TEST(BooleanFunction, SystemVerilog) {
  const std::vector<std::string> names{"n1", "n2", "n3"};
  EXPECT_EQ(parse("!((A & B) | C)").to_systemverilog(names), "~((n1 & n2) | n3)");
  EXPECT_EQ(parse("A B + !C").to_systemverilog(names), "(n1 & n2) | ~n3");
  EXPECT_EQ(parse("A ^ B").to_systemverilog(names), "n1 ^ n2");
  EXPECT_EQ(parse("1").to_systemverilog(names), "'1");
  EXPECT_EQ(parse("A").to_systemverilog(names), "n1");
}

TEST(BooleanFunction, RefusesWhatIsNotAnExpression) {
  for (const std::string text : {"", "(", "A +", "A & & B", "A)", "!", "A ^", "(A B", "A ; B", "'", "A = B"}) {
    EXPECT_THROW(parse(text), InputError) << text;
  }
  EXPECT_THROW(parse(std::string(100000, '(')), InputError);
  EXPECT_NO_THROW(parse(std::string(100000, '!') + "A"));
  std::string wide = "A0";
  for (int i = 1; i < 17; ++i) wide += "+A" + std::to_string(i);
  EXPECT_THROW(parse(wide), InputError);
  try {
    parse("A +");
  } catch (const InputError& error) {
    EXPECT_EQ(std::string(error.what()), "x.lib:7: missing operand in the Boolean expression \"A +\"");
  }
}

}  // namespace
}  // namespace tram
