#include "models/plot/label_placement.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace tram {
namespace {

constexpr double gap = 3;  // px between a marker's edge and its label
constexpr int directions = 16;
constexpr int rings = 9;
constexpr double ring_step = 9;  // px
constexpr int rounds = 6;

struct Candidate {
  Box box;
  double cost;  // of distance and direction alone
  bool needs_leader;
};

/// Length of the part of a segment that lies in the box (Liang and Barsky, 1984).
double length_inside(const Box& box, Point from, Point to) {
  double enter = 0, leave = 1;
  const double dx = to.x - from.x, dy = to.y - from.y;
  const double directions_in[4] = {-dx, dx, -dy, dy};
  const double distances[4] = {from.x - box.x, box.right() - from.x, from.y - box.y, box.bottom() - from.y};
  for (int side = 0; side < 4; ++side) {
    if (directions_in[side] == 0) {
      if (distances[side] < 0) return 0;
      continue;
    }
    const double t = distances[side] / directions_in[side];
    if (directions_in[side] < 0) enter = std::max(enter, t);
    else leave = std::min(leave, t);
  }
  return enter < leave ? (leave - enter) * std::hypot(dx, dy) : 0;
}

/// The label's box when it touches, from outside, the ellipse around the marker in this direction.
Box box_at(const LabelRequest& request, double distance, double angle) {
  const double reach = request.marker_radius + gap + distance;
  const Point touch{request.marker.x + reach * std::cos(angle), request.marker.y - reach * std::sin(angle)};
  return {touch.x - request.width / 2 + request.width / 2 * std::cos(angle),
          touch.y - request.height / 2 - request.height / 2 * std::sin(angle), request.width, request.height};
}

std::vector<Candidate> candidates(const LabelRequest& request, const Box& area) {
  std::vector<Candidate> all;
  for (int ring = 0; ring < rings; ++ring)
    for (int direction = 0; direction < directions; ++direction) {
      const double angle = 2 * std::numbers::pi * direction / directions;
      const Box box = box_at(request, ring * ring_step, angle);
      if (box.x < area.x || box.y < area.y || box.right() > area.right() || box.bottom() > area.bottom()) continue;
      // Directions in order of preference: a reader looks first beside the marker (right, then upper right).
      const double turn = std::abs(std::remainder(angle - std::numbers::pi / 8, 2 * std::numbers::pi));
      all.push_back({box, 6.0 * ring * ring_step / 9 + 2 * turn, ring > 0});
    }
  return all;
}

Box marker_box(const LabelRequest& request) {
  const double radius = request.marker_radius + 1;
  return {request.marker.x - radius, request.marker.y - radius, 2 * radius, 2 * radius};
}

Box grown(const Box& box) { return {box.x - 1, box.y - 1, box.width + 2, box.height + 2}; }

class Placement {
 public:
  Placement(std::span<const LabelRequest> requests, const LabelObstacles& obstacles)
      : requests_(requests), obstacles_(obstacles), chosen_(requests.size(), none) {
    for (const LabelRequest& request : requests) candidates_.push_back(candidates(request, obstacles.area));
    for (std::vector<Candidate>& list : candidates_)
      for (Candidate& candidate : list) candidate.cost += fixed_cost(candidate.box);
  }

  std::vector<PlacedLabel> run() {
    for (int round = 0; round < rounds; ++round)
      for (size_t label = 0; label < requests_.size(); ++label) choose(label);
    drop_overlapping();
    std::vector<PlacedLabel> placed(requests_.size());
    for (size_t label = 0; label < requests_.size(); ++label) {
      if (chosen_[label] == none) continue;
      const Candidate& candidate = candidates_[label][chosen_[label]];
      placed[label] = {true, candidate.needs_leader, candidate.box};
    }
    return placed;
  }

 private:
  static constexpr size_t none = std::numeric_limits<size_t>::max();

  double fixed_cost(const Box& box) const {
    double cost = 0;
    for (const LabelRequest& request : requests_) cost += 10 * overlap(grown(box), marker_box(request));
    for (const Box& obstacle : obstacles_.boxes) cost += 10 * overlap(grown(box), obstacle);
    for (const auto& [from, to] : obstacles_.lines) cost += 1.5 * length_inside(grown(box), from, to);
    return cost;
  }

  double cost_with_others(size_t label, const Candidate& candidate) const {
    double cost = candidate.cost;
    for (size_t other = 0; other < requests_.size(); ++other)
      if (other != label && chosen_[other] != none)
        cost += 40 * overlap(grown(candidate.box), candidates_[other][chosen_[other]].box);
    return cost;
  }

  void choose(size_t label) {
    double best = std::numeric_limits<double>::infinity();
    chosen_[label] = none;
    size_t at = none;
    for (size_t i = 0; i < candidates_[label].size(); ++i) {
      const double cost = cost_with_others(label, candidates_[label][i]);
      if (cost < best) best = cost, at = i;
    }
    chosen_[label] = at;
  }

  void drop_overlapping() {
    for (size_t label = 0; label < requests_.size(); ++label) {
      if (chosen_[label] == none) continue;
      const Box& box = candidates_[label][chosen_[label]].box;
      bool covers = false;
      for (size_t other = 0; other < requests_.size() && !covers; ++other) {
        covers = overlap(box, marker_box(requests_[other])) > 0;
        if (other < label && chosen_[other] != none)
          covers = covers || overlap(box, candidates_[other][chosen_[other]].box) > 0;
      }
      if (covers) chosen_[label] = none;
    }
  }

  std::span<const LabelRequest> requests_;
  const LabelObstacles& obstacles_;
  std::vector<std::vector<Candidate>> candidates_;
  std::vector<size_t> chosen_;  // by label: index into its candidates
};

}  // namespace

double overlap(const Box& a, const Box& b) {
  const double width = std::min(a.right(), b.right()) - std::max(a.x, b.x);
  const double height = std::min(a.bottom(), b.bottom()) - std::max(a.y, b.y);
  return width > 0 && height > 0 ? width * height : 0;
}

std::vector<PlacedLabel> place_labels(std::span<const LabelRequest> requests, const LabelObstacles& obstacles) {
  return Placement(requests, obstacles).run();
}

}  // namespace tram
