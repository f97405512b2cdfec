#pragma once
#include <functional>
#include <string>
#include <vector>

#include "models/multiplier/families/families.hpp"
#include "models/multiplier/structure/structure.hpp"

namespace tram {

using Nets = std::vector<Net>;  ///< a number's bits, lowest first

Nets operand_a(const NetlistBuilder& builder, int bits);
Nets operand_b(const NetlistBuilder& builder, int bits);

/// The structure of that name with the partial products (i, j) removed for which `removed` is true.
MultiplierStructure without_partial_products(const std::string& name, int a_bits, int b_bits, bool is_signed,
                                             Accumulation accumulation,
                                             const std::function<bool(int i, int j)>& removed);

/// The member whose netlist is that of its structure.
FamilyMember structure_member(const std::string& name,
                              const std::function<MultiplierStructure(int a_bits, int b_bits)>& structure);

/// when_one where select is 1, else when_zero.
Net mux(NetlistBuilder& builder, Net select, Net when_one, Net when_zero);

/// Bit i is 1 for the highest i with x[i] = 1; none for x = 0.
Nets leading_one(NetlistBuilder& builder, const Nets& x);

/// The index of the one bit that is 1, in binary; 0 when none is.
Nets encode(NetlistBuilder& builder, const Nets& one_hot);

/// x + y with ripple carry; one bit more than the longer.
Nets add(NetlistBuilder& builder, Nets x, Nets y);

/// x * 2^amount, the lowest `width` bits (a barrel shifter).
Nets shift_left(NetlistBuilder& builder, const Nets& x, const Nets& amount, int width);

/// The exact product of x and y in a Dadda tree, x.size() + y.size() bits.
Nets multiply(NetlistBuilder& builder, const Nets& x, const Nets& y);

}  // namespace tram
