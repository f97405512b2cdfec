#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "models/multiplier/catalogue.hpp"
#include "models/multiplier/structure/json_with_lines.hpp"
#include "models/multiplier/structure/structure.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "tests/support/source_dir.hpp"

namespace tram {
namespace {

const std::string head = R"({"version": 1, "a_bits": 4, "b_bits": 4, "signed": false,
"accumulation": "dadda", "tree": "remaining")";

std::string error_of(const std::string& text) {
  try {
    parse_structure(text, "s.axm.json");
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

TEST(StructureJson, FieldsThatAreOptionalMeanKeep) {
  EXPECT_EQ(parse_structure(head + "}", "x"), exact_structure(4, 4));
}

/// The example of the README.
TEST(StructureJson, DocumentedExample) {
  const std::string readme =
      read_file(std::filesystem::path(TRAM_SOURCE_DIR) / "models/multiplier/structure/README.md");
  const size_t begin = readme.find("```json\n") + 8, end = readme.find("```", begin);
  const MultiplierStructure s = parse_structure(readme.substr(begin, end - begin), "README.md");
  EXPECT_EQ(s.name, "my_multiplier");
  EXPECT_EQ(s.partial_product(1, 1), NetState::zero);
  EXPECT_EQ(s.partial_product(0, 3), NetState::keep);
  EXPECT_EQ(s.or_groups, (std::vector<OrGroup>{{3, {1, 2}}}));
  EXPECT_EQ(s.compensation, 8);
  EXPECT_EQ(readme.substr(begin, end - begin), to_json(s));
}

TEST(StructureJson, WhatIsWrongIsNamedWithItsLine) {
  EXPECT_EQ(error_of(head + "}"), "none");
  EXPECT_EQ(error_of(head + ",\n\"tre\": 1}"),
            "s.axm.json:3: unknown field 'tre' in the structure; one of version, name, a_bits, b_bits, signed, "
            "accumulation, tree, partial_products, or_groups, adders, compensation is expected; did you mean 'tree'?");
  EXPECT_EQ(error_of(head + ",\n\n\"a_bits\": 4}"),
            "s.axm.json:4: field 'a_bits' stands there twice; once is expected");
  EXPECT_EQ(error_of("{\"version\": 2}"), "s.axm.json:1: 'version' is 2; 1 to 1 is expected");
  EXPECT_EQ(error_of("{\"version\": 1}"), "s.axm.json:1: no field 'a_bits' in the structure; it is required");
  EXPECT_EQ(error_of(head + ",\n\"compensation\": 1.5}"),
            "s.axm.json:3: 'compensation' is a number; a whole number, -255 to 255, is expected");
  EXPECT_EQ(error_of(head + ",\n\"compensation\": 18446744073709551615}"),
            "s.axm.json:3: 'compensation' is a number; a whole number, -255 to 255, is expected");
  EXPECT_EQ(error_of(head + ",\n\"name\": \"a\\nb\"}"),
            "s.axm.json:3: name 'a\\nb'; 1 to 100 letters, digits, _, -, . or + are expected");
  EXPECT_EQ(error_of(head + ",\n\"partial_products\": [\"....\"]}"),
            "s.axm.json:3: 1 rows of partial products; 4, one a bit of a, are expected");
  EXPECT_EQ(error_of(head + ",\n\"partial_products\": [\"....\",\n\"...\",\"....\",\"....\"]}"),
            "s.axm.json:4: row 1 of the partial products; a string of 4 characters, each '.' (keep), '0' or '1', is "
            "expected");
  EXPECT_EQ(error_of(head + ",\n\"adders\": [\n{\"column\": 3, \"index\": 9}]}"),
            "s.axm.json:4: no adder 9 in column 3 of this tree; one that the tree has is expected");
  EXPECT_EQ(error_of(head + ",\n\"adders\": [{\"column\": 3, \"index\": 0},\n{\"column\": 3, \"index\": 0}]}"),
            "s.axm.json:4: adder 0 of column 3 stands there twice; once is expected");
  EXPECT_EQ(error_of(head + ",\n\"adders\": [{\"column\": 3, \"index\": 0, \"sum\": \"none\"}]}"),
            "s.axm.json:3: 'sum' is 'none'; one of keep, zero, one is expected");
  EXPECT_EQ(error_of(head + ",\n\"or_groups\": [{\"column\": 4, \"rows\": [0, 1]}]}"),
            "s.axm.json:3: a row of the OR group is 0; 1 to 3 is expected");
  EXPECT_EQ(
      error_of(head + ",\n\"or_groups\": [{\"column\": 4, \"rows\": [1, 2]}, {\"column\": 4, \"rows\": [2, 3]}]}"),
      "s.axm.json:3: partial product (2, 2) stands in two OR groups; one is expected");
  EXPECT_EQ(error_of(head + ",\n\"or_groups\": [{\"column\": 4, \"rows\": [2]}]}"),
            "s.axm.json:3: OR group of 1 rows; two or more are expected");
}

TEST(StructureJson, GarbageIsRefusedInOneLine) {
  std::vector<std::string> texts = {"",
                                    "{",
                                    "[",
                                    "nul",
                                    "{\"version\":1e999}",
                                    "\xff\xfe",
                                    std::string(1, '\0'),
                                    "{\"a\n\": 1}",
                                    std::string(100000, '['),
                                    std::string(2 << 20, ' '),
                                    "[1] x"};
  std::string many = "{\"a0\": 0";
  for (int i = 1; i < 5000; ++i) many += fmt::format(", \"a{}\": 0", i);
  texts.push_back(many + "}");
  const std::string good = to_json(exact_structure());
  for (size_t length = 0; length + 2 < good.size(); ++length) texts.push_back(good.substr(0, length));
  for (const std::string& text : texts) {
    const std::string error = error_of(text);
    EXPECT_EQ(error.rfind("s.axm.json", 0), 0u) << error;
    EXPECT_EQ(error.find('\n'), std::string::npos) << error;
    EXPECT_LT(error.size(), 400u) << error;
  }
}

TEST(StructureJson, FilesAreMultipliersOfTheirName) {
  const auto folder = std::filesystem::temp_directory_path() / fmt::format("tram_structure_{}", getpid());
  std::filesystem::create_directory(folder);
  const auto path = folder / "my own.axm.json";
  write_file(path, to_json(exact_structure(5, 6, true)));
  const Netlist netlist = find_multiplier(path);
  EXPECT_EQ(netlist.name, "my_own");
  EXPECT_EQ(truth_table(netlist).values, exact_table(5, 6, true).values);
  std::filesystem::remove_all(folder);
}

TEST(JsonWithLines, ValuesKnowTheirLine) {
  const JsonValue root = parse_json_with_lines("{\n\"a\": [1,\n 2.5,\n\n\"x\"],\n\"b\": {\"c\": null}}", "x");
  const auto& object = std::get<JsonValue::Object>(root.value);
  const auto& array = std::get<JsonValue::Array>(object[0].second.value);
  EXPECT_EQ(array[0].line, 2);
  EXPECT_EQ(std::get<int64_t>(array[0].value), 1);
  EXPECT_EQ(std::get<double>(array[1].value), 2.5);
  EXPECT_EQ(array[2].line, 5);
  EXPECT_EQ(object[1].second.line, 6);
  EXPECT_STREQ(object[1].second.kind(), "an object");
}

}  // namespace
}  // namespace tram
