#include "models/support/archive.hpp"

#include <gtest/gtest.h>

namespace tram {
namespace {

enum class Colour { red, green };

struct Inner {
  int32_t number = 0;
  std::vector<uint16_t> list;
  bool operator==(const Inner&) const = default;
};

struct Outer {
  std::string text;
  std::variant<Inner, double> choice;
  std::vector<Inner> inners;
  bool flag = false;
  Colour colour = Colour::red;
  bool operator==(const Outer&) const = default;
};

const Outer sample{"ab", Inner{-1, {1, 2}}, {{7, {}}, {8, {9}}}, true, Colour::green};

std::string bytes_of(const Outer& outer) {
  ArchiveWriter writer;
  writer.put(outer);
  return writer.bytes();
}

TEST(Fields, AreCounted) {
  struct Nothing {};
  static_assert(detail::field_count<Nothing>() == 0);
  static_assert(detail::field_count<Inner>() == 2);
  static_assert(detail::field_count<Outer>() == 5);
  Inner inner;
  std::get<0>(fields(inner)) = 5;
  EXPECT_EQ(inner.number, 5);
}

TEST(Archive, BytesAreTheFieldsInOrder) {
  ArchiveWriter writer;
  writer.put(Inner{258, {3}});
  EXPECT_EQ(writer.bytes(), std::string("\x02\x01\0\0"
                                        "\x01\0\0\0\0\0\0\0"
                                        "\x03\0",
                                        14));
}

TEST(Archive, ABoolIsZeroOrOne) {
  bool value = false;
  ArchiveReader one("\1");
  one.get(value);
  EXPECT_TRUE(one.ok() && value);
  ArchiveReader two("\2");
  two.get(value);
  EXPECT_FALSE(two.ok());
}

TEST(Archive, ReadsWhatItWrote) {
  const std::string bytes = bytes_of(sample);
  ArchiveReader reader(bytes);
  Outer back;
  reader.get(back);
  EXPECT_TRUE(reader.ok());
  EXPECT_TRUE(reader.at_end());
  EXPECT_EQ(back, sample);
}

TEST(Archive, TruncatedAtAnyByteIsNotOk) {
  const std::string bytes = bytes_of(sample);
  for (size_t size = 0; size < bytes.size(); ++size) {
    ArchiveReader reader(std::string_view(bytes).substr(0, size));
    Outer back;
    reader.get(back);
    EXPECT_FALSE(reader.ok()) << size;
  }
}

TEST(Archive, AnyLengthIsBoundedByWhatFollows) {
  const std::string bytes = bytes_of(sample);
  for (size_t at = 0; at < bytes.size(); ++at) {
    std::string broken = bytes;
    broken[at] = '\xff';
    ArchiveReader reader(broken);
    Outer back;
    reader.get(back);
    EXPECT_LE(back.text.size() + back.inners.size(), bytes.size());
  }
}

TEST(Archive, UnknownAlternativeIsNotOk) {
  ArchiveWriter writer;
  writer.put(uint32_t{2});
  ArchiveReader reader(writer.bytes());
  std::variant<Inner, double> choice;
  reader.get(choice);
  EXPECT_FALSE(reader.ok());
}

}  // namespace
}  // namespace tram
