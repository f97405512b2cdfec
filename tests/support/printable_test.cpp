#include "models/support/printable.hpp"

#include <gtest/gtest.h>

namespace tram {
namespace {

TEST(Escaped, ShowsWhatATerminalWouldActOn) {
  EXPECT_EQ(escaped("a\x1b[31mb"), "a\\x1b[31mb");
  EXPECT_EQ(escaped("\x1b]0;title\x07"), "\\x1b]0;title\\x07");
  EXPECT_EQ(escaped("a\nb\tc\rd\x7f"), "a\\nb\\tc\\rd\\x7f");
  EXPECT_EQ(escaped(std::string_view("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(escaped("\xc2\x9b"
                    "31m"),
            "\\u009b31m");  // CSI in one character
  EXPECT_EQ(escaped("a\xe2\x80\xae"
                    "b"),
            "a\\u202eb");  // writes from right to left
  EXPECT_EQ(escaped("a\xe2\x81\xa6"
                    "b\xe2\x80\x8b"),
            "a\\u2066b\\u200b");
  EXPECT_EQ(escaped("a\xf3\xa0\x81\x81"), "a\\U000e0041");  // a tag
}

TEST(Escaped, ShowsBytesThatAreNotUtf8) {
  EXPECT_EQ(escaped("a\xff\xfe"), "a\\xff\\xfe");
  EXPECT_EQ(escaped("\xc3"), "\\xc3");                    // cut short
  EXPECT_EQ(escaped("\xc0\xaf"), "\\xc0\\xaf");           // longer than need be
  EXPECT_EQ(escaped("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // a surrogate
}

TEST(Escaped, LeavesTheRestAndItself) {
  for (const char* text : {"", "layer1/conv", "C:\\new\\table",
                           "Gr\xc3\xb6\xc3\x9f"
                           "e \xe5\xb1\xa4 \xf0\x9f\x99\x82"})
    EXPECT_EQ(escaped(text), text);
  const std::string once = escaped("a\x1b\n\xff");
  EXPECT_EQ(escaped(once), once);
}

TEST(Printable, CutsNamesAt120Characters) {
  EXPECT_EQ(printable(std::string(120, 'x')), std::string(120, 'x'));
  EXPECT_EQ(printable(std::string(121, 'x')), std::string(117, 'x') + "...");
  std::string wide;
  for (int i = 0; i < 120; ++i) wide += "\xe5\xb1\xa4";
  EXPECT_EQ(printable(wide), wide);
  EXPECT_EQ(printable(wide + "x"), wide.substr(0, 3 * 117) + "...");
  EXPECT_EQ(printable(std::string(100, '\x1b')).size(), 120U);  // escapes count as what is printed
}

TEST(PrintableMessage, IsOneShortLine) {
  EXPECT_EQ(printable_message("a.onnx: node 'b\nc'; d is expected"), "a.onnx: node 'b\\nc'; d is expected");
  const std::string path = "/" + std::string(300, 'p') + "/a.onnx:7", name(100000, 'n');
  EXPECT_EQ(printable_message(path + ": '" + name + "'; one of x is expected"),
            path + ": '" + std::string(58, 'n') + "..." + std::string(56, 'n') + "'; one of x is expected");
  std::string words;
  for (int i = 0; i < 10000; ++i) words += "abc ";
  EXPECT_LE(printable_message("where: " + words + "; x is expected").size(), 2100U);
  EXPECT_TRUE(printable_message("where: " + words + "; x is expected").ends_with("; x is expected"));
}

TEST(CsvField, QuotesWhatRfc4180Wants) {
  EXPECT_EQ(csv_field("conv1"), "conv1");
  EXPECT_EQ(csv_field("a \"b\", c"), "\"a \"\"b\"\", c\"");
  EXPECT_EQ(csv_field("a\nb"), "\"a\nb\"");
}

TEST(CsvField, GivesASpreadsheetNoFormula) {
  EXPECT_EQ(csv_field("=HYPERLINK(\"http://x\",1)"), "\"'=HYPERLINK(\"\"http://x\"\",1)\"");
  for (const char* text : {"=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1"})
    EXPECT_EQ(csv_field(text), "\"'" + std::string(text) + "\"");
  EXPECT_EQ(csv_field("a=1"), "a=1");
}

}  // namespace
}  // namespace tram
