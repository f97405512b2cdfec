#pragma once
#include <cstdint>
#include <vector>

#include "models/multiplier/structure/reduction_tree.hpp"

namespace tram {

/// The values of a structure's nets for all operand pairs as bit planes, kept current while adder outputs become
/// constants: only what depends on the change is evaluated again.
class TreePlanes {
 public:
  explicit TreePlanes(const MultiplierStructure& structure);

  const ReductionTree& tree() const { return tree_; }
  const std::vector<AdderState>& adders() const { return states_; }
  size_t words() const { return words_; }

  /// Gives an adder this state. What the nets were before can be had back by revert(), until the next set().
  void set(int adder, AdderState state);
  void revert();

  /// Words in which a product bit changed by the last set().
  std::vector<size_t> changed_words() const;
  /// Values of the 64 pairs of a word.
  void products(size_t word, int32_t values[64]) const;

 private:
  struct Saved {
    int signal;
    std::vector<uint64_t> planes;
  };

  uint64_t* plane(int signal) { return planes_.data() + signal * words_; }
  const uint64_t* plane(int signal) const { return planes_.data() + signal * words_; }
  void set_dot(int dot, const MultiplierStructure& structure);
  void evaluate(int adder, uint64_t* sum, uint64_t* carry) const;
  void update(int signal, const std::vector<uint64_t>& value);

  ReductionTree tree_;
  std::vector<AdderState> states_;
  bool is_signed_;
  size_t words_;
  std::vector<uint64_t> planes_;  ///< [signal][word]
  std::vector<uint64_t> new_sum_, new_carry_;
  std::vector<bool> changed_;  ///< by signal, by the last set()
  std::vector<Saved> saved_;
  std::pair<int, AdderState> saved_state_;
};

/// The weighted error of a mapping's current structure to a reference, and of changes tried on it.
class MappingError {
 public:
  /// weights sum to 1; both by pair.
  MappingError(const TreePlanes& planes, std::vector<double> weights, std::vector<double> reference);

  struct Sums {
    double squares = 0;  ///< sum of weight * (product - reference)^2
    double errors = 0;   ///< sum of weight * (product - reference)
  };

  const Sums& current() const { return current_; }
  /// Sums of the changed structure, after planes.set().
  Sums tried() const;
  /// Takes the changed structure as the current one.
  void accept();

 private:
  Sums of_word(size_t word) const;
  Sums total(const std::vector<Sums>& by_word) const;

  const TreePlanes& planes_;
  std::vector<double> weights_, reference_;
  std::vector<Sums> by_word_;
  Sums current_;
};

}  // namespace tram
