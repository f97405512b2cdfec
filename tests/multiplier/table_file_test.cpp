#include "models/multiplier/table_file.hpp"

#include <gtest/gtest.h>

#include <random>

#include "models/multiplier/export_table.hpp"
#include "models/support/error.hpp"
#include "models/support/npy.hpp"

namespace tram {
namespace {

/// Statistics and warnings, then the heading line, then values of signed operands.
TEST(TableFile, PublishedTables) {
  std::string text =
      "Warning: constant drivers added in network \"m\":\nx[1], x[2] ...\nINFO: Error rate: 0.5\n"
      "LUT for approximate multiplier:\n";
  for (const int a : {0, 1, -2, -1})
    for (const int b : {0, 1, -2, -1}) text += fmt::format("{} {} {}\n", a, b, a * b);
  const TruthTable table = parse_table(text, "m.txt");
  EXPECT_TRUE(table.is_signed);
  EXPECT_EQ(table.values, exact_table(2, 2, true).values);
  const std::string cut = text.substr(0, text.rfind("-1 -1"));
  EXPECT_THROW(parse_table(cut, "m.txt"), InputError);
}

template <class T>
std::string raw(const std::vector<int32_t>& values) {
  std::string bytes;
  for (const int32_t value : values) {
    const T item = static_cast<T>(value);
    bytes.append(reinterpret_cast<const char*>(&item), sizeof(T));
  }
  return bytes;
}

std::string error_of(const std::string& content, const std::string& file, const MultiplierFileOptions& options = {}) {
  try {
    parse_table(content, file, options);
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

/// A table whose values tell a from b: 10 a + b, of 2 x 2 bits.
std::vector<int32_t> small() {
  std::vector<int32_t> values;
  for (int a = 0; a < 4; ++a)
    for (int b = 0; b < 4; ++b) values.push_back(10 * a + b);
  return values;
}

std::string small_text(const char* separator, const char* row_end) {
  std::string text;
  for (int i = 0; i < 16; ++i) text += std::to_string(small()[i]) + (i % 4 == 3 ? row_end : separator);
  return text;
}

TEST(TableFile, RawNumbersByName) {
  const TruthTable exact = exact_table();
  EXPECT_EQ(parse_table(raw<int32_t>(exact.values), "x.lut.i32").values, exact.values);
  EXPECT_EQ(parse_table(raw<uint32_t>(exact.values), "x.u32").values, exact.values);
  EXPECT_EQ(parse_table(raw<uint16_t>(exact.values), "x.u16").values, exact.values);
  EXPECT_EQ(parse_table(raw<uint16_t>(exact.values), "mul8u_1JFF.bin").values, exact.values);
  EXPECT_EQ(parse_table(raw<int32_t>(exact.values), "x.bin").values, exact.values);
  EXPECT_EQ(parse_table(raw<uint16_t>(small()), "x.bin").at(2, 1), 21);
}

TEST(TableFile, SignedProductsAndWrappedOnes) {
  const TruthTable exact = exact_table(8, 8, true), plain = exact_table();
  MultiplierFileOptions options;
  options.is_signed = true;
  const TruthTable read = parse_table(raw<int16_t>(exact.values), "x.bin", options);
  EXPECT_EQ(read.values, exact.values);
  EXPECT_TRUE(read.is_signed);
  EXPECT_EQ(parse_table(raw<int16_t>(exact.values), "x.i16", options).values, exact.values);
  options.wrapped_products = true;
  EXPECT_EQ(parse_table(raw<uint16_t>(exact.values), "x.u16", options).values, exact.values);
  options.is_signed = false;
  EXPECT_EQ(parse_table(raw<int16_t>(plain.values), "x.i16", options).values, plain.values);
}

TEST(TableFile, OffsetCodesAndSwappedOperands) {
  std::vector<int32_t> by_value;  // rows from -128
  for (int a = -128; a < 128; ++a)
    for (int b = -128; b < 128; ++b) by_value.push_back(a * b - (a == -5 && b == 7));
  MultiplierFileOptions options;
  options.is_signed = true;
  options.offset_codes = true;
  const TruthTable table = parse_table(raw<int32_t>(by_value), "x.i32", options);
  EXPECT_EQ(table.at(256 - 5, 7), -36);
  EXPECT_EQ(table.at(7, 256 - 5), -35);
  options.swap_operands = true;
  EXPECT_EQ(parse_table(raw<int32_t>(by_value), "x.i32", options).at(7, 256 - 5), -36);
}

TEST(TableFile, TextsInTheirManyForms) {
  EXPECT_EQ(parse_table(small_text(" ", "\n"), "x.txt").values, small());
  EXPECT_EQ(parse_table(small_text(",", "\r\n"), "x.csv").values, small());
  EXPECT_EQ(parse_table("# products\n" + small_text("\t", ";\n"), "x.tsv").values, small());
  std::string hexadecimal, floating, pairs = "a,b,product\n";
  for (int i = 15; i >= 0; --i) pairs += fmt::format("{},{},{}\n", i / 4, i % 4, small()[i]);
  for (const int32_t value : small()) {
    hexadecimal += fmt::format("0x{:x} ", value);
    floating += fmt::format("{:.18e}\n", static_cast<double>(value));  // NumPy's savetxt
  }
  EXPECT_EQ(parse_table(hexadecimal, "x.txt").values, small());
  EXPECT_EQ(parse_table(floating, "x.txt").values, small());
  EXPECT_EQ(parse_table(pairs, "x.csv").values, small());
}

TEST(TableFile, CArrays) {
  const std::string text =
      "#include <stdint.h>\n// = {9}\n/* = {8}\n */ static const char* s;\n"
      "const int16_t lut [4][4] = {{" +
      small_text(", ", "},\n{");
  EXPECT_EQ(parse_table(text.substr(0, text.size() - 3) + "};\nint f() { return 0; }\n", "x.h").values, small());
  const std::string suffixes =
      "int t[16] = { 0, 1U, 2L, 3, 10, 11, 12, 13, 20, 21, 22, /* row 2 */ 23,\n 30, 31, 32, 0x21ul };";
  EXPECT_EQ(parse_table(suffixes, "x.c").values, small());
  EXPECT_EQ(error_of("int f(void);\n", "x.h"), "x.h:1: no array initialiser; = { numbers } is expected");
  EXPECT_EQ(error_of("int t[] = {1,\n2", "x.h"), "x.h:2: the array's braces do not close; the file is cut short");
  EXPECT_EQ(error_of("int t[] = {1,\ntwo};", "x.h"), "x.h:2: 'two'; a whole number of 32 bits is expected");
}

TEST(TableFile, NpyShapesSetTheWidths) {
  std::vector<int32_t> values(4 * 8);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<int32_t>(i);
  const TruthTable table = parse_table(to_npy(values, {4, 8}), "x.npy");
  EXPECT_EQ(table.a_bits, 2);
  EXPECT_EQ(table.b_bits, 3);
  EXPECT_EQ(table.at(3, 1), 25);
  EXPECT_EQ(parse_table(to_npy(small(), {16}), "x.npy").at(2, 1), 21);
  MultiplierFileOptions options;
  options.a_bits = 3;
  options.b_bits = 2;
  EXPECT_EQ(parse_table(to_npy(values, {32}), "x.npy", options).at(4, 1), 17);
  EXPECT_EQ(error_of(to_npy(values, {4, 8}), "x.npy", options), "x.npy: 4 rows; 8 are expected");
}

TEST(TableFile, ErrorsNameFileAndCause) {
  EXPECT_EQ(error_of("", "x.i32"), "x.i32: 0 products; 2^(2 bits) for operands of up to 8 bits are expected");
  EXPECT_EQ(error_of("12345", "x.i32"), "x.i32: 5 bytes; up to 65536 numbers of 4 bytes are expected");
  EXPECT_EQ(error_of(std::string(32, '\0'), "x.i32"),
            "x.i32: 8 products; 2^(2 bits) for operands of up to 8 bits are expected");
  EXPECT_EQ(error_of(std::string(1 << 20, '\0'), "x.i32"),
            "x.i32: 1048576 bytes; up to 65536 numbers of 4 bytes are expected");
  EXPECT_EQ(error_of(std::string(64, '\xff'), "x.u32"),
            "x.u32: the product 4294967295 at index 0; products below 2^31 are expected");
  EXPECT_EQ(error_of("1 2\n3 4.5\n", "x.txt"), "x.txt:2: '4.5'; a whole number of 32 bits is expected");
  EXPECT_EQ(error_of("1 2\n3 4294967296\n", "x.txt"), "x.txt:2: '4294967296'; a whole number of 32 bits is expected");
  EXPECT_EQ(error_of("1 2\n3 - 4\n", "x.txt"), "x.txt:2: '-'; a whole number of 32 bits is expected");
  EXPECT_EQ(error_of("a,b,product\n0,0,1\n0,0,2\n1,0,0\n1,1,0\n", "x.csv"),
            "x.csv:3: the pair 0,0 stands there twice; once is expected");
  EXPECT_EQ(error_of("a,b,product\n0,0,1\n0,2,2\n1,0,0\n1,1,0\n", "x.csv"), "x.csv:3: operand 2; 1 bits are expected");
  MultiplierFileOptions wrapped;
  wrapped.wrapped_products = true;
  EXPECT_EQ(error_of("1 2 3 70\n", "x.txt", wrapped),
            "x.txt: the product 70; a number of 2 bits is expected for products that are stored modulo 2^2");
  EXPECT_TRUE(error_of("", "x.dat").starts_with("x.dat: a name of an unknown kind"));
  MultiplierFileOptions half;
  half.a_bits = 8;
  EXPECT_EQ(error_of("1 2 3 4\n", "x.txt", half), "x.txt: operands of 8 and 0 bits; 1 to 8 are expected");
}

TEST(TableFile, DamagedTextsAreRefusedOrReadNeverMore) {
  const TruthTable exact = exact_table(4, 4);
  std::mt19937 random(11);
  for (const char* name : {"x.h", "x.txt", "x.npy"}) {
    std::string text = name[2] == 'h' ? to_c_header(exact, "m") : small_text(" ", "\n");
    if (name[2] == 'n') text = to_npy(exact);
    for (int trial = 0; trial < 3000; ++trial) {
      std::string damaged = text.substr(0, trial % 2 ? text.size() : random() % text.size());
      for (unsigned i = 0; i <= random() % 4 && !damaged.empty(); ++i)
        damaged[random() % damaged.size()] = static_cast<char>(random());
      try {
        const TruthTable table = parse_table(damaged, name);
        ASSERT_EQ(table.values.size(), size_t{1} << (table.a_bits + table.b_bits));
      } catch (const InputError& error) {
        ASSERT_TRUE(std::string(error.what()).starts_with(name));
      }
    }
  }
}

}  // namespace
}  // namespace tram
