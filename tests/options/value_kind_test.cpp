#include "models/options/value_kind.hpp"

#include <gtest/gtest.h>

#include <array>

#include "models/support/error.hpp"

namespace tram {

enum class Fruit { apple, pear };
inline std::span<const NamedValue<Fruit>> names_of(Fruit) {
  static constexpr std::array<NamedValue<Fruit>, 2> names{{{Fruit::pear, "pear"}, {Fruit::apple, "apple"}}};
  return names;
}

namespace {

RawValue written(const std::string& text) { return {"fruit.kind", text, "--kind", {}}; }

TEST(ValueKind, AnEnumerationIsWrittenByItsNames) {
  const ValueKind<Fruit> kind = choice<Fruit>();
  EXPECT_EQ(kind.allowed, "pear, apple");
  EXPECT_EQ(kind.parse(written("apple")), Fruit::apple);
  EXPECT_EQ(kind.format(Fruit::pear), "pear");
  try {
    kind.parse(written("appel"));
    FAIL() << "no fruit";
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(), "--kind: 'appel'; one of pear, apple is expected; did you mean 'apple'?");
  }
}

TEST(ValueKind, BooleansAreYesOrNo) {
  const ValueKind<bool> kind = boolean();
  for (const char* text : {"yes", "true", "on", "1"}) EXPECT_TRUE(kind.parse(written(text))) << text;
  for (const char* text : {"no", "false", "off", "0"}) EXPECT_FALSE(kind.parse(written(text))) << text;
  EXPECT_EQ(kind.format(true), "yes");
  for (const char* text : {"", "Yes", "2", "yes "}) EXPECT_THROW(kind.parse(written(text)), InputError) << text;
}

}  // namespace
}  // namespace tram
