#include "models/plot/svg.hpp"

#include <gtest/gtest.h>

#include <array>

#include "tests/plot/well_formed.hpp"

namespace tram {
namespace {

TEST(XmlText, EscapesMarkupAndReplacesWhatXmlForbids) {
  EXPECT_EQ(xml_text("a<b>&\"c'"), "a&lt;b&gt;&amp;&quot;c&#39;");
  EXPECT_EQ(xml_text("µm² ≤ 𝛼"), "µm² ≤ 𝛼");
  EXPECT_EQ(xml_text(std::string_view("\x01|\x00|\xff|\xc3", 7)),
            "\xef\xbf\xbd|\xef\xbf\xbd|\xef\xbf\xbd|\xef\xbf\xbd");
  EXPECT_EQ(xml_text("\xc0\xaf"), "\xef\xbf\xbd\xef\xbf\xbd");                  // overlong '/'
  EXPECT_EQ(xml_text("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");  // a surrogate
}

TEST(XmlText, AnyBytesAreWellFormed) {
  std::string bytes;
  for (int i = 0; i < 256; ++i)
    for (int j = 0; j < 256; ++j) bytes += static_cast<char>(i), bytes += static_cast<char>(j);
  EXPECT_EQ(XmlCheck("<t>" + xml_text(bytes) + "</t>").run(), "");
}

TEST(SvgDrawing, ShapesAsWritten) {
  SvgDrawing svg(100, 50);
  svg.line({1, 2}, {3.14159, -0.001}, {"#ff0000", 1.5, "4 3"});
  svg.rectangle({1, 2}, 3, 4, "none", {"#000000", 0, ""}, 2);
  const std::array<Point, 2> points{{{0, 0}, {10, 20.5}}};
  svg.polyline(points, {});
  svg.begin_group("a & b");
  svg.text({5, 6}, "<x>", {12, TextAnchor::middle, "#333333", true, -90});
  svg.end_group();
  EXPECT_EQ(svg.finish(),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"100\" height=\"50\" viewBox=\"0 0 100 50\" "
            "font-family=\"Helvetica, Arial, 'Liberation Sans', sans-serif\">\n"
            "<rect width=\"100\" height=\"50\" fill=\"#ffffff\"/>\n"
            "<line x1=\"1\" y1=\"2\" x2=\"3.14\" y2=\"0\" stroke=\"#ff0000\" stroke-width=\"1.5\" "
            "stroke-dasharray=\"4 3\"/>\n"
            "<rect x=\"1\" y=\"2\" width=\"3\" height=\"4\" rx=\"2\" fill=\"none\" stroke=\"none\"/>\n"
            "<polyline points=\"0,0 10,20.5\" fill=\"none\" stroke-linejoin=\"round\" stroke=\"#000000\" "
            "stroke-width=\"1\"/>\n"
            "<g><title>a &amp; b</title>\n"
            "<text x=\"5\" y=\"6\" font-size=\"12\" text-anchor=\"middle\" fill=\"#333333\" font-weight=\"bold\" "
            "transform=\"rotate(-90 5 6)\">&lt;x&gt;</text>\n"
            "</g>\n</svg>\n");
}

TEST(TextWidth, HelveticaMetrics) {
  EXPECT_DOUBLE_EQ(text_width("", 10), 0);
  EXPECT_DOUBLE_EQ(text_width("il", 1000), 444);    // 222 + 222
  EXPECT_DOUBLE_EQ(text_width("W0 ", 1000), 1778);  // 944 + 556 + 278
  EXPECT_DOUBLE_EQ(text_width("~", 10), 5.84);      // the last entry
  EXPECT_DOUBLE_EQ(text_width("µ", 10), 6);         // one character of two bytes
}

TEST(XmlCheckTest, FindsWhatIsWrong) {
  EXPECT_EQ(XmlCheck("<a><b x=\"1\"/>t</a>").run(), "");
  EXPECT_NE(XmlCheck("<a><b></a></b>").run(), "");
  EXPECT_NE(XmlCheck("<a>").run(), "");
  EXPECT_NE(XmlCheck("<a x=\"1\" x=\"2\"/>").run(), "");
  EXPECT_NE(XmlCheck("<a x=1/>").run(), "");
  EXPECT_NE(XmlCheck("<a>&</a>").run(), "");
  EXPECT_NE(XmlCheck("<a/><b/>").run(), "");
}

}  // namespace
}  // namespace tram
