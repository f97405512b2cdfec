#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>

#include "models/cells/mapping/multiplier_mapping.hpp"
#include "models/cells/netlist/mapped_netlist.hpp"
#include "models/multiplier/netlist.hpp"
#include "rtl/pe_contract.hpp"

namespace tram {

/// Which processing element of rtl/arrays/weight_stationary.
enum class PeKind {
  plain,  ///< tram_pe.sv: clocked always
  gated,  ///< tram_gated_pe.sv: each register where it works
  hidden  ///< tram_hidden_pe.sv: gated, and a second weight register, which loads while the first one works
};

/// The processing element of an array, mapped to the cells of a library.
struct PeDesign {
  int product_lsb = 0;     ///< low product bits that are constant 0: not stored, not added
  int psum_planes = 0;     ///< bits of the partial sum without those
  bool is_signed = false;  ///< partial sums are two's complement
  MappedNetlist netlist;   ///< of the PE; parts "multiplier", "adder" and "" (registers and their multiplexers)
  PeContract contract;     ///< what its ports do

  /// Value of a partial sum of psum_planes bits as a sum of products; its other bits are 0.
  int32_t sum(uint32_t psum) const {
    const uint32_t sign = is_signed ? 1U << (psum_planes - 1) : 0U;
    return static_cast<int32_t>(((psum ^ sign) - sign) << product_lsb);
  }
};

/// Maps the processing element with this multiplier of W x X operand and W + X product bits, W and X 2 to 8 each, to
/// the library (models/cells/mapping/technology_mapping.hpp), cached by content; its multiplier is map_multiplier's
/// with this script of ABC, cell by cell. The partial sum is wide enough for `rows` products; it is two's complement
/// where the multiplier is signed or of sign and magnitude.
/// `exchanged`: the port of the weight takes the activation and the other way round, for an array that holds
/// activations; the multiplier computes AxM(weight, activation) as before.
/// Throws InputError for other widths, rows outside 1..4096, and as map_to_library does.
PeDesign map_pe(const Netlist& multiplier, int rows, std::shared_ptr<const Library> library,
                AdderCells adders = AdderCells::library, const std::filesystem::path& cache_folder = {},
                const std::string& script = abc_scripts()[0].name, PeKind kind = PeKind::plain, bool exchanged = false);

}  // namespace tram
