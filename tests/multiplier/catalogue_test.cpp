#include "models/multiplier/catalogue.hpp"

#include <gtest/gtest.h>

#include <set>

#include "models/multiplier/array_multiplier.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

std::string error_of(const std::string& name) {
  try {
    find_multiplier(name);
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

TEST(Catalogue, EveryNameIsAnEightBitMultiplierOfItsOwn) {
  std::set<std::string> names;
  for (const std::string& name : multiplier_names()) {
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_TRUE(is_multiplier_name(name));
    const Netlist netlist = find_multiplier(name);
    EXPECT_EQ(netlist.name, name);
    EXPECT_EQ(netlist.a.size() + netlist.b.size() + netlist.product.size(), 32u) << name;
  }
  size_t members = 0;
  for (const MultiplierInfo& info : multiplier_catalogue()) {
    members += info.members.size();
    EXPECT_FALSE(info.name.empty() || info.summary.empty() || info.source.empty());
  }
  EXPECT_EQ(members, names.size());
}

TEST(Catalogue, ExactAndTruncationStayArrays) {
  EXPECT_EQ(find_multiplier("exact").gates.size(), array_multiplier().gates.size());
  EXPECT_EQ(truth_table(find_multiplier("trunc6")).values, truth_table(array_multiplier(8, 6)).values);
}

TEST(Catalogue, StructuresOfNamesGiveTheirTables) {
  int found = 0;
  for (const std::string& name : multiplier_names()) {
    const std::optional<MultiplierStructure> structure = find_structure(name);
    if (!structure) continue;
    ++found;
    EXPECT_EQ(structure->name, name);
    ASSERT_EQ(truth_table(build_multiplier(*structure)).values, truth_table(find_multiplier(name)).values) << name;
  }
  EXPECT_GT(found, 200);
  EXPECT_FALSE(find_structure("drum4"));
  EXPECT_THROW(find_structure("no_such"), InputError);
}

TEST(Catalogue, ExactAtAllWidths) {
  for (int a = 2; a <= 8; ++a)
    for (int b = 2; b <= 8; ++b)
      for (const char* name : {"exact", "exact_wallace", "exact_dadda", "exact_signed_array", "exact_signed_dadda"}) {
        const Netlist netlist = find_multiplier(fmt::format("{}_{}x{}", name, a, b));
        ASSERT_EQ(truth_table(netlist).values, exact_table(a, b, netlist.is_signed).values) << netlist.name;
        ASSERT_EQ(netlist.product.size(), size_t(a + b));
      }
}

TEST(Catalogue, WidthsAreASuffix) {
  EXPECT_EQ(truth_table(find_multiplier("exact_dadda_4x6")).values, exact_table(4, 6).values);
  EXPECT_EQ(truth_table(find_multiplier("exact_4x4")).values, exact_table(4, 4).values);
  EXPECT_EQ(truth_table(find_multiplier("exact_5x8")).values, exact_table(5, 8).values);
  EXPECT_EQ(truth_table(find_multiplier("exact_signed_array_7x5")).values, exact_table(7, 5, true).values);
  EXPECT_TRUE(is_multiplier_name("drum4_6x6"));
  EXPECT_FALSE(is_multiplier_name("exact_9x9"));
  EXPECT_EQ(error_of("trunc8_4x4"), "multiplier: 8 truncated columns; 0 to 7 are expected");
  EXPECT_EQ(error_of("dadda_trunc8_4x4"), "dadda_trunc8: 8 truncated columns; 1 to 7 are expected");
  EXPECT_EQ(error_of("momeni1_4x4"), "momeni1: operands of 4 and 4 bits; 8 x 8 is expected");
  EXPECT_EQ(error_of("kulkarni_5x4"), "kulkarni: operands of 5 and 4 bits; even widths are expected");
  EXPECT_EQ(error_of("bam_h4_v2_4x4"),
            "bam_h4_v2: break levels beyond the 4 x 4 array; h below 4 and v below 7 are expected");
  EXPECT_EQ(error_of("perforated_r3_n2_8x4"), "perforated_r3_n2: rows up to 4; rows below 4 are expected");
  EXPECT_EQ(error_of("drum5_4x5"), "drum5: 5 bits kept of 4 x 5; fewer are expected");
}

TEST(Catalogue, UnknownNamesGetTheNearest) {
  EXPECT_EQ(
      error_of("trunk6"),
      "multiplier: unknown 'trunk6'; a built-in name (tram_axm list has them) or a .axm.json, .blif, .v or .sv file is "
      "expected; did you mean 'trunc6'?");
  EXPECT_NE(error_of("mitchel").find("did you mean 'mitchell'?"), std::string::npos);
  EXPECT_NE(error_of("dada_trunc6").find("did you mean 'dadda_trunc6'?"), std::string::npos);
}

}  // namespace
}  // namespace tram
