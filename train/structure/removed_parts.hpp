#pragma once
#include <compare>
#include <optional>
#include <vector>

#include "models/multiplier/structure/structure.hpp"
#include "train/structure/error_form.hpp"

namespace tram::train {

/// A change of one or two partial products of a column, by index.
struct Change {
  enum class Kind : uint8_t {
    remove,  ///< one; joined to another, this other stays alone
    both,    ///< two, joined to each other or each alone: an adder less, where one only makes a full adder a half adder
    join     ///< two that are alone become their OR
  };
  Kind kind = Kind::remove;
  int dot = 0, other = -1;
  auto operator<=>(const Change&) const = default;
};

/// An exact multiplier from which parts are removed, with its error by an ErrorForm, to which it refers.
class RemovedParts {
 public:
  static constexpr int alone = -1, removed = -2;

  explicit RemovedParts(const ErrorForm& form);

  /// What has become of each partial product: alone, removed, or the index of that which it is joined to.
  const std::vector<int>& dots() const { return dots_; }
  /// r' C r.
  double error() const { return error_; }

  /// All changes that do not touch this partial product (-1: all).
  std::vector<Change> changes(int untouched, bool or_pairs) const;
  /// What the change adds to the error.
  double increase(const Change& change) const;
  RemovedParts after(const Change& change) const;
  /// With a partial product as it was at first; nothing when it is so. (Of a joined pair: the first of them.)
  std::optional<RemovedParts> with(int dot) const;

  /// Tree `remaining`, without compensation.
  MultiplierStructure structure(Accumulation accumulation) const;

 private:
  struct Delta { int part; double amount; };

  std::vector<Delta> deltas(const Change& change) const;
  double increase(const std::vector<Delta>& deltas) const;
  void add(const std::vector<Delta>& deltas);
  int pair_of(int dot, int other) const;

  const ErrorForm* form_;
  std::vector<int> dots_;
  std::vector<double> gradient_;  ///< C r
  double error_ = 0;
};

}  // namespace tram::train
