#include "models/plot/svg.hpp"

#include <fmt/format.h>

#include <array>

#include "models/support/utf8.hpp"

namespace tram {
namespace {

/// A coordinate: two decimals, trailing zeros dropped.
std::string number(double value) {
  std::string text = fmt::format("{:.2f}", value);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string stroke_attributes(const Stroke& stroke) {
  if (stroke.width <= 0) return " stroke=\"none\"";
  std::string text = fmt::format(" stroke=\"{}\" stroke-width=\"{}\"", stroke.colour, number(stroke.width));
  if (!stroke.dash.empty()) text += fmt::format(" stroke-dasharray=\"{}\"", stroke.dash);
  return text;
}

std::string point_list(std::span<const Point> points) {
  std::string text;
  for (const Point& point : points)
    text += fmt::format("{}{},{}", text.empty() ? "" : " ", number(point.x), number(point.y));
  return text;
}

/// Length in bytes of the UTF-8 character at the start of text that XML allows, 0 when there is none
/// (XML 1.0, production 2).
size_t character_length(std::string_view text) {
  const auto [code, length] = first_character(text);
  const bool is_control = code < 0x20 && code != '\t' && code != '\n' && code != '\r';
  return is_control || code == 0xfffe || code == 0xffff ? 0 : length;
}

/// Advance widths of Helvetica in 1/1000 of the size, characters 32 to 126 (Adobe Font Metrics).
constexpr std::array<int, 95> helvetica = {
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333,  278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667,  611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278,  556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500,  500, 334, 260, 334, 584};

}  // namespace

std::string xml_text(std::string_view text) {
  std::string safe;
  while (!text.empty()) {
    const size_t length = character_length(text);
    if (length == 0) safe += "\xef\xbf\xbd";
    else if (text[0] == '&') safe += "&amp;";
    else if (text[0] == '<') safe += "&lt;";
    else if (text[0] == '>') safe += "&gt;";
    else if (text[0] == '"') safe += "&quot;";
    else if (text[0] == '\'') safe += "&#39;";
    else safe += text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return safe;
}

SvgDrawing::SvgDrawing(double width, double height) : width_(width), height_(height) {}

void SvgDrawing::line(Point from, Point to, const Stroke& stroke) {
  body_ += fmt::format("<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"{}/>\n", number(from.x), number(from.y),
                       number(to.x), number(to.y), stroke_attributes(stroke));
}

void SvgDrawing::polyline(std::span<const Point> points, const Stroke& stroke) {
  body_ += fmt::format("<polyline points=\"{}\" fill=\"none\" stroke-linejoin=\"round\"{}/>\n", point_list(points),
                       stroke_attributes(stroke));
}

void SvgDrawing::polygon(std::span<const Point> points, const std::string& fill, const Stroke& stroke) {
  body_ += fmt::format("<polygon points=\"{}\" fill=\"{}\"{}/>\n", point_list(points), fill, stroke_attributes(stroke));
}

void SvgDrawing::rectangle(Point corner, double width, double height, const std::string& fill, const Stroke& stroke,
                           double radius) {
  body_ += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"", number(corner.x), number(corner.y),
                       number(width), number(height));
  if (radius > 0) body_ += fmt::format(" rx=\"{}\"", number(radius));
  body_ += fmt::format(" fill=\"{}\"{}/>\n", fill, stroke_attributes(stroke));
}

void SvgDrawing::circle(Point centre, double radius, const std::string& fill, const Stroke& stroke) {
  body_ += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{}\"{}/>\n", number(centre.x), number(centre.y),
                       number(radius), fill, stroke_attributes(stroke));
}

void SvgDrawing::text(Point point, std::string_view text, const TextStyle& style) {
  constexpr std::array<const char*, 3> anchors = {"start", "middle", "end"};
  body_ += fmt::format("<text x=\"{}\" y=\"{}\" font-size=\"{}\" text-anchor=\"{}\" fill=\"{}\"", number(point.x),
                       number(point.y), number(style.size), anchors[static_cast<size_t>(style.anchor)], style.colour);
  if (style.bold) body_ += " font-weight=\"bold\"";
  if (style.rotation != 0)
    body_ += fmt::format(" transform=\"rotate({} {} {})\"", number(style.rotation), number(point.x), number(point.y));
  body_ += fmt::format(">{}</text>\n", xml_text(text));
}

void SvgDrawing::begin_group(std::string_view title) {
  body_ += fmt::format("<g><title>{}</title>\n", xml_text(title));
}

void SvgDrawing::end_group() { body_ += "</g>\n"; }

std::string SvgDrawing::finish() const {
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" "
      "font-family=\"Helvetica, Arial, 'Liberation Sans', sans-serif\">\n"
      "<rect width=\"{0}\" height=\"{1}\" fill=\"#ffffff\"/>\n{2}</svg>\n",
      number(width_), number(height_), body_);
}

double text_width(std::string_view text, double size, bool bold) {
  double width = 0;
  for (const char character : text) {
    const auto code = static_cast<uint8_t>(character);
    if (code >= 32 && code < 127) width += helvetica[code - 32];
    else if ((code & 0xc0) != 0x80) width += 600;
  }
  return width / 1000 * size * (bold ? 1.06 : 1);
}

}  // namespace tram
