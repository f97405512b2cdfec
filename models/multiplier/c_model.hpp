#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "models/multiplier/file_options.hpp"
#include "models/multiplier/product_codes.hpp"

namespace tram {

/// A function of two integers that a C text defines.
struct CFunction {
  struct Type {
    std::string text;  ///< as written, such as "const uint64_t"
    bool is_signed = false;
    bool has_width = false;  ///< intN_t or uintN_t: its width means something
    int bits = 0;
  };
  std::string name;
  Type result, first, second;
  std::string first_name, second_name;
};

/// The functions that a C text defines whose two parameters and result are integers of the language or of stdint.h.
std::vector<CFunction> c_functions(const std::string& text);

/// Whether the file is a C model: its name ends in .c and it defines a function of two integers; where it holds an array
/// with values too, one of the file's name.
bool is_c_model_file(const std::filesystem::path& path);

/// A multiplier that a C function computes, as EvoApproxLib publishes them.
struct CModel {
  CFunction function;
  ProductCodes products;
  bool is_signed = false;
  std::vector<std::string> notes;  ///< as MultiplierFile's

  /// Table of all products, for operands up to 8 bits; InputError for wider ones.
  TruthTable table() const;
};

/// Compiles the function with the system's C compiler (cc) and runs it, both in child processes in a temporary folder
/// under tool_limits() (models/support/process.hpp). The file's code is executed: it can do what its user can.
/// The function is options.function, else that of the file's name, else the only one. Its first parameter is a, the
/// weight, its second b. Operand widths are the options', else those of a name such as mul8u_X or mul8x7u_X, else those
/// of uintN_t and intN_t; up to 16 each. Parameters of type intN_t declare it signed.
/// Throws InputError naming the file for text that does not compile (with the compiler's first error and its line),
/// functions or widths that are not clear, products outside a_bits + b_bits bits; LimitError at a limit.
CModel read_c_model(const std::filesystem::path& path, const MultiplierFileOptions& options = {},
                    const PairSample& sample = {});

}  // namespace tram
