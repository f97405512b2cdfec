#pragma once
#include <span>
#include <string>
#include <vector>

#include "models/plot/svg.hpp"

namespace tram {

/// An upright rectangle: x to the right and y down, width and height not negative.
struct Box {
  double x = 0, y = 0, width = 0, height = 0;
  double right() const { return x + width; }
  double bottom() const { return y + height; }
};

/// Area that two boxes share.
double overlap(const Box& a, const Box& b);

/// A label wanted at a marker.
struct LabelRequest {
  Point marker;
  double marker_radius = 4;
  double width = 0, height = 0;  ///< of the text
};

struct PlacedLabel {
  bool is_placed = false;     ///< false where no free place was found
  bool needs_leader = false;  ///< lies so far off that a line to its marker helps
  Box box;
};

struct LabelObstacles {
  Box area;                                    ///< labels stay inside
  std::vector<Box> boxes;                      ///< that labels should not cover, beside the markers of the requests
  std::vector<std::pair<Point, Point>> lines;  ///< that labels should not cross
};

/// Places for labels near their markers, so that no two labels share a point: candidates in 16 directions and growing
/// distance, each label in turn taking the cheapest, in several rounds (covering a marker or a line and distance cost).
/// A label that can only lie on another label or on a marker is left out. The result does not depend on anything but
/// the arguments.
std::vector<PlacedLabel> place_labels(std::span<const LabelRequest> requests, const LabelObstacles& obstacles);

}  // namespace tram
