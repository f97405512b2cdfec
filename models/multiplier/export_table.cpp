#include "models/multiplier/export_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/multiplier/export_netlist.hpp"
#include "models/support/npy.hpp"

namespace tram {
namespace {

const char* narrowest_type(const TruthTable& table) {
  const auto [least, most] = std::minmax_element(table.values.begin(), table.values.end());
  if (*least >= 0 && *most <= UINT16_MAX) return "uint16_t";
  return *least >= INT16_MIN && *most <= INT16_MAX ? "int16_t" : "int32_t";
}

std::string operand_range(int bits, bool is_signed) {
  return is_signed ? fmt::format("{} .. {}", -(1 << (bits - 1)), (1 << (bits - 1)) - 1)
                   : fmt::format("0 .. {}", (1 << bits) - 1);
}

}  // namespace

std::string to_lut_i32(const TruthTable& table) {
  std::string bytes;
  bytes.reserve(4 * table.values.size());
  for (const int32_t value : table.values)
    for (int i = 0; i < 4; ++i) bytes += static_cast<char>(static_cast<uint32_t>(value) >> (8 * i) & 255);
  return bytes;
}

std::string to_npy(const TruthTable& table) {
  return to_npy(table.values, {int64_t{1} << table.a_bits, int64_t{1} << table.b_bits});
}

std::string to_c_header(const TruthTable& table, const std::string& name) {
  const std::string id = identifier(name);
  std::string text = fmt::format(
      "/* Multiplier {0}: {1} x {2} bits, {3}.\n"
      " * {0}_table[a][b] is the product of the raw codes a (weight) and b (activation){4}.\n"
      " * Usage: int32_t product = {0}(a, b);  with a in {5} and b in {6}\n */\n"
      "#ifndef {0}_H\n#define {0}_H\n\n#include <stdint.h>\n\n#define {0}_IS_SIGNED {7}\n\n",
      id, table.a_bits, table.b_bits, table.is_signed ? "signed" : "unsigned",
      table.is_signed ? ", two's complement" : "", operand_range(table.a_bits, table.is_signed),
      operand_range(table.b_bits, table.is_signed), table.is_signed ? 1 : 0);
  text += fmt::format("static const {} {}_table[{}][{}] = {{\n", narrowest_type(table), id, 1 << table.a_bits,
                      1 << table.b_bits);
  for (uint32_t a = 0; a < 1u << table.a_bits; ++a) {
    text += "  {";
    for (uint32_t b = 0; b < 1u << table.b_bits; ++b) {
      if (b && b % 16 == 0) text += "\n   ";
      text += fmt::format("{}{}", table.at(a, b), b + 1 < 1u << table.b_bits ? ", " : "");
    }
    text += "},\n";
  }
  return text + fmt::format(
                    "}};\n\nstatic inline int32_t {0}(int32_t a, int32_t b) {{\n"
                    "  return {0}_table[(uint32_t)a & {1}u][(uint32_t)b & {2}u];\n}}\n\n#endif\n",
                    id, (1 << table.a_bits) - 1, (1 << table.b_bits) - 1);
}

}  // namespace tram
