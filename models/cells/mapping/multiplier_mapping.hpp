#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "models/cells/mapping/technology_mapping.hpp"
#include "models/cells/netlist/mapped_netlist.hpp"
#include "models/multiplier/netlist.hpp"
#include "models/options/named_values.hpp"

namespace tram {

/// Implementation of the half and full adders of a multiplier's netlist.
enum class AdderCells : uint8_t {
  library,  ///< adder cells of the library where it has them, found by the Boolean functions of their outputs
  gates     ///< gates, whatever ABC makes of them
};

std::span<const NamedValue<AdderCells>> names_of(AdderCells);

/// Implementation of this netlist's half and full adders in words: "adder cells FAX1, HAX1" or "gates", with the reason
/// where the library was asked for adder cells and has none, or the netlist has no adders.
std::string adders_text(const Netlist& netlist, const Library& library, AdderCells adders);

struct MultiplierMappingOptions {
  AdderCells adders = AdderCells::library;
  std::string script = abc_scripts()[0].name;  ///< of ABC
  std::optional<double> delay_target;          ///< s, to ABC
  std::filesystem::path cache_folder;          ///< empty: default_cache_folder()
  bool use_cache = true;
};

/// A multiplier in cells of the library, flat, with the ports a_i, b_i (least significant bit first) and product_o.
/// The critical path, area and leakage follow from it (static_timing, MappedNetlist::area, PowerModel).
/// Throws as map_to_library does.
MappedNetlist map_multiplier(const Netlist& netlist, std::shared_ptr<const Library> library,
                             const MultiplierMappingOptions& options = {});

}  // namespace tram
