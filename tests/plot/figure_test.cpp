#include "models/plot/figure.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "tests/plot/well_formed.hpp"

namespace tram {
namespace {

/// Axes from 0 to 10 and 0 to 4, so that the plot area of a 640 x 460 figure (x from 64 to 616, y from 40 to 408)
/// has 55.2 px a unit of x and 92 px a unit of y.
Figure plain() {
  return {.title = std::string("title"),
          .subtitle = {},
          .x = {.label = "x", .low = 0.0, .high = 10.0},
          .y = {.label = "y", .low = 0.0, .high = 4.0},
          .series = {}};
}

std::string svg(const Figure& figure) { return to_svg({&figure, 1}); }

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Figure, ValuesLieAtTheirPixels) {
  Figure figure = plain();
  figure.series = {{.points = {{2.5, 1, {}, {}}}, .colour = "#112233"}};
  EXPECT_TRUE(contains(svg(figure), "<circle cx=\"202\" cy=\"316\" r=\"3.5\" fill=\"#112233\""));  // 64+138, 408-92
  EXPECT_TRUE(contains(svg(figure), "<line x1=\"64\" y1=\"40\" x2=\"64\" y2=\"408\""));            // y axis
  EXPECT_TRUE(contains(svg(figure), "<line x1=\"64\" y1=\"408\" x2=\"616\" y2=\"408\""));          // x axis
}

TEST(Figure, ALogarithmicAxisWithZero) {
  Figure figure = plain();
  figure.x = {.label = "x", .is_logarithmic = true, .low = 0.1, .high = 10.0};
  figure.series = {{.points = {{0, 0, {}, {}}, {1, 4, {}, {}}}, .marker = MarkerShape::square, .marker_size = 4}};
  EXPECT_TRUE(contains(svg(figure), "<rect x=\"89.6\" y=\"406\" width=\"4\" height=\"4\""));  // 64 + .05 * 552 - 2
  EXPECT_TRUE(contains(svg(figure), "<rect x=\"365.6\" y=\"38\" width=\"4\" height=\"4\""));  // 64 + .55 * 552 - 2
}

TEST(Figure, LinesStairsAndGaps) {
  Figure figure = plain();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  FigureSeries line{.points = {{0, 0, {}, {}}, {5, 2, {}, {}}, {6, nan, {}, {}}, {7, 2, {}, {}}, {10, 4, {}, {}}},
                    .marker = MarkerShape::none,
                    .line_width = 1};
  figure.series = {line};
  EXPECT_TRUE(contains(svg(figure), "<polyline points=\"64,408 340,224\""));
  EXPECT_TRUE(contains(svg(figure), "<polyline points=\"450.4,224 616,40\""));
  figure.series[0].is_staircase = true;
  EXPECT_TRUE(contains(svg(figure), "<polyline points=\"64,408 340,408 340,224\""));
}

TEST(Figure, LegendAndSubtitleMoveThePlotDown) {
  Figure figure = plain();
  figure.subtitle = std::string("below");
  figure.series = {{.name = "one", .points = {{0, 4, {}, {}}}}};
  EXPECT_TRUE(contains(svg(figure), "<circle cx=\"64\" cy=\"76\""));  // 40 + 16 + 20
  EXPECT_TRUE(contains(svg(figure), ">one</text>"));
}

TEST(Figure, PanelsStandSideBySide) {
  Figure figure = plain();
  figure.series = {{.points = {{0, 0, {}, {}}}}};
  const std::vector<Figure> panels = {figure, figure};
  const std::string text = to_svg(panels, {400, 300});
  EXPECT_TRUE(contains(text, "width=\"800\" height=\"300\""));
  EXPECT_TRUE(contains(text, "<circle cx=\"64\" cy=\"248\""));
  EXPECT_TRUE(contains(text, "<circle cx=\"464\" cy=\"248\""));
}

TEST(Figure, IsWellFormedWhateverItsTextsAre) {
  Figure figure = plain();
  figure.title = std::string("a < b & \"c\" \x02\xff");
  figure.series = {
      {.name = "<&>", .points = {{1, 1, "<p>", "x & y"}, {2, 2, "\xc3", ""}}, .is_hollow = true},
      {.name = "d", .points = {{3, 1, "d", ""}}, .marker = MarkerShape::diamond, .line_width = 1, .dash = "2 2"},
      {.points = {{3, 2, "t", ""}}, .marker = MarkerShape::triangle}};
  EXPECT_EQ(XmlCheck(svg(figure)).run(), "");
  EXPECT_EQ(XmlCheck(to_svg({})).run(), "");
}

TEST(Figure, LabelsAreWrittenAndDetailsShownOnPointing) {
  Figure figure = plain();
  figure.series = {{.points = {{5, 2, "trunc6", "trunc6: NMED .1 %"}}}};
  EXPECT_TRUE(contains(svg(figure), ">trunc6</text>"));
  EXPECT_TRUE(contains(svg(figure), "<g><title>trunc6: NMED .1 %</title>"));
}

}  // namespace
}  // namespace tram
