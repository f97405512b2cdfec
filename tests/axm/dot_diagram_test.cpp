#include "rtl/axm/dot_diagram.hpp"

#include <gtest/gtest.h>

#include "tests/plot/well_formed.hpp"

namespace tram::axm {
namespace {

/// 4 x 4 array without its two lowest columns, one pair of dots joined.
MultiplierStructure small_structure() {
  MultiplierStructure s = exact_structure(4, 4, false, Accumulation::array);
  s.name = "small";
  for (int i = 0; i < 4; ++i)
    for (int j = 0; i + j < 2 && j < 4; ++j) s.partial_product(i, j) = NetState::zero;
  s.or_groups = {{2, {0, 1}}};
  s.compensation = 2;
  reset_adders(s);
  return s;
}

// Array rows by hand: row b[1] adds a[2]b[1], a[1]b[1] has gone into the OR; columns 3 and 4 hold two dots each.
TEST(DotText, MatrixAndAddersByRow) {
  const std::string text = dot_text(dot_diagram(small_structure()), {false, false});
  EXPECT_EQ(text.substr(0, text.find("\n\nrow")),
            "small: 4 x 4 bits, unsigned, array, compensation +2\n"
            "\n"
            "column           7  6  5  4  3  2  1  0\n"
            "b[0]                         o  o  .  .\n"
            "b[1]                      o  o  a  .\n"
            "b[2]                   o  o  o  a\n"
            "b[3]                o  o  o  o\n"
            "constant                           1\n"
            "kept dots           1  2  3  4  2\n"
            "\n"
            "  o  partial product a[i] and b[j] of column i + j\n"
            "  .  removed\n"
            "  a  joined with the others of its letter by OR");
}

TEST(DotDiagram, AnExactDaddaTreeHasItsAdders) {
  const DotDiagram diagram = dot_diagram(exact_structure(8, 8, false, Accumulation::dadda));
  size_t full = 0, half = 0;
  for (const DotStage& stage : diagram.stages)
    for (const StageColumn& column : stage.columns)
      for (const StageAdder& adder : column.adders) ++(adder.is_full ? full : half);
  // Dadda 1965: N^2 - 4 N + 3 full and N - 1 half adders in the tree; a final adder of 2 N - 2 bits.
  EXPECT_EQ(full, 35u + 13u);
  EXPECT_EQ(half, 7u + 1u);
  ASSERT_EQ(diagram.stages.size(), 5u);  // heights 6, 4, 3, 2 and the final adder
  EXPECT_EQ(diagram.stages[0].name, "stage 1");
  EXPECT_EQ(diagram.stages[4].name, "ripple-carry adder");
}

TEST(DotDiagram, EachStageHoldsNoMoreThanDaddasHeights) {
  const DotDiagram diagram = dot_diagram(exact_structure(8, 8, false, Accumulation::dadda));
  const size_t heights[] = {8, 6, 4, 3, 2};
  for (size_t stage = 0; stage < diagram.stages.size(); ++stage) {
    size_t tallest = 0;
    for (const StageColumn& column : diagram.stages[stage].columns) {
      size_t height = column.passed.size();
      for (const StageAdder& adder : column.adders) height += adder.inputs.size();
      tallest = std::max(tallest, height);
    }
    EXPECT_EQ(tallest, heights[stage]) << stage;
  }
}

TEST(DotText, RemovedSumsAndCarriesAreCounted) {
  MultiplierStructure s = exact_structure(4, 4, false, Accumulation::array, TreeForm::full);
  s.adders[0].sum = NetState::zero;
  s.adders[0].carry = NetState::one;
  const std::string text = dot_text(dot_diagram(s), {false, false});
  EXPECT_NE(text.find("row b[1]\n  half adders                1  1  1\n  sums 0                           1\n"
                      "  carries 1                        1\n"),
            std::string::npos)
      << text;
}

TEST(DotText, ColoursOnlyWhenAsked) {
  const DotDiagram diagram = dot_diagram(small_structure());
  EXPECT_EQ(dot_text(diagram, {false, true}).find('\x1b'), std::string::npos);
  EXPECT_NE(dot_text(diagram, {true, true}).find('\x1b'), std::string::npos);
}

TEST(DotSvg, IsWellFormedAndDrawsEveryDot) {
  const std::string svg = dot_svg(dot_diagram(exact_structure(5, 6, true, Accumulation::wallace)));
  EXPECT_EQ(XmlCheck(svg).run(), "");
  size_t circles = 0;
  for (size_t at = svg.find("<circle"); at != svg.npos; at = svg.find("<circle", at + 1)) ++circles;
  EXPECT_GE(circles, 2u * 30);  // in the matrix and in the first stage
  EXPECT_EQ(XmlCheck(dot_svg(dot_diagram(small_structure()))).run(), "");
}

}  // namespace
}  // namespace tram::axm
