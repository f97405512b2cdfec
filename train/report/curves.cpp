#include "train/report/curves.hpp"

#include <algorithm>
#include <cmath>

#include "models/plot/figure.hpp"
#include "models/plot/png.hpp"
#include "models/support/atomic_file.hpp"

namespace tram::train {
namespace {

using Value = double CurvePoint::*;

/// What the figures say of a value of some epoch; a line needs two epochs, so one alone gets a marker.
FigureSeries series_of(std::span<const CurvePoint> points, Value value, const std::string& name, size_t colour) {
  FigureSeries series;
  series.name = name;
  series.colour = figure_colours()[colour];
  series.marker = points.size() == 1 ? MarkerShape::circle : MarkerShape::none;
  series.line_width = 1.8;
  for (const CurvePoint& point : points) series.points.push_back({point.epoch, point.*value});
  return series;
}

bool has(std::span<const CurvePoint> points, Value value) {
  return std::ranges::any_of(points, [&](const CurvePoint& point) { return std::isfinite(point.*value); });
}

Figure figure(const std::string& title, const Axis& y) { return {title, "", {.label = "epoch"}, y, {}}; }

Figure train_and_validation(std::span<const CurvePoint> points, const std::string& title, const Axis& y, Value train,
                            Value validation) {
  Figure both = figure(title, y);
  both.series.push_back(series_of(points, train, "training", 0));
  if (has(points, validation)) both.series.push_back(series_of(points, validation, "validation", 1));
  return both;
}

}  // namespace

std::string curves_svg(std::span<const CurvePoint> points) {
  std::vector<Figure> figures;
  figures.push_back(train_and_validation(points, "Loss", {.label = "loss", .from_zero = true}, &CurvePoint::train_loss,
                                         &CurvePoint::validation_loss));
  figures.push_back(train_and_validation(points, "Accuracy", {.label = "top-1 accuracy, %"},
                                         &CurvePoint::train_accuracy, &CurvePoint::validation_accuracy));
  figures.push_back(figure("Learning rate", {.label = "learning rate", .from_zero = true}));
  figures.back().series.push_back(series_of(points, &CurvePoint::learning_rate, "", 2));
  if (has(points, &CurvePoint::power)) {
    figures.push_back(figure("Power of the multipliers", {.label = "% of exact multipliers", .from_zero = true}));
    figures.back().series.push_back(series_of(points, &CurvePoint::power, "", 3));
  }
  return to_svg(figures, {420, 340});
}

void write_curves(const std::filesystem::path& folder, std::span<const CurvePoint> points) {
  const std::string svg = curves_svg(points);
  write_file(folder / "curves.svg", svg);
  write_png(folder / "curves.png", svg);
}

}  // namespace tram::train
