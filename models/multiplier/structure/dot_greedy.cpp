#include "models/multiplier/structure/dot_greedy.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "models/multiplier/bit_planes.hpp"

namespace tram {

DotGreedy::DotGreedy(const WeightedMappingOptions& options)
    : options_(options),
      structure_(exact_structure(options.a_bits, options.b_bits, options.is_signed, options.accumulation)),
      products_(exact_table(options.a_bits, options.b_bits, options.is_signed).values) {
  const int a_bits = options.a_bits, b_bits = options.b_bits;
  const size_t words = products_.size() / 64;
  for (int i = 0; i < a_bits; ++i)
    for (int j = 0; j < b_bits; ++j) {
      const bool inverted = options.is_signed && (i == a_bits - 1) != (j == b_bits - 1);
      Dot dot{i + j, {i * b_bits + j}, Plane(words)};
      for (size_t w = 0; w < words; ++w) {
        const uint64_t both = index_plane(b_bits + i, w) & index_plane(j, w);
        dot.plane[w] = inverted ? ~both : both;
      }
      dots_.push_back(std::move(dot));
    }
  sum_up();
  structure_.compensation = compensation(total_, range_);
  reset_adders(structure_);
  cost_ = published_cost(build_multiplier(structure_));
}

/// Brings the sums up to date with the products.
void DotGreedy::sum_up() {
  weighted_errors_.resize(products_.size());
  range_ = range_of(products_);
  total_ = {};
  for (size_t p = 0; p < products_.size(); ++p) {
    const double error = products_[p] - options_.reference[p];
    weighted_errors_[p] = options_.weights[p] * error;
    total_.weights += options_.weights[p];
    total_.errors += weighted_errors_[p];
    total_.squares += weighted_errors_[p] * error;
  }
  objective_ = objective(total_, range_);
}

/// The sums over the pairs in which the plane is 1 (its squares are not needed).
DotGreedy::Sums DotGreedy::sums_where(const Plane& plane) const {
  Sums sums;
  for (size_t w = 0; w < plane.size(); ++w)
    for (uint64_t rest = plane[w]; rest; rest &= rest - 1) {
      const size_t pair = 64 * w + std::countr_zero(rest);
      sums.weights += options_.weights[pair];
      sums.errors += weighted_errors_[pair];
    }
  return sums;
}

/// The sums after `step` is added to the product of the pairs that `where` sums over.
DotGreedy::Sums DotGreedy::after(double step, const Sums& where) const {
  return {total_.weights, total_.errors + step * where.weights,
          total_.squares + 2 * step * where.errors + step * step * where.weights};
}

/// Compensation constant: the integer with the fewest ones, then the nearest, of those that bring the mean error near
/// to 0 (within a tenth of the standard deviation, so that the squares grow by 1 % at most) and keep every product in
/// its range.
int DotGreedy::compensation(const Sums& sums, const Range& products) const {
  if (options_.compensation != BiasCompensation::in_tree) return 0;
  const Range range = representable();
  const int lowest = range.lowest - products.lowest, highest = range.highest - products.highest;
  const double away = std::max(0.5, 0.1 * std::sqrt(std::max(0.0, variance(sums)))),
               wanted = std::clamp<double>(-sums.errors, lowest, highest);
  const auto ones = [&](int constant) {
    return std::popcount(static_cast<unsigned>(constant) & static_cast<unsigned>(range.highest - range.lowest));
  };
  int best = std::clamp(static_cast<int>(std::lround(wanted)), lowest, highest);
  for (int constant = std::max(lowest, static_cast<int>(std::ceil(wanted - away)));
       constant <= std::min(highest, static_cast<int>(std::floor(wanted + away))); ++constant)
    if (ones(constant) < ones(best) ||
        (ones(constant) == ones(best) && std::abs(constant - wanted) < std::abs(best - wanted)))
      best = constant;
  return best;
}

DotGreedy::Range DotGreedy::range_of(const std::vector<int32_t>& products) {
  const auto [least, most] = std::minmax_element(products.begin(), products.end());
  return {*least, *most};
}

/// Range of a product of a_bits + b_bits bits.
DotGreedy::Range DotGreedy::representable() const {
  const int bits = options_.a_bits + options_.b_bits;
  const int lowest = options_.is_signed ? -(1 << (bits - 1)) : 0;
  return {lowest, lowest + (1 << bits) - 1};
}

double DotGreedy::objective(const Sums& sums, const Range& products) const {
  if (options_.compensation == BiasCompensation::none) return sums.squares;
  if (options_.compensation == BiasCompensation::outside) return variance(sums);
  const double constant = compensation(sums, products);
  return sums.squares + 2 * constant * sums.errors + constant * constant;
}

void DotGreedy::offer(std::map<Class, Move>& best, Move move, const Sums& sums) const {
  move.objective = objective(sums, range_);
  move.variance = variance(sums);
  const Dot& dot = dots_[move.dot];
  const size_t other_parts = move.kind == Kind::join ? dots_[move.other].partial_products.size() : 0;
  const auto place = best.emplace(Class{move.kind, dot.column, dot.partial_products.size(), other_parts}, move);
  if (!place.second && move.objective < place.first->second.objective) place.first->second = move;
}

std::map<DotGreedy::Class, DotGreedy::Move> DotGreedy::best_by_class() const {
  std::map<Class, Move> best;
  for (size_t d = 0; d < dots_.size(); ++d) {
    const double value = std::ldexp(1.0, dots_[d].column);
    const Sums ones = sums_where(dots_[d].plane);
    const Sums zeros = {total_.weights - ones.weights, total_.errors - ones.errors, 0};
    offer(best, {Kind::zero, d, d}, after(-value, ones));
    offer(best, {Kind::one, d, d}, after(value, zeros));
    for (size_t e = d + 1; e < dots_.size(); ++e) {
      if (dots_[e].column != dots_[d].column) continue;
      int step = 0;
      const Move move{Kind::join, d, e};
      const Sums both = sums_where(plane_of_change(move, step));
      offer(best, move, after(step, both));
    }
  }
  return best;
}

/// Change of the product by a move, pair by pair.
DotGreedy::Plane DotGreedy::plane_of_change(const Move& move, int& step) const {
  Plane plane = dots_[move.dot].plane;
  step = 1 << dots_[move.dot].column;
  if (move.kind == Kind::one) {
    for (uint64_t& word : plane) word = ~word;
    return plane;
  }
  step = -step;
  if (move.kind == Kind::join)
    for (size_t w = 0; w < plane.size(); ++w) plane[w] &= dots_[move.other].plane[w];
  return plane;
}

MultiplierStructure DotGreedy::changed(const Move& move) const {
  MultiplierStructure s = structure_;
  const Dot& dot = dots_[move.dot];
  const auto group_of = [&](const Dot& d) {
    OrGroup group{d.column, {}};
    for (const int index : d.partial_products) group.rows.push_back(index / s.b_bits);
    return group;
  };
  std::erase(s.or_groups, group_of(dot));
  if (move.kind == Kind::join) {
    std::erase(s.or_groups, group_of(dots_[move.other]));
    OrGroup joined = group_of(dot);
    for (const int index : dots_[move.other].partial_products) joined.rows.push_back(index / s.b_bits);
    std::sort(joined.rows.begin(), joined.rows.end());
    s.or_groups.push_back(joined);
  } else {
    for (const int index : dot.partial_products) s.partial_products[index] = NetState::zero;
    if (move.kind == Kind::one) s.partial_products[dot.partial_products[0]] = NetState::one;
  }
  int step = 0;
  const Plane plane = plane_of_change(move, step);
  s.compensation = compensation(after(step, sums_where(plane)), range_);
  reset_adders(s);
  return s;
}

std::vector<int32_t> DotGreedy::products_after(const Move& move) const {
  int step = 0;
  const Plane plane = plane_of_change(move, step);
  std::vector<int32_t> products = products_;
  for (size_t w = 0; w < plane.size(); ++w)
    for (uint64_t rest = plane[w]; rest; rest &= rest - 1) products[64 * w + std::countr_zero(rest)] += step;
  return products;
}

/// Whether all products stay representable, and the error in the budget with the compensation that this leaves.
bool DotGreedy::is_allowed(const Move& move) const {
  const Range range = range_of(products_after(move)), limits = representable();
  if (range.lowest < limits.lowest || range.highest > limits.highest) return false;
  int step = 0;
  const Plane plane = plane_of_change(move, step);
  return objective(after(step, sums_where(plane)), range) <= options_.error_budget;
}

void DotGreedy::accept(const Move& move) {
  structure_ = changed(move);
  products_ = products_after(move);
  sum_up();
  structure_.compensation = compensation(total_, range_);
  reset_adders(structure_);
  cost_ = published_cost(build_multiplier(structure_));
  if (move.kind == Kind::join) {
    Dot &dot = dots_[move.dot], &other = dots_[move.other];
    for (size_t w = 0; w < dot.plane.size(); ++w) dot.plane[w] |= other.plane[w];
    dot.partial_products.insert(dot.partial_products.end(), other.partial_products.begin(),
                                other.partial_products.end());
    std::sort(dot.partial_products.begin(), dot.partial_products.end());
  }
  dots_.erase(dots_.begin() + static_cast<std::ptrdiff_t>(move.kind == Kind::join ? move.other : move.dot));
  ++steps_;
}

/// Error increase a unit of cost saved. Of changes that lower the error, all free, by the increase of the variance:
/// when the reference lies below the product, whatever is removed brings the mean nearer, a high column most.
double DotGreedy::price(const Move& move) const {
  const double increase = move.objective < objective_ ? move.variance - variance(total_) : move.objective - objective_;
  return increase / move.saved;
}

bool DotGreedy::step() {
  std::vector<Move> moves;
  for (auto& [key, move] : best_by_class()) {
    if (move.objective > options_.error_budget) continue;
    moves.push_back(move);
    moves.back().saved = cost_ - published_cost(build_multiplier(changed(move)));
  }
  std::erase_if(moves, [](const Move& move) { return move.saved <= 0; });
  const auto cheaper = [&](const Move& p, const Move& q) {
    const bool p_free = p.objective < objective_, q_free = q.objective < objective_;
    return p_free != q_free ? p_free : price(p) < price(q);
  };
  std::stable_sort(moves.begin(), moves.end(), cheaper);
  for (const Move& move : moves)
    if (is_allowed(move)) {
      accept(move);
      return true;
    }
  return false;
}

}  // namespace tram
