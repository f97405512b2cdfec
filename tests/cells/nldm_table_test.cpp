#include "models/cells/liberty/nldm_table.hpp"

#include <gtest/gtest.h>

namespace tram {
namespace {

const NldmTable table({1, 2, 4}, {10, 20}, {1, 2, 3, 5, 9, 12});

TEST(NldmTable, GridPointsAreExact) {
  EXPECT_DOUBLE_EQ(table.at(1, 10), 1);
  EXPECT_DOUBLE_EQ(table.at(1, 20), 2);
  EXPECT_DOUBLE_EQ(table.at(2, 20), 5);
  EXPECT_DOUBLE_EQ(table.at(4, 10), 9);
  EXPECT_DOUBLE_EQ(table.at(4, 20), 12);
}

TEST(NldmTable, BilinearInside) {
  EXPECT_DOUBLE_EQ(table.at(1.5, 15), (1 + 2 + 3 + 5) / 4.0);
  EXPECT_DOUBLE_EQ(table.at(3, 12), 0.5 * (3 + 0.2 * 2) + 0.5 * (9 + 0.2 * 3));
}

TEST(NldmTable, LinearBeyondTheEdges) {
  EXPECT_DOUBLE_EQ(table.at(1, 0), 0);
  EXPECT_DOUBLE_EQ(table.at(0, 10), -1);
  EXPECT_DOUBLE_EQ(table.at(6, 10), 15);
  EXPECT_DOUBLE_EQ(table.at(6, 30), 7 + 2 * (15 - 7));  // 7 and 15 at load 30 and slews 2 and 4
}

TEST(NldmTable, MissingAxes) {
  EXPECT_DOUBLE_EQ(NldmTable({1, 3}, {}, {5, 9}).at(2, 1e9), 7);
  EXPECT_DOUBLE_EQ(NldmTable({}, {1, 3}, {5, 9}).at(1e9, 0), 3);
  EXPECT_DOUBLE_EQ(NldmTable({}, {}, {4}).at(1, 2), 4);
  EXPECT_DOUBLE_EQ(NldmTable({1}, {2}, {4}).at(7, 9), 4);
  EXPECT_DOUBLE_EQ(NldmTable().at(1, 2), 0);
  EXPECT_TRUE(NldmTable().is_empty());
}

}  // namespace
}  // namespace tram
