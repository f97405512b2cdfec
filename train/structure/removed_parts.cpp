#include "train/structure/removed_parts.hpp"

#include <algorithm>

namespace tram::train {

RemovedParts::RemovedParts(const ErrorForm& form)
    : form_(&form), dots_(static_cast<size_t>(form.bits()) * form.bits(), alone), gradient_(form.parts().size(), 0.0) {}

std::vector<Change> RemovedParts::changes(int untouched, bool or_pairs) const {
  std::vector<Change> all;
  for (const auto& [first, second, column] : form_->parts()) {
    if (untouched >= 0 && (first == untouched || second == untouched)) continue;
    if (second < 0) {
      if (dots_[first] != removed) all.push_back({Change::Kind::remove, first, -1});
      continue;
    }
    const bool are_alone = dots_[first] == alone && dots_[second] == alone;
    if (are_alone || dots_[first] == second) all.push_back({Change::Kind::both, first, second});
    if (are_alone && or_pairs) all.push_back({Change::Kind::join, first, second});
  }
  return all;
}

int RemovedParts::pair_of(int dot, int other) const { return form_->pair(std::min(dot, other), std::max(dot, other)); }

/// What the change adds to the parts removed.
std::vector<RemovedParts::Delta> RemovedParts::deltas(const Change& change) const {
  const auto [kind, dot, other] = change;
  if (kind == Change::Kind::join) return {{pair_of(dot, other), 1}};
  if (kind == Change::Kind::remove && dots_[dot] < 0) return {{dot, 1}};
  if (kind == Change::Kind::remove) return {{dot, 1}, {pair_of(dot, dots_[dot]), -1}};
  if (dots_[dot] < 0) return {{dot, 1}, {other, 1}};
  return {{dot, 1}, {other, 1}, {pair_of(dot, other), -1}};
}

double RemovedParts::increase(const std::vector<Delta>& deltas) const {
  double sum = 0;
  for (const Delta& d : deltas) {
    sum += 2 * d.amount * gradient_[d.part];
    for (const Delta& e : deltas) sum += d.amount * form_->at(d.part, e.part) * e.amount;
  }
  return sum;
}

double RemovedParts::increase(const Change& change) const { return increase(deltas(change)); }

void RemovedParts::add(const std::vector<Delta>& deltas) {
  error_ += increase(deltas);
  for (const Delta& d : deltas)
    for (size_t q = 0; q < gradient_.size(); ++q) gradient_[q] += d.amount * form_->at(d.part, q);
}

RemovedParts RemovedParts::after(const Change& change) const {
  RemovedParts next = *this;
  next.add(deltas(change));
  const auto [kind, dot, other] = change;
  if (kind == Change::Kind::join) {
    next.dots_[dot] = other;
    next.dots_[other] = dot;
    return next;
  }
  if (kind == Change::Kind::remove && dots_[dot] >= 0) next.dots_[dots_[dot]] = alone;
  next.dots_[dot] = removed;
  if (kind == Change::Kind::both) next.dots_[other] = removed;
  return next;
}

std::optional<RemovedParts> RemovedParts::with(int dot) const {
  const int now = dots_[dot];
  if (now == alone || (now >= 0 && now < dot)) return std::nullopt;
  RemovedParts next = *this;
  next.dots_[dot] = alone;
  if (now == removed) {
    next.add({{dot, -1}});
  } else {
    next.dots_[now] = alone;
    next.add({{pair_of(dot, now), -1}});
  }
  return next;
}

MultiplierStructure RemovedParts::structure(Accumulation accumulation) const {
  const int bits = form_->bits();
  MultiplierStructure s = exact_structure(bits, bits, false, accumulation);
  for (int dot = 0; dot < static_cast<int>(dots_.size()); ++dot) {
    if (dots_[dot] == removed) s.partial_products[dot] = NetState::zero;
    if (dots_[dot] > dot) s.or_groups.push_back({dot / bits + dot % bits, {dot / bits, dots_[dot] / bits}});
  }
  reset_adders(s);
  return s;
}

}  // namespace tram::train
