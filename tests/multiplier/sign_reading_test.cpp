// The sign and the order of operands that a file leaves open: what is taken, and that it is said.
#include "models/multiplier/sign_reading.hpp"

#include <gtest/gtest.h>

#include "models/multiplier/array_multiplier.hpp"
#include "models/multiplier/catalogue.hpp"
#include "models/multiplier/export_netlist.hpp"
#include "models/multiplier/import_multiplier.hpp"
#include "models/multiplier/table_file.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/temporary_folder.hpp"

namespace tram {
namespace {

/// BLIF as published: without the comment line in which to_blif says the sign.
std::string silent_blif(const Netlist& netlist) {
  const std::string text = to_blif(netlist);
  return text.substr(text.find('\n') + 1);
}

class OpenPoints : public testing::Test {
 protected:
  MultiplierFile read(const std::string& text, const MultiplierFileOptions& options = {}) {
    write_file(folder_.path() / "m.blif", text);
    return read_multiplier_file(folder_.path() / "m.blif", options);
  }
  static MultiplierFileOptions as(bool is_signed) {
    MultiplierFileOptions options;
    options.is_signed = is_signed;
    return options;
  }
  TemporaryFolder folder_;
};

TEST_F(OpenPoints, ASilentFileIsReadAsIsNearer) {
  const MultiplierFile file = read(silent_blif(find_multiplier("exact_signed_array_6x6")));
  EXPECT_TRUE(file.netlist.is_signed);
  EXPECT_EQ(truth_table(file.netlist).values, exact_table(6, 6, true).values);
  ASSERT_EQ(file.notes.size(), 1u);
  EXPECT_TRUE(file.notes[0].starts_with("m.blif does not say whether it is signed: read as signed, nearer to a b "))
      << file.notes[0];
  EXPECT_FALSE(read(silent_blif(array_multiplier(6, 3))).netlist.is_signed);
  EXPECT_TRUE(read(silent_blif(array_multiplier(6, 3))).notes.empty());
}

TEST_F(OpenPoints, WhatIsAskedOrDeclaredIsTakenAndDoubted) {
  const std::string text = silent_blif(find_multiplier("exact_signed_array_6x6"));
  const MultiplierFile asked = read(text, as(false));
  EXPECT_FALSE(asked.netlist.is_signed);
  ASSERT_EQ(asked.notes.size(), 1u);
  EXPECT_TRUE(asked.notes[0].starts_with("m.blif read as unsigned as asked, but nearer to a b when read as signed"));
  EXPECT_TRUE(read(text, as(true)).notes.empty());
  const MultiplierFile declared = read("# Multiplier m, unsigned\n" + text);
  EXPECT_FALSE(declared.netlist.is_signed);
  ASSERT_EQ(declared.notes.size(), 1u);
  EXPECT_NE(declared.notes[0].find("as it declares, but nearer to a b when read as signed"), std::string::npos);
}

/// Without any output the error is the product itself, as large read either way.
TEST_F(OpenPoints, UndecidedIsUnsignedAndSaid) {
  const MultiplierFile file = read(silent_blif(array_multiplier(4, 7)));
  EXPECT_FALSE(file.netlist.is_signed);
  ASSERT_EQ(file.notes.size(), 1u);
  EXPECT_NE(file.notes[0].find("read as unsigned, as neither way is clearly nearer"), std::string::npos);
}

/// 2 a + b: not symmetric, ports in the order b, a.
TEST_F(OpenPoints, OperandsNamedInTheOtherOrderAreNamed) {
  const std::string ports = ".model m\n.inputs b[0] a[0]\n.outputs p[0] p[1]\n", end = ".names b[0] p[0]\n1 1\n.end\n";
  const MultiplierFile file = read(ports + ".names a[0] p[1]\n1 1\n" + end, as(false));
  EXPECT_EQ(file.a_port, "b");
  ASSERT_EQ(file.notes.size(), 1u);
  EXPECT_EQ(file.notes[0],
            "m.blif has the operands b and a, in this order: the first is a, the weight, the second b, the "
            "activation; their names suggest the other order");
  MultiplierFileOptions swapped = as(false);
  swapped.swap_operands = true;
  const MultiplierFile other = read(ports + ".names a[0] p[1]\n1 1\n" + end, swapped);
  EXPECT_TRUE(other.notes.empty());
  EXPECT_EQ(truth_table(other.netlist).at(1, 0), 2);
}

/// int32 products of a signed multiplier, and the same stored as codes.
TEST_F(OpenPoints, Tables) {
  const TruthTable exact = exact_table(5, 5, true);
  for (const uint32_t mask : {~0u, 0x3ffu}) {
    std::string bytes;
    for (const int32_t value : exact.values)
      for (int i = 0; i < 4; ++i) bytes += static_cast<char>((static_cast<uint32_t>(value) & mask) >> (8 * i));
    write_file(folder_.path() / "t.i32", bytes);
    std::vector<std::string> notes;
    const TruthTable table = read_table(folder_.path() / "t.i32", {}, notes);
    EXPECT_TRUE(table.is_signed);
    EXPECT_EQ(table.values, exact.values);
    ASSERT_EQ(notes.size(), 1u);
    EXPECT_NE(notes[0].find("read as signed"), std::string::npos);
  }
}

}  // namespace
}  // namespace tram
