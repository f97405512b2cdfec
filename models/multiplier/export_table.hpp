#pragma once
#include <string>

#include "models/multiplier/truth_table.hpp"

namespace tram {

/// LUT[a * 2^b_bits + b] by raw codes as int32, little-endian (.lut.i32).
std::string to_lut_i32(const TruthTable& table);

/// NumPy array int32 [2^a_bits][2^b_bits], indexed by raw codes.
std::string to_npy(const TruthTable& table);

/// C header with the table NAME_table[2^a_bits][2^b_bits] by raw codes, of the narrowest of uint16_t, int16_t, int32_t
/// that holds the products, and the function int32_t NAME(int32_t a, int32_t b) of the operands' values. NAME is
/// identifier(name) (export.hpp).
std::string to_c_header(const TruthTable& table, const std::string& name);

}  // namespace tram
