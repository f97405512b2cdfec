#pragma once
#include <span>
#include <string>
#include <vector>

#include "models/plot/axis.hpp"

namespace tram {

enum class MarkerShape { none, circle, square, diamond, triangle };

struct FigurePoint {
  double x = 0, y = 0;
  std::string label = {};   ///< written beside the point; empty: none
  std::string detail = {};  ///< shown when pointed at; empty: none
};

/// Points drawn alike. Points with a coordinate that is not finite are left out, and break the line.
struct FigureSeries {
  std::string name = {};  ///< in the legend; empty: not there
  std::vector<FigurePoint> points = {};
  std::string colour = "#0072b2";
  MarkerShape marker = MarkerShape::circle;
  double marker_size = 7;  ///< px across
  bool is_hollow = false;
  double line_width = 0;  ///< px; 0: no line
  std::string dash = {};
  bool is_staircase = false;  ///< the line goes right, then up or down
};

struct Figure {
  std::string title, subtitle;
  Axis x, y;
  std::vector<FigureSeries> series;
};

/// Size of one figure in pixels, the text around its plot included.
struct FigureSize {
  double width = 640, height = 460;
};

/// Colours that readers with colour-blindness tell apart (Okabe and Ito, 2008), without yellow and black.
std::span<const char* const> figure_colours();

/// Figures side by side as one SVG file. Axes at the left and bottom, a light grid, a legend under the title.
/// The plot area of figure k spans, in x, from k width + 64 to (k + 1) width - 24 and, in y, from 40 (+ 16 with a
/// subtitle, + 20 a legend row) to height - 52.
std::string to_svg(std::span<const Figure> figures, const FigureSize& size = {});

}  // namespace tram
