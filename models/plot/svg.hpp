#pragma once
#include <span>
#include <string>
#include <string_view>

namespace tram {

/// A place on a drawing in pixels: x to the right, y down.
struct Point {
  double x = 0, y = 0;
};

struct Stroke {
  std::string colour = "#000000";
  double width = 1;
  std::string dash;  ///< lengths of dashes and gaps, such as "4 3"; empty: solid
};

enum class TextAnchor { start, middle, end };

struct TextStyle {
  double size = 11;  ///< px
  TextAnchor anchor = TextAnchor::start;
  std::string colour = "#000000";
  bool bold = false;
  double rotation = 0;  ///< degrees clockwise about the text's point
};

/// Text as XML character data: & < > " ' escaped; bytes that are not UTF-8 and characters that XML 1.0 forbids become
/// U+FFFD.
std::string xml_text(std::string_view text);

/// An SVG 1.1 drawing, written shape by shape; what comes later lies on top. Coordinates are written with at most two
/// decimals. Fills and colours are SVG colours; "none" fills nothing.
class SvgDrawing {
 public:
  /// A white page of this size in pixels.
  SvgDrawing(double width, double height);

  void line(Point from, Point to, const Stroke& stroke);
  void polyline(std::span<const Point> points, const Stroke& stroke);
  void polygon(std::span<const Point> points, const std::string& fill, const Stroke& stroke);
  void rectangle(Point corner, double width, double height, const std::string& fill, const Stroke& stroke,
                 double radius = 0);
  void circle(Point centre, double radius, const std::string& fill, const Stroke& stroke);
  /// The text's baseline starts, has its middle, or ends at the point.
  void text(Point point, std::string_view text, const TextStyle& style);
  /// Shapes up to end_group() belong together and show this text when pointed at.
  void begin_group(std::string_view title);
  void end_group();

  /// The whole file.
  std::string finish() const;

 private:
  double width_, height_;
  std::string body_;
};

/// Width of a text in pixels when set in Helvetica (or Arial, Liberation Sans, which have the same widths); characters
/// beyond ASCII count as .6 of the size.
double text_width(std::string_view text, double size, bool bold = false);

}  // namespace tram
