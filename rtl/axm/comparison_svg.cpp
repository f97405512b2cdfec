#include <fmt/format.h>

#include <algorithm>

#include "models/plot/figure.hpp"
#include "models/support/quantity.hpp"
#include "rtl/axm/comparison.hpp"

namespace tram::axm {
namespace {

FigurePoint point(const std::string& name, double nmed, double joule, const std::string& label) {
  return {100 * nmed, 1e12 * joule, label, fmt::format("{}: NMED {:.4g} %, {:.4g} pJ", name, 100 * nmed, 1e12 * joule)};
}

FigureSeries front_of(const Comparison& comparison, const LibraryComparison& in) {
  std::vector<std::pair<double, double>> points = {{0, in.exact[0].cost.energy()}};
  for (size_t i = 0; i < comparison.multipliers.size(); ++i)
    points.emplace_back(comparison.multipliers[i].metrics.normalised_med, in.costs[i].energy());
  FigureSeries front{.name = "not dominated", .colour = "#d55e00", .marker = MarkerShape::none, .line_width = 1.2};
  front.is_staircase = true;
  for (const size_t i : non_dominated(points))
    front.points.push_back({100 * points[i].first, 1e12 * points[i].second, {}, {}});
  return front;
}

Figure figure_of(const Comparison& comparison, const LibraryComparison& in) {
  FigureSeries settled{.name = "zero delay", .colour = "#56b4e9", .marker_size = 5, .is_hollow = true};
  FigureSeries glitches{.name = "glitches included"};
  for (size_t i = 0; i < comparison.multipliers.size(); ++i) {
    const std::string& name = comparison.multipliers[i].name;
    const double nmed = comparison.multipliers[i].metrics.normalised_med;
    settled.points.push_back(point(name + ", zero delay", nmed, in.costs[i].zero_delay_energy(), ""));
    glitches.points.push_back(point(name, nmed, in.costs[i].energy(), name));
  }
  FigureSeries best{.name = "best exact", .colour = "#d55e00", .marker = MarkerShape::diamond};
  best.points = {point(in.exact[0].name, 0, in.exact[0].cost.energy(), in.exact[0].name)};
  FigureSeries others{
      .name = "other exact", .colour = "#999999", .marker = MarkerShape::diamond, .marker_size = 6, .is_hollow = true};
  for (size_t i = 1; i < in.exact.size(); ++i)
    others.points.push_back(point(in.exact[i].name, 0, in.exact[i].cost.energy(), ""));
  return {.title = "Error against energy, " + in.library->name,
          .subtitle = fmt::format("{}, {}; errors: {}", comparison.stimulus,
                                  format_quantity(comparison.period, Dimension::time), comparison.operands),
          .x = {.label = "NMED, %", .is_logarithmic = true},
          .y = {.label = "energy of a multiplication, pJ", .from_zero = true},
          .series = {front_of(comparison, in), settled, others, glitches, best}};
}

}  // namespace

std::string comparison_svg(const Comparison& comparison) {
  std::vector<Figure> figures;
  for (const LibraryComparison& in : comparison.libraries) figures.push_back(figure_of(comparison, in));
  return to_svg(figures);
}

}  // namespace tram::axm
