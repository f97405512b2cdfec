#include "models/multiplier/c_model.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "models/multiplier/error_metrics.hpp"
#include "models/multiplier/import_report.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/process.hpp"
#include "models/support/temporary_folder.hpp"

namespace tram {
namespace {

TEST(CFunctions, OfTwoIntegers) {
  const auto functions = c_functions(R"(
#include <stdint.h>
/* int no(int a, int b) { } */
static int table[4] = {0, 0, 0, 1};
uint64_t one(const uint64_t B, /* 8 bits */ const uint64_t A)
{
  { return A & B; }
}
static inline unsigned short two (unsigned char a,unsigned char b){return a*b;}
double no(double a, double b) { return a; }
int no(int* a, int b) { return b; }
int no(int a) { return a; }
int32_t three(int16_t A, int16_t B) { return A * B; }
)");
  ASSERT_EQ(functions.size(), 3u);
  EXPECT_EQ(functions[0].name, "one");
  EXPECT_EQ(functions[0].first_name, "B");
  EXPECT_EQ(functions[0].second.bits, 64);
  EXPECT_EQ(functions[1].first.text, "unsigned char");
  EXPECT_FALSE(functions[1].first.is_signed);
  EXPECT_FALSE(functions[1].first.has_width);
  EXPECT_TRUE(functions[2].first.is_signed);
  EXPECT_EQ(functions[2].first.bits, 16);
}

class CModels : public testing::Test {
 protected:
  void SetUp() override {
    if (find_program("cc").empty()) GTEST_SKIP() << "no C compiler";
  }
  CModel read(const std::string& name, const std::string& text, const MultiplierFileOptions& options = {}) {
    write_file(folder_.path() / name, "#include <stdint.h>\n" + text);
    return read_c_model(folder_.path() / name, options);
  }
  std::string error_of(const std::string& name, const std::string& text) {
    try {
      read(name, text);
    } catch (const InputError& error) {
      return std::string(error.what()).substr(folder_.path().string().size() + 1);
    }
    return "none";
  }
  TemporaryFolder folder_;
};

TEST_F(CModels, WidthsOfNameAndTypes) {
  EXPECT_EQ(read("m.c", "uint16_t m(uint8_t a, uint8_t b) { return a * b; }").table().values, exact_table().values);
  const CModel odd = read("mul4x3u_X.c", "uint64_t mul4x3u_X(const uint64_t A, const uint64_t B) { return A * B; }");
  EXPECT_EQ(odd.table().values, exact_table(4, 3).values);
  EXPECT_EQ(read("s.c", "int16_t s(int8_t A, int8_t B) { return A * B; }").table().values,
            exact_table(8, 8, true).values);
  EXPECT_NE(error_of("x.c", "int x(int a, int b) { return a * b; }").find("--a-bits, --b-bits"), std::string::npos);
  MultiplierFileOptions widths;
  widths.a_bits = 5, widths.b_bits = 6;
  EXPECT_EQ(read("x.c", "int x(int a, int b) { return a * b; }", widths).table().values, exact_table(5, 6).values);
}

/// Bits of two's complement in unsigned types, as published: the products show the sign.
TEST_F(CModels, SignOfTheProducts) {
  const CModel model = read("mul6s_X.c",
                            "uint32_t mul6s_X(uint16_t A, uint16_t B) {\n"
                            "  return ((int)(A ^ 32) - 32) * ((int)(B ^ 32) - 32) & 4095; }");
  EXPECT_TRUE(model.is_signed);
  EXPECT_EQ(model.table().values, exact_table(6, 6, true).values);
  ASSERT_EQ(model.notes.size(), 1u);
  EXPECT_NE(model.notes[0].find("read as signed"), std::string::npos);
}

/// 4 a + b, first parameter first; exchanged when asked.
TEST_F(CModels, OrderOfParameters) {
  const std::string text = "uint16_t mul2u_X(uint8_t B, uint8_t A) { return 4 * B + A; }";
  const CModel model = read("mul2u_X.c", text);
  EXPECT_EQ(model.table().at(1, 2), 6);
  ASSERT_FALSE(model.notes.empty());
  EXPECT_NE(model.notes.back().find("operands B and A, in this order"), std::string::npos);
  MultiplierFileOptions swapped;
  swapped.swap_operands = true;
  EXPECT_EQ(read("mul2u_X.c", text, swapped).table().at(1, 2), 9);
}

TEST_F(CModels, WideOnesAreSampled) {
  const CModel model = read("mul16u_X.c", "uint32_t mul16u_X(uint16_t a, uint16_t b) { return (uint32_t)a * b; }");
  ASSERT_TRUE(model.products.is_sample());
  EXPECT_EQ(error_metrics(model.products, false).max_error, 0);
  EXPECT_THROW(model.table(), InputError);
  const ImportReport report = report_import(folder_.path() / "mul16u_X.c");
  EXPECT_EQ(report.table.a_bits, 16);
  EXPECT_NE(to_text(report).find("1048576 random pairs, seed 1; 95 % intervals"), std::string::npos);
}

TEST_F(CModels, FaultsAreNamed) {
  EXPECT_EQ(error_of("m.c", "uint16_t m(uint8_t a, uint8_t b) { return 65536; }"), "none");  // the type cuts it
  EXPECT_EQ(error_of("m.c", "uint32_t m(uint8_t a, uint8_t b) { return 65536 + a + b; }"),
            "m.c: the product 65536 of a = 0, b = 0; a code of as many bits as both operands is expected");
  EXPECT_TRUE(error_of("m.c", "uint16_t m(uint8_t a, uint8_t b) {\n  return c; }").starts_with("m.c:3: "));
  EXPECT_EQ(error_of("m.c", "#include <stdlib.h>\nuint16_t m(uint8_t a, uint8_t b) { abort(); }"),
            "m.c: its function ends the program with exit code 134; a product of every pair is expected");
  EXPECT_NE(error_of("m.c", "int f(int a, int b) { return 0; }\nint g(int a, int b) { return 0; }")
                .find("the functions f, g and none named m; --function NAME is expected"),
            std::string::npos);
}

TEST_F(CModels, AnEndlessOneMeetsTheLimit) {
  ASSERT_EQ(setenv("TRAM_TOOL_SECONDS", "3", 1), 0);
  EXPECT_NE(error_of("m.c", "uint16_t m(uint8_t a, uint8_t b) { for (volatile int i = 0; ; ++i); }")
                .find("m.c: its function came to the limit of $TRAM_TOOL_SECONDS"),
            std::string::npos);
  unsetenv("TRAM_TOOL_SECONDS");
}

TEST_F(CModels, AnArrayIsATable) {
  write_file(folder_.path() / "t.c", "const int t[4] = {0, 0, 0, 1};\nint f(int a, int b) { return t[2 * a + b]; }\n");
  EXPECT_FALSE(is_c_model_file(folder_.path() / "t.c"));
  write_file(folder_.path() / "f.c", "const int t[4] = {0, 0, 0, 1};\nint f(int a, int b) { return t[2 * a + b]; }\n");
  EXPECT_TRUE(is_c_model_file(folder_.path() / "f.c"));
}

}  // namespace
}  // namespace tram
