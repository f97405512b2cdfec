#include "models/multiplier/table_file.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <string_view>
#include <utility>

#include "models/multiplier/sign_reading.hpp"
#include "models/multiplier/table_text.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/npy.hpp"

namespace tram {
namespace {

struct Widths {
  int a, b;
};

void check_widths(const Widths& widths, const std::string& file) {
  if (std::min(widths.a, widths.b) < 1 || std::max(widths.a, widths.b) > 8)
    throw InputError(file, fmt::format("operands of {} and {} bits; 1 to 8 are expected", widths.a, widths.b));
}

/// Operand widths for so many products, from the options or as a square table.
Widths widths_for(size_t products, const MultiplierFileOptions& options, const std::string& file) {
  if (options.a_bits || options.b_bits) {
    const Widths widths{options.a_bits, options.b_bits};
    check_widths(widths, file);
    if (products != size_t{1} << (widths.a + widths.b))
      throw InputError(file, fmt::format("{} products; {} are expected for operands of {} and {} bits", products,
                                         1 << (widths.a + widths.b), widths.a, widths.b));
    return widths;
  }
  const int bits = std::countr_zero(products) / 2;
  if (products < 4 || products > max_products || products != size_t{1} << 2 * bits)
    throw InputError(file, fmt::format("{} products; 2^(2 bits) for operands of up to 8 bits are expected", products));
  return {bits, bits};
}

template <class T>
std::vector<int32_t> raw_numbers(const std::string& content, const std::string& file) {
  if (content.size() % sizeof(T) || content.size() / sizeof(T) > max_products)
    throw InputError(file, fmt::format("{} bytes; up to {} numbers of {} bytes are expected", content.size(),
                                       max_products, sizeof(T)));
  std::vector<int32_t> numbers;
  numbers.reserve(content.size() / sizeof(T));
  for (size_t i = 0; i < content.size(); i += sizeof(T)) {
    T number;
    std::memcpy(&number, content.data() + i, sizeof(T));
    if (std::cmp_greater(number, INT32_MAX))
      throw InputError(
          file, fmt::format("the product {} at index {}; products below 2^31 are expected", number, i / sizeof(T)));
    numbers.push_back(static_cast<int32_t>(number));
  }
  return numbers;
}

/// A .bin of 2^(2 bits) numbers: of 2 bytes when its length is an odd power of two, of 4 when an even one.
std::vector<int32_t> bin_numbers(const std::string& content, const MultiplierFileOptions& options,
                                 const std::string& file) {
  const size_t count = options.a_bits > 0 && options.b_bits > 0 && options.a_bits + options.b_bits <= 16
                           ? size_t{1} << (options.a_bits + options.b_bits)
                           : 0;
  const bool two_bytes = count ? content.size() == 2 * count : std::countr_zero(content.size()) % 2 == 1;
  if (!two_bytes) return raw_numbers<int32_t>(content, file);
  return options.is_signed.value_or(false) ? raw_numbers<int16_t>(content, file) : raw_numbers<uint16_t>(content, file);
}

TruthTable table_of(std::vector<int32_t> products, const Widths& widths) {
  return {widths.a, widths.b, false, std::move(products)};
}

TruthTable npy_table(const std::string& content, const std::string& file, const MultiplierFileOptions& options) {
  const NpyArray array = parse_npy(content, file);
  std::vector<int32_t> products;
  const int64_t count = array.size();
  if (count > static_cast<int64_t>(max_products) || array.shape.empty() || array.shape.size() > 2)
    throw InputError(file, fmt::format("{} numbers in {} dimensions; up to {} in one or two are expected", count,
                                       array.shape.size(), max_products));
  for (const double value : array.values()) {
    if (!(value == std::floor(value) && value >= INT32_MIN && value <= INT32_MAX))
      throw InputError(file, fmt::format("the product {}; whole numbers of 32 bits are expected", value));
    products.push_back(static_cast<int32_t>(value));
  }
  if (array.shape.size() == 1) return table_of(products, widths_for(products.size(), options, file));
  for (const int64_t extent : array.shape)
    if (extent < 2 || extent > 256 || !std::has_single_bit(static_cast<uint64_t>(extent)))
      throw InputError(file, fmt::format("an extent of {}; a power of two from 2 to 256 is expected", extent));
  MultiplierFileOptions shaped = options;
  if (!shaped.a_bits && !shaped.b_bits) {
    shaped.a_bits = std::countr_zero(static_cast<uint64_t>(array.shape[0]));
    shaped.b_bits = std::countr_zero(static_cast<uint64_t>(array.shape[1]));
  }
  const Widths widths = widths_for(products.size(), shaped, file);
  if (array.shape[0] != 1 << widths.a)
    throw InputError(file, fmt::format("{} rows; {} are expected", array.shape[0], 1 << widths.a));
  return table_of(std::move(products), widths);
}

/// Table from rows a,b,product: raw codes, or values of signed operands (-n is the code 2^bits - n).
TruthTable pair_table(const TableText& text, const std::string& file, const MultiplierFileOptions& options) {
  const Widths widths = widths_for(text.rows.size(), options, file);
  std::vector<int32_t> products(text.rows.size());
  std::vector<bool> known(text.rows.size(), false);
  const auto code = [&](int64_t value, int bits, long line) {
    if (value < -(1 << (bits - 1)) || value >= 1 << bits)
      throw InputError(file, line, fmt::format("operand {}; {} bits are expected", value, bits));
    return static_cast<size_t>(value & ((1 << bits) - 1));
  };
  for (const TableText::Row& row : text.rows) {
    const size_t index = code(row.a, widths.a, row.line) << widths.b | code(row.b, widths.b, row.line);
    if (known[index])
      throw InputError(file, row.line,
                       fmt::format("the pair {},{} stands there twice; once is expected", row.a, row.b));
    known[index] = true;
    products[index] = static_cast<int32_t>(row.product);
  }
  return table_of(std::move(products), widths);
}

TruthTable text_table(const TableText& text, const std::string& file, const MultiplierFileOptions& options) {
  TruthTable table = text.has_rows ? pair_table(text, file, options)
                                   : table_of(text.products, widths_for(text.products.size(), options, file));
  table.is_signed = text.says_signed;
  return table;
}

/// Rows and columns in the order of values (row i is i - 2^(bits - 1)) to the order of codes.
TruthTable from_offset_codes(const TruthTable& table) {
  TruthTable by_code = table;
  const uint32_t a_half = 1u << (table.a_bits - 1), b_half = 1u << (table.b_bits - 1);
  for (uint32_t a = 0; a < 2 * a_half; ++a)
    for (uint32_t b = 0; b < 2 * b_half; ++b) by_code.values[a << table.b_bits | b] = table.at(a ^ a_half, b ^ b_half);
  return by_code;
}

/// Products modulo 2^(a_bits + b_bits) to values.
void unwrap_products(TruthTable& table, const std::string& file) {
  const int bits = table.a_bits + table.b_bits;
  const int32_t modulus = 1 << bits, half = modulus / 2;
  for (int32_t& value : table.values) {
    if (value < -half || value >= modulus)
      throw InputError(file, fmt::format("the product {}; a number of {} bits is expected for products that are stored "
                                         "modulo 2^{}",
                                         value, bits, bits));
    value &= modulus - 1;
    if (table.is_signed && value >= half) value -= modulus;
  }
}

TruthTable parse_by_name(const std::string& content, const std::string& file, const MultiplierFileOptions& options) {
  const std::string name = std::filesystem::path(file).extension().string();
  const auto raw = [&](std::vector<int32_t> products) {
    const Widths widths = widths_for(products.size(), options, file);
    return table_of(std::move(products), widths);
  };
  if (name == ".i16") return raw(raw_numbers<int16_t>(content, file));
  if (name == ".u16") return raw(raw_numbers<uint16_t>(content, file));
  if (name == ".i32") return raw(raw_numbers<int32_t>(content, file));
  if (name == ".u32") return raw(raw_numbers<uint32_t>(content, file));
  if (name == ".bin") return raw(bin_numbers(content, options, file));
  if (name == ".npy") return npy_table(content, file, options);
  if (name == ".txt" || name == ".csv" || name == ".tsv")
    return text_table(parse_number_text(content, file), file, options);
  if (name != ".h" && name != ".c")
    throw InputError(file,
                     "a name of an unknown kind; .i16, .u16, .i32, .u32, .bin, .npy, .h, .c, .txt, .csv or .tsv "
                     "is expected");
  return text_table(parse_c_table(content, file), file, options);
}

/// The table rearranged as options ask, but for the sign.
TruthTable arranged(TruthTable table, const std::string& file, const MultiplierFileOptions& options) {
  if (options.offset_codes) table = from_offset_codes(table);
  if (options.wrapped_products) unwrap_products(table, file);
  return options.swap_operands ? transposed(table) : table;
}

/// Whether a product of a signed table is stored as a code.
bool has_codes(const TruthTable& table) {
  const int32_t half = 1 << (table.a_bits + table.b_bits - 1);
  return std::any_of(table.values.begin(), table.values.end(), [&](int32_t value) { return value >= half; });
}

}  // namespace

bool is_table_file(const std::filesystem::path& path) {
  static constexpr std::array names = {".i16", ".u16", ".i32", ".u32", ".bin", ".npy",
                                       ".h",   ".c",   ".txt", ".csv", ".tsv"};
  return std::find(names.begin(), names.end(), path.extension()) != names.end();
}

TruthTable parse_table(const std::string& content, const std::string& file, const MultiplierFileOptions& options) {
  TruthTable table = parse_by_name(content, file, options);
  table.is_signed = options.is_signed.value_or(table.is_signed);
  return arranged(std::move(table), file, options);
}

TruthTable read_table(const std::filesystem::path& path, const MultiplierFileOptions& options) {
  return parse_table(read_file(path), path.string(), options);
}

TruthTable read_table(const std::filesystem::path& path, const MultiplierFileOptions& options,
                      std::vector<std::string>& notes) {
  const std::string file = path.string();
  TruthTable table = parse_by_name(read_file(path), file, options);
  const std::optional<bool> declared = table.is_signed ? std::optional(true) : std::nullopt;
  table.is_signed = options.is_signed.value_or(table.is_signed);
  table = arranged(std::move(table), file, options);
  const std::optional<ProductCodes> codes = product_codes(table);
  if (!codes) return table;
  const SignReading sign = find_sign(*codes, options.is_signed, declared);
  if (!sign.note.empty()) notes.push_back(fmt::format("{} {}", path.filename().string(), sign.note));
  if (sign.is_signed == table.is_signed) return table;
  table.is_signed = true;
  if (has_codes(table)) unwrap_products(table, file);
  return table;
}

}  // namespace tram
