#pragma once
#include <array>
#include <memory>
#include <optional>

#include "models/cells/mapping/multiplier_mapping.hpp"
#include "models/cells/netlist/adder_cells.hpp"
#include "models/cells/netlist/mapped_netlist.hpp"
#include "models/multiplier/netlist.hpp"

namespace tram {

/// The smallest cell of a function of two inputs that is symmetric in them; a null pointer where there is none.
struct TwoInputCell {
  const LibertyCell* cell = nullptr;
  int output = 0;  ///< pin; the inputs are cell->input_pins
};

/// Cells that a multiplier is mapped to.
struct GateCells {
  TwoInputCell and2, nand2, or2, nor2, xor2, xnor2;
  const LibertyCell* inverter = nullptr;
  std::optional<AdderCell> half_adder, full_adder;
};

/// Maps a multiplier's netlist to cells gate by gate, without a synthesis tool, in well under a millisecond: for the
/// thousands of candidates of a mapping. Adders become adder cells where the library has them (and `adders` wants
/// them), else two exclusive ors and a carry of three NANDs; a gate is the smallest cell of its function. A net is made
/// in the polarity that its readers take (a full adder of inverted inputs gives inverted outputs); inverters supply the
/// other. Ports as those of map_multiplier. May be used from several threads.
class DirectMapper {
 public:
  /// Throws InputError when the library lacks an inverter, or cells for AND, OR or XOR of two nets or their inverse.
  DirectMapper(std::shared_ptr<const Library> library, AdderCells adders);

  MappedNetlist map(const Netlist& netlist) const;

 private:
  std::shared_ptr<const Library> library_;
  GateCells cells_;
};

}  // namespace tram
