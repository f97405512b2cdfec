#pragma once
#include <optional>
#include <vector>

#include "models/cells/liberty/liberty.hpp"

namespace tram {

/// A cell that adds bits: one output is the exclusive or of its inputs or the inverse of that, the other the carry
/// (the conjunction of two, the majority of three) or its inverse; both functions are symmetric in the inputs.
struct AdderCell {
  const LibertyCell* cell = nullptr;
  std::vector<int> inputs;  ///< pins
  int sum = 0, carry = 0;   ///< pins
  bool inverts_sum = false;
  bool inverts_carry = false;
};

/// The smallest half (2 inputs) or full adder (3 inputs) of a library, found by its functions whatever the names of
/// cell and pins; dont_use cells are left out. Nothing when there is none.
std::optional<AdderCell> find_adder_cell(const Library& library, int inputs);

/// Whether there is a half or a full adder.
bool has_adder_cells(const Library& library);

}  // namespace tram
