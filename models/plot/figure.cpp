#include "models/plot/figure.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "models/plot/label_placement.hpp"
#include "models/plot/svg.hpp"

namespace tram {
namespace {

constexpr double left_margin = 64, right_margin = 24, top_margin = 40, bottom_margin = 52;
constexpr double subtitle_height = 16, legend_height = 20;
constexpr double text_size = 11, label_size = 10.5;
const Stroke axis_stroke{"#333333", 1, ""}, grid_stroke{"#e6e6e6", 1, ""}, leader_stroke{"#999999", 0.7, ""};
const std::string ink = "#333333";

std::vector<double> values(const Figure& figure, double FigurePoint::*coordinate) {
  std::vector<double> all;
  for (const FigureSeries& series : figure.series)
    for (const FigurePoint& point : series.points) all.push_back(point.*coordinate);
  return all;
}

void draw_marker(SvgDrawing& svg, const FigureSeries& series, Point at) {
  const double r = series.marker_size / 2;
  const std::string fill = series.is_hollow ? "#ffffff" : series.colour;
  const Stroke stroke{series.is_hollow ? series.colour : "#ffffff", series.is_hollow ? 1.2 : 0.6, ""};
  switch (series.marker) {
    case MarkerShape::none: return;
    case MarkerShape::circle: return svg.circle(at, r, fill, stroke);
    case MarkerShape::square: return svg.rectangle({at.x - r, at.y - r}, 2 * r, 2 * r, fill, stroke);
    case MarkerShape::diamond: {
      const double d = 1.25 * r;
      const std::array<Point, 4> corners{{{at.x, at.y - d}, {at.x + d, at.y}, {at.x, at.y + d}, {at.x - d, at.y}}};
      return svg.polygon(corners, fill, stroke);
    }
    case MarkerShape::triangle: {
      const double d = 1.15 * r;
      const std::array<Point, 3> corners{{{at.x, at.y - d}, {at.x + d, at.y + d}, {at.x - d, at.y + d}}};
      return svg.polygon(corners, fill, stroke);
    }
  }
}

class FigureDrawing {
 public:
  FigureDrawing(SvgDrawing& svg, const Figure& figure, double offset, const FigureSize& size)
      : svg_(svg), figure_(figure), x_(figure.x, values(figure, &FigurePoint::x)),
        y_(figure.y, values(figure, &FigurePoint::y)) {
    const double above = top_margin + (figure.subtitle.empty() ? 0 : subtitle_height);
    const double legend = legend_rows(size.width - left_margin - right_margin) * legend_height;
    area_ = {offset + left_margin, above + legend, size.width - left_margin - right_margin,
             size.height - above - legend - bottom_margin};
  }

  void draw() {
    titles();
    legend();
    grid_and_ticks();
    for (const FigureSeries& series : figure_.series) lines(series);
    labels();
    for (const FigureSeries& series : figure_.series) markers(series);
  }

 private:
  Point place(const FigurePoint& point) const {
    return {area_.x + x_.position(point.x) * area_.width, area_.bottom() - y_.position(point.y) * area_.height};
  }
  static bool is_drawn(const FigurePoint& point) { return std::isfinite(point.x) && std::isfinite(point.y); }

  void titles() {
    svg_.text({area_.x, 24}, figure_.title, {14, TextAnchor::start, "#000000", true});
    svg_.text({area_.x, 41}, figure_.subtitle, {text_size, TextAnchor::start, "#666666"});
    svg_.text({area_.x + area_.width / 2, area_.bottom() + 38}, figure_.x.label, {12, TextAnchor::middle, ink});
    svg_.text({area_.x - 48, area_.y + area_.height / 2}, figure_.y.label, {12, TextAnchor::middle, ink, false, -90});
  }

  static double legend_width(const FigureSeries& series) { return 22 + text_width(series.name, text_size) + 18; }

  int legend_rows(double width) const {
    int rows = 0;
    double used = width;
    for (const FigureSeries& series : figure_.series) {
      if (series.name.empty()) continue;
      if (used + legend_width(series) > width && (rows == 0 || used > 0)) ++rows, used = 0;
      used += legend_width(series);
    }
    return rows;
  }

  void legend() {
    double x = area_.x, y = area_.y - legend_rows(area_.width) * legend_height + 4;
    for (const FigureSeries& series : figure_.series) {
      if (series.name.empty()) continue;
      if (x > area_.x && x + legend_width(series) > area_.right()) x = area_.x, y += legend_height;
      if (series.line_width > 0) svg_.line({x, y}, {x + 16, y}, {series.colour, series.line_width, series.dash});
      draw_marker(svg_, series, {x + 8, y});
      svg_.text({x + 22, y + 4}, series.name, {text_size, TextAnchor::start, ink});
      x += legend_width(series);
    }
  }

  void grid_and_ticks() {
    for (const Tick& tick : y_.ticks()) {
      const double y = area_.bottom() - y_.position(tick.value) * area_.height;
      if (!tick.label.empty()) svg_.line({area_.x, y}, {area_.right(), y}, grid_stroke);
      svg_.line({area_.x - (tick.label.empty() ? 3 : 5), y}, {area_.x, y}, axis_stroke);
      svg_.text({area_.x - 8, y + 4}, tick.label, {text_size, TextAnchor::end, ink});
    }
    for (const Tick& tick : x_.ticks()) {
      const double x = area_.x + x_.position(tick.value) * area_.width;
      if (!tick.label.empty()) svg_.line({x, area_.y}, {x, area_.bottom()}, grid_stroke);
      svg_.line({x, area_.bottom()}, {x, area_.bottom() + (tick.label.empty() ? 3 : 5)}, axis_stroke);
      svg_.text({x, area_.bottom() + 18}, tick.label, {text_size, TextAnchor::middle, ink});
    }
    svg_.line({area_.x, area_.y}, {area_.x, area_.bottom()}, axis_stroke);
    svg_.line({area_.x, area_.bottom()}, {area_.right(), area_.bottom()}, axis_stroke);
    if (x_.has_zero_band()) axis_break({area_.x + x_.band() * area_.width * 0.85, area_.bottom()});
  }

  /// Two slanted strokes where a logarithmic axis jumps to 0.
  void axis_break(Point at) {
    svg_.rectangle({at.x - 2.5, at.y - 2}, 5, 4, "#ffffff", {"", 0, ""});
    for (const double shift : {-2.5, 2.5})
      svg_.line({at.x + shift - 2, at.y + 5}, {at.x + shift + 2, at.y - 5}, axis_stroke);
  }

  /// Runs of neighbouring points that are drawn, with the corners of a staircase.
  std::vector<std::vector<Point>> runs(const FigureSeries& series) const {
    std::vector<std::vector<Point>> all(1);
    for (const FigurePoint& point : series.points) {
      if (!is_drawn(point)) {
        if (!all.back().empty()) all.emplace_back();
        continue;
      }
      const Point at = place(point);
      if (series.is_staircase && !all.back().empty()) all.back().push_back({at.x, all.back().back().y});
      all.back().push_back(at);
    }
    return all;
  }

  void lines(const FigureSeries& series) {
    if (series.line_width <= 0) return;
    for (const std::vector<Point>& run : runs(series))
      if (run.size() > 1) svg_.polyline(run, {series.colour, series.line_width, series.dash});
  }

  void markers(const FigureSeries& series) {
    if (series.marker == MarkerShape::none) return;
    for (const FigurePoint& point : series.points) {
      if (!is_drawn(point)) continue;
      if (!point.detail.empty()) svg_.begin_group(point.detail);
      draw_marker(svg_, series, place(point));
      if (!point.detail.empty()) svg_.end_group();
    }
  }

  void labels() {
    std::vector<LabelRequest> requests;
    std::vector<const FigurePoint*> labelled;
    LabelObstacles obstacles{{area_.x + 2, area_.y + 2, area_.width + right_margin - 4, area_.height - 4}, {}, {}};
    for (const FigureSeries& series : figure_.series) {
      for (const FigurePoint& point : series.points) {
        if (!is_drawn(point)) continue;
        const double radius = series.marker == MarkerShape::none ? 0 : series.marker_size / 2;
        const Point at = place(point);
        if (point.label.empty()) {
          if (radius > 0) obstacles.boxes.push_back({at.x - radius, at.y - radius, 2 * radius, 2 * radius});
          continue;
        }
        requests.push_back({at, radius, text_width(point.label, label_size), label_size});
        labelled.push_back(&point);
      }
      if (series.line_width <= 0) continue;
      for (const std::vector<Point>& run : runs(series))
        for (size_t i = 1; i < run.size(); ++i) obstacles.lines.emplace_back(run[i - 1], run[i]);
    }
    const std::vector<PlacedLabel> placed = place_labels(requests, obstacles);
    for (size_t i = 0; i < placed.size(); ++i)
      if (placed[i].is_placed) draw_label(placed[i], requests[i].marker, labelled[i]->label);
  }

  void draw_label(const PlacedLabel& label, Point marker, const std::string& text) {
    const Box& box = label.box;
    if (label.needs_leader)
      svg_.line(marker, {std::clamp(marker.x, box.x, box.right()), std::clamp(marker.y, box.y, box.bottom())},
                leader_stroke);
    svg_.text({box.x, box.bottom() - 2}, text, {label_size, TextAnchor::start, ink});
  }

  SvgDrawing& svg_;
  const Figure& figure_;
  AxisScale x_, y_;
  Box area_;
};

}  // namespace

std::span<const char* const> figure_colours() {
  static constexpr std::array<const char*, 6> colours = {"#0072b2", "#d55e00", "#009e73",
                                                         "#cc79a7", "#e69f00", "#56b4e9"};
  return colours;
}

std::string to_svg(std::span<const Figure> figures, const FigureSize& size) {
  SvgDrawing svg(size.width * static_cast<double>(std::max<size_t>(figures.size(), 1)), size.height);
  for (size_t i = 0; i < figures.size(); ++i)
    FigureDrawing(svg, figures[i], size.width * static_cast<double>(i), size).draw();
  return svg.finish();
}

}  // namespace tram
