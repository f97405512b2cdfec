#pragma once
#include <filesystem>
#include <memory>

#include "models/multiplier/netlist.hpp"
#include "models/power/mapped_netlist.hpp"

namespace tram {

/// The processing element of an array, mapped to the cells of a library.
struct PeDesign {
  int product_lsb = 0;   ///< low product bits that are constant 0: not stored, not added
  int psum_planes = 0;   ///< bits of the partial sum without those
  MappedNetlist netlist; ///< of tram_pe; parts "multiplier", "adder" and "" (registers and their multiplexers)
};

/// Maps rtl/tram_pe.sv with this 8 x 8 multiplier to the library (models/power/technology_mapping.hpp), cached by
/// content; the partial sum is wide enough for `rows` products. Throws InputError for other operand widths, rows
/// outside 1..4096, and as map_to_library does.
PeDesign map_pe(const Netlist& multiplier, int rows, std::shared_ptr<const Library> library,
                const std::filesystem::path& cache_folder = {});

}  // namespace tram
