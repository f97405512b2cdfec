#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>

#include "models/cells/mapping/multiplier_mapping.hpp"
#include "models/cells/netlist/mapped_netlist.hpp"
#include "models/multiplier/netlist.hpp"
#include "rtl/pe_contract.hpp"
#include "rtl/pe_source.hpp"

namespace tram {

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

struct PeOptions {
  AdderCells adders = AdderCells::library;
  std::filesystem::path cache_folder = {};     ///< empty: default_cache_folder()
  std::string script = abc_scripts()[0].name;  ///< of ABC, for the multiplier
  PeSource source = built_in_pe(PeKind::plain);
  /// The port of the weight takes the activation and the other way round, for an array that holds activations; the
  /// multiplier computes AxM(weight, activation) as before.
  bool exchanged = false;
};

/// Maps a processing element with this multiplier of W x X operand and W + X product bits, W and X 2 to 8 each, to
/// the library (models/cells/mapping/technology_mapping.hpp), cached by content; its multiplier is map_multiplier's,
/// cell by cell. The partial sum is wide enough for `rows` products; it is two's complement where the multiplier is
/// signed or of sign and magnitude. Of a source's top module those parameters are set that it declares: WEIGHT_BITS,
/// ACTIVATION_BITS, PRODUCT_BITS, PRODUCT_LSB, PSUM_BITS, PRODUCT_SIGNED, PRODUCT_SIGN_MAGNITUDE.
/// Throws InputError for other widths, rows outside 1..4096, a PE whose ports have other widths than these operands or
/// that has no instance `multiplier`, and as pe_contract and map_to_library do.
PeDesign map_pe(const Netlist& multiplier, int rows, std::shared_ptr<const Library> library,
                const PeOptions& options = {});

/// What the contract makes of a PE.
PeKind kind_of(const PeContract& contract);

}  // namespace tram
