#include "models/options/option_table.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "models/options/parse_number.hpp"
#include "models/support/error.hpp"
#include "models/support/processor.hpp"
#include "tests/support/message_of.hpp"

namespace tram {
namespace {

std::vector<Option> table() {
  return {option("count", "N", plain_number(1, 9), "how many", "3"),
          option("out", "FILE", text(), "what is written"),
          repeated(option("file", "FILE", text(), "what is read")),
          option("quiet", "no progress"),
          threads_option(),
          help_option()};
}

Arguments read(const std::vector<std::string>& words) { return {"tool verb", table(), words}; }

std::string refusal(const std::vector<std::string>& words) {
  return message_of<InputError>([&] { read(words); });
}

TEST(OptionTable, ValuesAreOfTheirKinds) {
  const Arguments given = read({"a", "--count=7", "--file", "x", "b", "--quiet", "--file", "y"});
  EXPECT_EQ(given.get<int>("count"), 7);
  EXPECT_TRUE(given.has("quiet"));
  EXPECT_EQ(given.texts("file"), (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(given.words(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(given.given(), (std::vector<std::string>{"count", "file", "quiet"}));
}

TEST(OptionTable, WhatIsNotGivenHasItsDefault) {
  const Arguments given = read({});
  EXPECT_EQ(given.get<int>("count"), 3);
  EXPECT_FALSE(given.is_given("count"));
  EXPECT_FALSE(given.has("quiet"));
  EXPECT_FALSE(given.get_if<std::string>("out"));
  EXPECT_EQ(message_of<InputError>([&] { given.text("out"); }), "verb: no --out; --out FILE is expected");
  EXPECT_THROW(given.has("absent"), std::logic_error);
}

TEST(OptionTable, NoThreadsAreAllProcessors) {
  EXPECT_EQ(read({}).get<int>("threads"), hardware_threads());
  EXPECT_EQ(read({"--threads", "0"}).get<int>("threads"), hardware_threads());
  EXPECT_EQ(read({"--threads", "4096"}).get<int>("threads"), 4096);
  EXPECT_EQ(refusal({"--threads", "4097"}), "--threads: '4097' is out of range; 0 to 4096 is expected");
}

TEST(OptionTable, MistakesAreNamed) {
  EXPECT_EQ(refusal({"--cuont", "3"}),
            "--cuont: unknown option; one that tool verb --help lists is expected; did you mean '--count'?");
  EXPECT_EQ(refusal({"--coun", "3"}).substr(0, 22), "--coun: unknown option");  // not guessed
  EXPECT_EQ(refusal({"--count"}), "--count: no value; N is expected");
  EXPECT_EQ(refusal({"--quiet=yes"}), "--quiet: a value; none is expected");
  EXPECT_EQ(refusal({"--count", "3", "--count", "3"}), "--count: given more than once; once is expected");
  EXPECT_EQ(refusal({"--quiet", "--quiet"}), "--quiet: given more than once; once is expected");
  EXPECT_EQ(refusal({"--count", "ten"}), "--count: 'ten' is not a whole number; 1 to 9 is expected");
}

TEST(OptionTable, WordsAreCounted) {
  EXPECT_EQ(message_of<InputError>([] { read({}).one_word("file"); }), "verb: no file; one file is expected");
  EXPECT_EQ(message_of<InputError>([] {
              read({"a", "b"}).one_word("file");
            }),
            "verb: stray 'b' after 'a'; one file is expected");
  EXPECT_EQ(message_of<InputError>([] { read({"a"}).no_words(); }), "verb: stray 'a'; options only are expected");
}

TEST(OptionTable, HelpSaysRangeAndDefaultInLinesOf100) {
  const std::string help = describe(table());
  EXPECT_NE(help.find("how many: 1 to 9 (default 3)"), std::string::npos) << help;
  for (size_t begin = 0, end = 0; (end = help.find('\n', begin)) != std::string::npos; begin = end + 1)
    EXPECT_LE(end - begin, 100U) << help.substr(begin, end - begin);
}

}  // namespace
}  // namespace tram
