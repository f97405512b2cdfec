#include <gtest/gtest.h>

#include "rtl/axm/output.hpp"

namespace tram::axm {
namespace {

TEST(TextTable, AlignsByCharactersWithoutBlanksAtTheEnd) {
  TextTable table({"<name", "value", "<note"});
  table.add_row({"µ", "1.5", "x"});
  table.add_row({"long", "12345.25", ""});
  EXPECT_EQ(table.text(),
            "name     value  note\n"
            "µ          1.5  x\n"
            "long  12345.25\n");
}

TEST(ShortName, IsTheFileOfAPath) {
  EXPECT_EQ(short_name("a/b.v"), "b.v");
  EXPECT_EQ(short_name("trunc6"), "trunc6");
}

}  // namespace
}  // namespace tram::axm
