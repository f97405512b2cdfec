#include <fmt/format.h>

#include <algorithm>

#include "models/plot/figure.hpp"
#include "models/plot/svg.hpp"
#include "rtl/axm/dot_diagram.hpp"

namespace tram::axm {
namespace {

constexpr double pitch_x = 34, pitch_y = 15, radius = 4;  // px
constexpr double left = 118, right = 26, top = 64, stage_gap = 30;
const std::string ink = "#222222", pale = "#bbbbbb", faint = "#eeeeee";
const Stroke no_stroke{"", 0, ""};

size_t height_of(const StageColumn& column) {
  size_t height = column.passed.size();
  for (const StageAdder& adder : column.adders) height += adder.inputs.size();
  return height;
}

/// At least two lines, for the heading.
double stage_height(const DotStage& stage) {
  size_t height = 2;
  for (const StageColumn& column : stage.columns) height = std::max(height, height_of(column));
  return static_cast<double>(height) * pitch_y + stage_gap;
}

class SvgDotDrawing {
 public:
  explicit SvgDotDrawing(const DotDiagram& diagram)
      : diagram_(diagram), svg_(left + diagram.columns * pitch_x + right, total_height()) {}

  std::string draw() {
    svg_.text({18, 26}, diagram_.name, {15, TextAnchor::start, "#000000", true});
    svg_.text({18, 44}, diagram_.description, {11.5, TextAnchor::start, "#555555"});
    y_ = top;
    column_numbers();
    matrix();
    for (const DotStage& stage : diagram_.stages) draw_stage(stage);
    product();
    legend();
    return svg_.finish();
  }

 private:
  double total_height() const {
    const int matrix_rows = diagram_.rows + (diagram_.constants.empty() ? 0 : 1);
    double height = top + 22 + (matrix_rows + 1) * pitch_y + 2 * stage_gap + 24;
    for (const DotStage& stage : diagram_.stages) height += stage_height(stage);
    return height;
  }

  double x_of(int column) const { return left + (diagram_.columns - 1 - column + 0.5) * pitch_x; }

  void column_numbers() {
    svg_.text({18, y_ + 8}, "column", {10.5, TextAnchor::start, "#555555"});
    for (int c = 0; c < diagram_.columns; ++c)
      svg_.text({x_of(c), y_ + 8}, std::to_string(c), {10.5, TextAnchor::middle, "#555555"});
    y_ += 22;
  }

  void heading(const std::string& name, const std::string& detail) {
    svg_.line({18, y_ - 8}, {left + diagram_.columns * pitch_x + right - 18, y_ - 8}, {faint, 1, ""});
    svg_.text({18, y_ + 8}, name, {11.5, TextAnchor::start, ink, true});
    svg_.text({18, y_ + 22}, detail, {10, TextAnchor::start, "#555555"});
  }

  void matrix() {
    heading("partial products", "rows b[0] .. b[" + std::to_string(diagram_.rows - 1) + "]");
    join_groups();
    for (const MatrixDot& dot : diagram_.matrix) draw({x_of(dot.column), y_ + (dot.row + 0.5) * pitch_y}, dot.kind);
    y_ += diagram_.rows * pitch_y;
    for (const int column : diagram_.constants) draw({x_of(column), y_ + 0.5 * pitch_y}, DotKind::one);
    y_ += (diagram_.constants.empty() ? 0 : pitch_y) + stage_gap;
  }

  /// A line through the dots that an OR joins, from the first to the last.
  void join_groups() {
    for (const MatrixDot& first : diagram_.matrix)
      for (const MatrixDot& second : diagram_.matrix)
        if (first.group >= 0 && first.group == second.group && first.row < second.row)
          svg_.line({x_of(first.column), y_ + (first.row + 0.5) * pitch_y},
                    {x_of(second.column), y_ + (second.row + 0.5) * pitch_y}, {colour(3), 6, ""});
  }

  static std::string colour(size_t index) { return figure_colours()[index]; }

  void draw(Point at, DotKind kind) {
    switch (kind) {
      case DotKind::kept: return svg_.circle(at, radius, ink, no_stroke);
      case DotKind::joined: return svg_.circle(at, radius, ink, no_stroke);
      case DotKind::zero: return svg_.circle(at, radius - 0.5, "#ffffff", {pale, 0.9, ""});
      case DotKind::one: return svg_.text({at.x, at.y + 4}, "1", {12, TextAnchor::middle, colour(1), true});
      case DotKind::inverted:
        svg_.circle(at, radius, ink, no_stroke);
        return svg_.line({at.x - 5, at.y - 6}, {at.x + 5, at.y - 6}, {ink, 1.2, ""});
    }
  }

  void draw(Point at, const StageDot& dot) {
    if (dot.state == NetState::zero) return draw(at, DotKind::zero);
    if (dot.state == NetState::one) return draw(at, DotKind::one);
    if (dot.source == StageDot::Source::partial_product) return draw(at, DotKind::kept);
    svg_.circle(at, radius, dot.source == StageDot::Source::sum ? colour(0) : colour(2), no_stroke);
  }

  void draw_stage(const DotStage& stage) {
    const std::vector<StageColumn>& columns = stage.columns;
    size_t full = 0, half = 0;
    for (const StageColumn& column : columns)
      for (const StageAdder& adder : column.adders) ++(adder.is_full ? full : half);
    heading(stage.name, fmt::format("{} FA, {} HA", full, half));
    for (int c = 0; c < diagram_.columns; ++c) draw_column(c, columns[c]);
    y_ += stage_height(stage);
  }

  void draw_column(int c, const StageColumn& column) {
    double y = y_;
    for (const StageAdder& adder : column.adders) {
      const double height = static_cast<double>(adder.inputs.size()) * pitch_y;
      if (!adder.inputs.empty()) adder_box({x_of(c) - 8, y + 1}, 16, height - 2, adder.is_full);
      for (const StageDot& dot : adder.inputs) draw_next(c, dot, y);
    }
    for (const StageDot& dot : column.passed) draw_next(c, dot, y);
  }

  void adder_box(Point corner, double width, double height, bool is_full) {
    svg_.rectangle(corner, width, height, is_full ? "#dfeaf3" : "#ffffff", {"#7aa6c8", 1, is_full ? "" : "2 2"}, 7);
  }

  void draw_next(int c, const StageDot& dot, double& y) {
    draw({x_of(c), y + pitch_y / 2}, dot);
    y += pitch_y;
  }

  void product() {
    heading("product", "");
    for (int c = 0; c < diagram_.columns; ++c) {
      const Point at{x_of(c), y_ + pitch_y / 2};
      const NetState state = diagram_.product[c];
      if (state != NetState::keep) draw(at, state == NetState::one ? DotKind::one : DotKind::zero);
      else svg_.rectangle({at.x - radius, at.y - radius}, 2 * radius, 2 * radius, ink, no_stroke, 1);
    }
    y_ += pitch_y + stage_gap;
  }

  void legend() {
    double x = 18;
    const auto entry = [&](const std::string& text, const auto& symbol) {
      symbol(Point{x + 6, y_ + 4});
      svg_.text({x + 16, y_ + 8}, text, {10.5, TextAnchor::start, ink});
      x += 16 + text_width(text, 10.5) + 16;
    };
    entry("partial product", [&](Point at) { draw(at, DotKind::kept); });
    entry("removed", [&](Point at) { draw(at, DotKind::zero); });
    entry("sum", [&](Point at) { svg_.circle(at, radius, colour(0), no_stroke); });
    entry("carry", [&](Point at) { svg_.circle(at, radius, colour(2), no_stroke); });
    entry("full adder", [&](Point at) { adder_box({at.x - 6, at.y - 6}, 12, 12, true); });
    entry("half adder", [&](Point at) { adder_box({at.x - 6, at.y - 6}, 12, 12, false); });
    entry("constant", [&](Point at) { draw(at, DotKind::one); });
    const auto has = [&](DotKind kind) {
      return std::ranges::any_of(diagram_.matrix, [&](const MatrixDot& dot) { return dot.kind == kind; });
    };
    if (has(DotKind::inverted)) entry("inverted", [&](Point at) { draw(at, DotKind::inverted); });
    if (has(DotKind::joined))
      entry("OR", [&](Point at) { svg_.line({at.x, at.y - 6}, {at.x, at.y + 6}, {colour(3), 6, ""}); });
  }

  const DotDiagram& diagram_;
  SvgDrawing svg_;
  double y_ = top;
};

}  // namespace

std::string dot_svg(const DotDiagram& diagram) { return SvgDotDrawing(diagram).draw(); }

}  // namespace tram::axm
