#pragma once
#include <optional>
#include <string>

namespace tram {

/// Options for what a multiplier file does not say itself.
struct MultiplierFileOptions {
  /// Operands and product in two's complement. Not set: as the file declares (Verilog whose inputs are all signed, what
  /// to_blif, to_verilog and to_c_header write), else as its products are nearer to a b, with a note (sign_reading.hpp).
  std::optional<bool> is_signed = std::nullopt;
  bool swap_operands = false;  ///< the file's first operand is b, its second a

  // Options of table files and C models:
  int a_bits = 0;  ///< of the first operand of the file; 0: from the file
  int b_bits = 0;  ///< of the second

  std::string function;  ///< of C models: its name; empty: that of the file, or the only one

  // Options of table files only:
  bool offset_codes = false;      ///< rows and columns in the order of signed values: row i is operand i - 2^(bits - 1)
  bool wrapped_products = false;  ///< products are stored modulo 2^(a_bits + b_bits), as in int16_t where they are
                                  ///< unsigned or in uint16_t where they are signed
};

}  // namespace tram
