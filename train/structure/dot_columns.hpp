#pragma once
#include <cstdint>
#include <vector>

#include "models/multiplier/structure/structure.hpp"

namespace tram::train {

/// A change of one column: dots taken out and dots put in, each a mask of partial products, 0 for none.
struct DotMove {
  uint8_t column = 0;
  uint8_t taken[2] = {}, put[2] = {};

  uint8_t taken_mask() const { return taken[0] | taken[1]; }
  uint8_t put_mask() const { return put[0] | put[1]; }
  auto operator<=>(const DotMove&) const = default;
};

/// The dots of an unsigned multiplier of equally wide operands, and its products. A dot is a mask: bit i stands for the
/// partial product a[i] b[column - i], several bits for their OR.
class DotColumns {
 public:
  DotColumns() = default;  ///< to be assigned to
  /// Every partial product of the columns from `first` on, each a dot of its own.
  explicit DotColumns(int bits, int first = 0);

  const std::vector<int32_t>& products() const { return products_; }  ///< [(a << bits) | b]
  const std::vector<std::vector<uint8_t>>& columns() const { return columns_; }  ///< dots, rising

  /// Changes that make the hardware smaller: a dot less, a partial product less in an OR, and, where `joins`, two dots
  /// joined by an OR.
  std::vector<DotMove> reductions(bool joins) const;
  /// Changes that may make products better: a removed partial product as a dot of its own and, where `joins`, in the OR
  /// with a dot; one taken out of an OR into a dot of its own.
  std::vector<DotMove> restorations(bool joins) const;
  DotColumns after(const DotMove& move) const;

  MultiplierStructure structure(Accumulation accumulation) const;

 private:
  uint8_t partial_products(int column) const;

  int bits_ = 0;
  std::vector<std::vector<uint8_t>> columns_;
  std::vector<int32_t> products_;
};

}  // namespace tram::train
