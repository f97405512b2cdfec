#include "rtl/axm/comparison.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "tests/plot/well_formed.hpp"

namespace tram::axm {
namespace {

HardwareCost cost(double picojoule) {
  HardwareCost cost;
  cost.area = 100;
  cost.critical_path = 2e-9;
  cost.period = 1e-9;
  cost.with_glitches.switching = picojoule * 1e-3;  // W: 1 pJ a ns
  cost.zero_delay.switching = picojoule * 0.75e-3;
  return cost;
}

/// Two approximate multipliers at half and at a quarter of the best exact one's energy, one dominated.
Comparison small_comparison() {
  auto library = std::make_shared<Library>();
  library->name = "tiny";
  library->conditions = {1.8, 25, {}, "nom_voltage"};
  Comparison comparison;
  comparison.operands = "all operand pairs alike";
  comparison.stimulus = "two pairs";
  comparison.convention = "opensta";
  comparison.period = 1e-9;
  ErrorMetrics small, large;
  small.normalised_med = 0.001;
  large.normalised_med = 0.01;
  comparison.multipliers = {{"half, \"b\"", {}, small}, {"quarter", {}, large}, {"bad<&>", {}, large}};
  LibraryComparison in;
  in.library = library;
  in.exact = {{"exact Dadda, gates", cost(4), "", {}}, {"exact array, gates", cost(6), "", {}}};
  in.costs = {cost(2), cost(1), cost(3)};
  in.is_on_front = {true, true, false};
  comparison.libraries = {in};
  return comparison;
}

TEST(NonDominated, ByHand) {
  using Points = std::vector<std::pair<double, double>>;
  EXPECT_EQ(non_dominated({}), std::vector<size_t>{});
  EXPECT_EQ(non_dominated(Points{{1, 1}}), std::vector<size_t>{0});
  // (2, 3) is beaten by (1, 2); of the two (1, 2) the first stays; (0, 9) and (5, 0) are ends.
  EXPECT_EQ(non_dominated(Points{{5, 0}, {2, 3}, {1, 2}, {1, 2}, {0, 9}}), (std::vector<size_t>{4, 2, 0}));
  EXPECT_EQ(non_dominated(Points{{1, 5}, {1, 4}}), std::vector<size_t>{1});  // equal error: the cheaper
}

TEST(ComparisonText, NarrowAndWide) {
  EXPECT_EQ(comparison_text(small_comparison(), 80),
            "Energy of a multiplication: two pairs, one each 1 ns;\n"
            "convention opensta, no wires, leakage included. Errors: all operand pairs alike.\n"
            "\n"
            "tiny, 1.8 V, 25 C (nom_voltage); ratio 1: exact Dadda, gates\n"
            "multiplier             area  delay ns  zero pJ      pJ  spread %  ratio  NMED %\n"
            "* exact Dadda, gates  100.0     2.000   3.0000  4.0000       0.0  1.000  0.0000\n"
            "* half, \"b\"           100.0     2.000   1.5000  2.0000       0.0  0.500  0.1000\n"
            "* quarter             100.0     2.000   0.7500  1.0000       0.0  0.250  1.0000\n"
            "  bad<&>              100.0     2.000   2.2500  3.0000       0.0  0.750  1.0000\n"
            "\n"
            "* not dominated in (NMED, energy); ~ by multipliers only whose energy is closer than the spread.\n"
            "spread: how much more the worst of ABC's scripts needs than the best, which counts.\n"
            "zero: settled values only; pJ and ratio: library delays, glitches included.\n");
  EXPECT_NE(comparison_text(small_comparison(), 120).find("glitch %  zero ratio  ratio"), std::string::npos);
}

TEST(ComparisonCsv, OneRowAMultiplierQuotedWhereNeeded) {
  std::istringstream lines(comparison_csv(small_comparison()));
  std::vector<std::string> rows;
  for (std::string line; std::getline(lines, line);) rows.push_back(line);
  ASSERT_EQ(rows.size(), 5u);
  EXPECT_TRUE(rows[0].starts_with("library,ratio_one,multiplier,adders,cells,area,")) << rows[0];
  EXPECT_TRUE(rows[2].starts_with("tiny,\"exact Dadda, gates\",\"half, \"\"b\"\"\",cells,")) << rows[2];
}

TEST(ComparisonJson, RatiosAreToTheBestExact) {
  const Json json = comparison_json(small_comparison());
  EXPECT_EQ(json["libraries"][0]["ratio_one"], "exact Dadda, gates");
  EXPECT_EQ(json["libraries"][0]["multipliers"][2]["ratio"], 0.25);
  EXPECT_EQ(json["libraries"][0]["multipliers"][2]["zero_delay_ratio"], 0.25);
  EXPECT_DOUBLE_EQ(json["libraries"][0]["multipliers"][2]["glitch_share"], 0.25);
}

TEST(ComparisonSvg, IsWellFormedAndNamesEveryMultiplier) {
  const std::string svg = comparison_svg(small_comparison());
  EXPECT_EQ(XmlCheck(svg).run(), "");
  for (const char* name : {">quarter</text>", ">bad&lt;&amp;&gt;</text>", ">exact Dadda, gates</text>"})
    EXPECT_NE(svg.find(name), std::string::npos) << name;
}

}  // namespace
}  // namespace tram::axm
