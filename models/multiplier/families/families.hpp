#pragma once
#include <functional>
#include <string>
#include <vector>

#include "models/multiplier/netlist.hpp"
#include "models/multiplier/structure/structure.hpp"

namespace tram {

/// A multiplier of a family at any operand widths; throws InputError for widths (or parameters at that width) that the
/// family does not have.
struct FamilyMember {
  std::string name;  ///< at 8 x 8 bits
  std::function<Netlist(int a_bits, int b_bits)> build;
  std::function<MultiplierStructure(int a_bits, int b_bits)> structure = {};  ///< the same; empty where there is none
};

struct MultiplierFamily {
  std::string pattern;  ///< of its names, such as drum<k>, k = 3..7
  std::string summary;
  std::string source;  ///< publication
  std::vector<FamilyMember> members;
};

// One file each; it says how the multiplier is made and where that is published.
MultiplierFamily exact_unsigned_family();
MultiplierFamily exact_signed_family();
MultiplierFamily booth_family();
MultiplierFamily truncation_family();
MultiplierFamily signed_truncation_family();
MultiplierFamily broken_array_family();
MultiplierFamily perforation_family();
MultiplierFamily or_column_family();
MultiplierFamily or_pair_family();
MultiplierFamily drum_family();
MultiplierFamily mitchell_family();
MultiplierFamily momeni_family();
MultiplierFamily kulkarni_family();

}  // namespace tram
