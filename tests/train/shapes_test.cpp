#include <gtest/gtest.h>

#include <set>

#include "models/data/philox.hpp"
#include "models/data/synthetic.hpp"
#include "models/support/content_hash.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

using Block = std::array<uint32_t, 4>;

/// Known answers of the Random123 distribution (kat_vectors, philox4x32 10).
TEST(Philox, PublishedVectors) {
  EXPECT_EQ(philox(0, {0, 0, 0, 0}), (Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox(~uint64_t{0}, {~0U, ~0U, ~0U, ~0U}), (Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox(0x299f31d0a4093822, {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}),
            (Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(RandomItem, BetweenReachesBothEndsAndStaysInside) {
  RandomItem random(1, 2, 3);
  std::set<int> seen;
  for (int i = 0; i < 200; ++i) seen.insert(random.between(-2, 2));
  EXPECT_EQ(seen, (std::set<int>{-2, -1, 0, 1, 2}));
}

std::string bytes(const Shapes& set, int first, int count) {
  std::string all;
  for (int i = first; i < first + count; ++i) {
    const std::vector<uint8_t> image = set.pixels(i);
    all.append(image.begin(), image.end());
  }
  return all;
}

/// A change of any pixel of the drawn sets would make the embedded weights and every published figure meaningless.
TEST(Shapes, PixelsArePinned) {
  EXPECT_EQ(content_hash(bytes(Shapes(Split::test, 500), 0, 500)), "6473460aeb05091315108b87a5442548");
  EXPECT_EQ(content_hash(bytes(Shapes(Split::train, 500), 0, 500)), "a014723c6a3a6c0fa15c45a73f176624");
}

TEST(Shapes, AnImageDependsOnSeedSplitAndIndexOnly) {
  const Shapes small(Split::train, 10), large(Split::train, 100'000), test(Split::test, 10), other(Split::train, 10, 2);
  EXPECT_EQ(small.pixels(7), large.pixels(7));
  EXPECT_NE(small.pixels(7), test.pixels(7));
  EXPECT_NE(small.pixels(7), other.pixels(7));
  EXPECT_EQ(large.pixels(99'999).size(), 32U * 32 * 3);
}

TEST(Shapes, NoImageOccursTwice) {
  std::set<std::string> seen;
  const Shapes train(Split::train, 2000), test(Split::test, 2000);
  for (int i = 0; i < 2000; ++i) {
    seen.insert(bytes(train, i, 1));
    seen.insert(bytes(test, i, 1));
  }
  EXPECT_EQ(seen.size(), 4000U);
}

TEST(Shapes, ClassesAreBalancedAndNamed) {
  const Shapes set(Split::test, 2000);
  std::vector<int> count(10);
  for (int i = 0; i < set.count(); ++i) ++count[static_cast<size_t>(set.label(i))];
  EXPECT_EQ(count, std::vector<int>(10, 200));
  EXPECT_EQ(set.class_names().size(), 10U);
}

TEST(Shapes, AnEmptySetIsRefused) { EXPECT_THROW(Shapes(Split::train, 0), InputError); }

}  // namespace
}  // namespace tram
