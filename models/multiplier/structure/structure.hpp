#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "models/multiplier/netlist.hpp"
#include "models/options/named_values.hpp"

namespace tram {

/// Accumulation of the partial products (reduction_tree.hpp).
enum class Accumulation : uint8_t { array, wallace, dadda };

std::span<const NamedValue<Accumulation>> names_of(Accumulation);

/// Dots over which the tree is formed. full: all partial products; removed ones are constants in it, so the adders keep
/// their numbers whatever is removed (for gradient training and the published mapping). remaining: the dots that are
/// left, which is the better hardware.
enum class TreeForm : uint8_t { full, remaining };

/// A partial product or adder output as it is, or a constant in its place.
enum class NetState : uint8_t { keep, zero, one };

struct AdderState {
  NetState sum = NetState::keep;
  NetState carry = NetState::keep;
  bool operator==(const AdderState&) const = default;
};

/// Partial products of one column that an OR joins to one dot: those of the bits `rows` of operand a, two or more in
/// rising order. (A pair costs one OR2 and is wrong by 2^column where both are 1.)
struct OrGroup {
  int column = 0;
  std::vector<int> rows;
  bool operator==(const OrGroup&) const = default;
};

/// An approximate multiplier as an exact one with parts removed. Everything else (netlist, table, RTL, area, energy)
/// follows from it. Operand a is the weight, b the activation; the product has a_bits + b_bits bits.
///
/// Partial product (i, j) is a[i] AND b[j], a dot of column i + j; of a signed multiplier (two's complement, modified
/// Baugh-Wooley: Baugh and Wooley 1973, Hatamian and Cash 1986) those with exactly one sign bit are inverted, and
/// 2^(a_bits-1) + 2^(b_bits-1) + 2^(a_bits+b_bits-1) is added.
struct MultiplierStructure {
  std::string name = "structure";
  int a_bits = 8;  ///< 2 to 16
  int b_bits = 8;  ///< 2 to 16
  bool is_signed = false;
  Accumulation accumulation = Accumulation::dadda;
  TreeForm tree = TreeForm::remaining;
  std::vector<NetState> partial_products;  ///< [i * b_bits + j], of the dot as it enters the tree (after inversion)
  std::vector<OrGroup> or_groups;          ///< a partial product stands in at most one
  std::vector<AdderState> adders;          ///< by number (reduction_tree.hpp): order of construction
  int32_t compensation = 0;                ///< added to the product modulo 2^(a_bits + b_bits); |.| below that

  NetState& partial_product(int i, int j) { return partial_products[i * b_bits + j]; }
  NetState partial_product(int i, int j) const { return partial_products[i * b_bits + j]; }
  bool operator==(const MultiplierStructure&) const = default;
};

/// The structure with everything kept. Throws InputError for widths outside 4 to 16.
MultiplierStructure exact_structure(int a_bits = 8, int b_bits = 8, bool is_signed = false,
                                    Accumulation accumulation = Accumulation::dadda,
                                    TreeForm tree = TreeForm::remaining);

/// Sets all adders to keep, as many as the tree has now: needed after a change of dots (tree `remaining`), OR groups,
/// compensation, widths or accumulation.
void reset_adders(MultiplierStructure& structure);

/// Whether the name is 1 to 100 letters, digits, _, -, . or +: it names modules and models in what is exported.
bool is_structure_name(const std::string& name);

/// Throws InputError(where, ...) unless every field is in its range and the vectors have the sizes that belong to them.
void check_structure(const MultiplierStructure& structure, const std::string& where);

/// The netlist, with constants propagated and what drives nothing removed. Throws as check_structure does.
Netlist build_multiplier(const MultiplierStructure& structure);

/// The JSON text (README.md of this folder has the schema). parse_structure(to_json(s), f) == s.
std::string to_json(const MultiplierStructure& structure);

/// Reads that text; adders not named are kept. Throws InputError(file, line, ...) for bad syntax, unknown, missing or
/// repeated fields and values out of range.
MultiplierStructure parse_structure(const std::string& text, const std::string& file);

/// Whether the name ends as that of a structure file does: .axm.json.
bool is_structure_file(const std::filesystem::path& path);

/// parse_structure of a file; a structure without a name gets that of its file.
MultiplierStructure read_structure(const std::filesystem::path& path);

}  // namespace tram
