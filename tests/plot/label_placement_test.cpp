#include "models/plot/label_placement.hpp"

#include <gtest/gtest.h>

#include <random>

namespace tram {
namespace {

TEST(Overlap, IsTheSharedArea) {
  EXPECT_EQ(overlap({0, 0, 10, 10}, {5, 8, 10, 10}), 10);
  EXPECT_EQ(overlap({0, 0, 10, 10}, {10, 0, 10, 10}), 0);
  EXPECT_EQ(overlap({0, 0, 10, 10}, {-5, -5, 30, 30}), 100);
}

TEST(PlaceLabels, AloneALabelLiesToTheRight) {
  const LabelRequest request{{100, 100}, 4, 40, 10};
  const auto placed = place_labels({&request, 1}, {{0, 0, 200, 200}, {}, {}});
  ASSERT_TRUE(placed[0].is_placed);
  EXPECT_FALSE(placed[0].needs_leader);
  EXPECT_GE(placed[0].box.x, 104);
  EXPECT_LT(placed[0].box.x, 112);
}

TEST(PlaceLabels, AtTheRightEdgeItGoesToTheLeft) {
  const LabelRequest request{{190, 100}, 4, 40, 10};
  const auto placed = place_labels({&request, 1}, {{0, 0, 200, 200}, {}, {}});
  ASSERT_TRUE(placed[0].is_placed);
  EXPECT_LE(placed[0].box.right(), 200);
}

TEST(PlaceLabels, NoTwoShareAPointAndNoneLiesOnAMarker) {
  std::mt19937 random(11);
  std::uniform_real_distribution<double> place(0, 400);
  for (const size_t count : {2u, 10u, 40u, 150u}) {
    std::vector<LabelRequest> requests;
    for (size_t i = 0; i < count; ++i) requests.push_back({{place(random), place(random)}, 4, 50, 11});
    const auto placed = place_labels(requests, {{0, 0, 400, 400}, {}, {}});
    size_t shown = 0;
    for (size_t i = 0; i < count; ++i) {
      if (!placed[i].is_placed) continue;
      ++shown;
      for (size_t j = 0; j < count; ++j) {
        ASSERT_EQ(overlap(placed[i].box, {requests[j].marker.x - 4, requests[j].marker.y - 4, 8, 8}), 0);
        if (j < i && placed[j].is_placed) {
          ASSERT_EQ(overlap(placed[i].box, placed[j].box), 0);
        }
      }
    }
    EXPECT_GE(shown, count <= 40 ? count : count / 2);
  }
}

TEST(PlaceLabels, WithoutRoomNothingIsPlaced) {
  const LabelRequest request{{5, 5}, 4, 400, 10};
  EXPECT_FALSE(place_labels({&request, 1}, {{0, 0, 200, 200}, {}, {}})[0].is_placed);
}

TEST(PlaceLabels, LinesAreAvoided) {
  const LabelRequest request{{100, 100}, 4, 40, 10};
  const LabelObstacles obstacles{{0, 0, 200, 200}, {}, {{{100, 100}, {200, 100}}, {{100, 100}, {200, 80}}}};
  const auto placed = place_labels({&request, 1}, obstacles);
  ASSERT_TRUE(placed[0].is_placed);
  EXPECT_TRUE(placed[0].box.y >= 100 || placed[0].box.right() <= 104 || placed[0].box.bottom() < 95);
}

}  // namespace
}  // namespace tram
