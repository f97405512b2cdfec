#include "models/multiplier/structure/mapping.hpp"
#include "models/multiplier/structure/tree_planes.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

/// Errors nearer to each other than this share are equal: equal ones often come up, rounded differently.
constexpr double rounding = 1e-12;

/// The greedy of phase 2 on the full tree.
class PublishedGreedy {
 public:
  PublishedGreedy(MultiplierStructure structure, std::span<const double> theta, std::vector<double> reference)
      : structure_(std::move(structure)), theta_(theta), planes_(structure_),
        error_(planes_, std::vector<double>(64 * planes_.words(), 1.0 / (64.0 * static_cast<double>(planes_.words()))),
               std::move(reference)) {}

  PublishedMapping map() {
    const int columns = structure_.a_bits + structure_.b_bits;
    for (int c = 0; c < columns; ++c) {
      const bool remove = c < static_cast<int>(theta_.size()) && theta_[c] == 1;
      for (const auto output : {&AdderState::sum, &AdderState::carry})
        for (size_t k = 0; k < structure_.adders.size(); ++k)
          if (planes_.tree().adders[k].column == c && !remove) try_zero(static_cast<int>(k), output);
    }
    structure_.adders = planes_.adders();
    return {structure_, error_.current().squares, tried_, accepted_};
  }

 private:
  void try_zero(int adder, NetState AdderState::*output) {
    ++tried_;
    AdderState state = planes_.adders()[adder];
    state.*output = NetState::zero;
    planes_.set(adder, state);
    if (error_.tried().squares < error_.current().squares * (1 - rounding)) {
      error_.accept();
      ++accepted_;
    } else {
      planes_.revert();
    }
  }

  MultiplierStructure structure_;
  std::span<const double> theta_;
  TreePlanes planes_;
  MappingError error_;
  int tried_ = 0, accepted_ = 0;
};

}  // namespace

std::vector<double> reference_product(std::span<const double> theta, int a_bits, int b_bits) {
  if (theta.size() > static_cast<size_t>(a_bits + b_bits - 1))
    throw InputError("theta",
                     fmt::format("{} column parameters; at most {} are expected", theta.size(), a_bits + b_bits - 1));
  for (const double t : theta)
    if (!(t >= 0 && t <= 1)) throw InputError("theta", fmt::format("{}; 0 to 1 is expected", t));
  std::vector<double> reference;
  for (int a = 0; a < 1 << a_bits; ++a)
    for (int b = 0; b < 1 << b_bits; ++b) {
      double y = a * b;
      for (int c = 0; c < static_cast<int>(theta.size()); ++c) {
        int column_sum = 0;
        for (int i = 0; i < a_bits; ++i)
          if (c - i >= 0 && c - i < b_bits) column_sum += (a >> i) & (b >> (c - i)) & 1;
        y -= theta[c] * (1 << c) * column_sum;
      }
      reference.push_back(y);
    }
  return reference;
}

PublishedMapping map_published(std::span<const double> theta, const PublishedMappingOptions& options) {
  MultiplierStructure structure =
      exact_structure(options.a_bits, options.b_bits, false, options.accumulation, TreeForm::full);
  std::vector<double> reference = reference_product(theta, options.a_bits, options.b_bits);
  structure.partial_product(0, 0) = NetState::zero;
  const ReductionTree tree = reduction_tree(structure);
  for (size_t k = 0; k < tree.adders.size(); ++k) {
    const size_t column = tree.adders[k].column;
    if (column < theta.size() && theta[column] == 1) structure.adders[k] = {NetState::zero, NetState::zero};
  }
  return PublishedGreedy(std::move(structure), theta, std::move(reference)).map();
}

}  // namespace tram
