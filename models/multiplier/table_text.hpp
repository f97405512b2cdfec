#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace tram {

/// Numbers of a table text: either the products in order, or the rows of a pair list.
struct TableText {
  struct Row {
    int64_t a, b, product;
    long line;
  };

  std::vector<int32_t> products;
  std::vector<Row> rows;  ///< below the header a,b,product
  bool has_rows = false;
  bool says_signed = false;  ///< C text with `..._IS_SIGNED 1`, or rows with negative operands
};

/// Limit of the numbers of a table: 2^16.
inline constexpr size_t max_products = 65536;

/// Numbers apart by spaces, commas, semicolons, line breaks; # begins a comment. Decimal or 0x hexadecimal, also
/// floating-point notation of whole numbers. Rows of three follow a line a,b,product, or, as TRAM's tables are published,
/// any lines (statistics, warnings of its simulator) that end with the line "LUT for approximate multiplier:". Throws
/// InputError(file, line, ...).
TableText parse_number_text(const std::string& text, const std::string& file);

/// C text with its comments and preprocessor lines as spaces; line breaks stay.
std::string without_c_comments(std::string text);

/// Whether C text has an array with an initialiser.
bool has_c_array(const std::string& text);

/// The numbers within the first `= { ... }` of C text, without its comments and preprocessor lines. Throws
/// InputError(file, line, ...).
TableText parse_c_table(const std::string& text, const std::string& file);

}  // namespace tram
