#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "rtl/axm/dot_diagram.hpp"

namespace tram::axm {
namespace {

constexpr int label_width = 15, cell_width = 3;

class TextDrawing {
 public:
  TextDrawing(const DotDiagram& diagram, const DotTextStyle& style) : diagram_(diagram), style_(style) {}

  std::string draw() {
    text_ = fmt::format("{}: {}\n\n", diagram_.name, diagram_.description);
    row("column", [](int column) { return fmt::format("{:>3}", column); });
    for (int bit = 0; bit < diagram_.rows; ++bit) row(fmt::format("b[{}]", bit), [&](int c) { return dot_at(c, bit); });
    if (!diagram_.constants.empty())
      row("constant", [&](int c) { return count_cell(std::ranges::count(diagram_.constants, c)); });
    row("kept dots", [&](int c) { return count_cell(kept_in(c)); });
    legend();
    for (const DotStage& stage : diagram_.stages) draw_stage(stage);
    return text_;
  }

 private:
  using Cell = std::function<std::string(int)>;

  void row(const std::string& label, const Cell& cell) {
    std::string line = fmt::format("{:<{}}", label, label_width);
    for (int column = diagram_.columns - 1; column >= 0; --column) line += cell(column);
    text_ += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }

  std::string blank() const { return std::string(cell_width, ' '); }

  std::string coloured(const std::string& symbol, const char* colour) const {
    const std::string cell = "  " + symbol;
    return style_.has_colours ? fmt::format("\x1b[{}m{}\x1b[0m", colour, cell) : cell;
  }

  static std::string group_letter(int group) { return std::string(1, static_cast<char>('a' + group % 26)); }

  std::string dot_at(int column, int bit) const {
    for (const MatrixDot& dot : diagram_.matrix)
      if (dot.column == column && dot.row == bit) return symbol(dot);
    return blank();
  }

  std::string symbol(const MatrixDot& dot) const {
    switch (dot.kind) {
      case DotKind::kept: return coloured(style_.has_unicode ? "●" : "o", "0");
      case DotKind::inverted: return coloured(style_.has_unicode ? "◆" : "n", "36");
      case DotKind::zero: return coloured(style_.has_unicode ? "·" : ".", "2");
      case DotKind::one: return coloured("1", "33");
      case DotKind::joined: return coloured(group_letter(dot.group), "35");
    }
    return blank();
  }

  int64_t kept_in(int column) const {
    std::vector<int> groups;
    int64_t kept = 0;
    for (const MatrixDot& dot : diagram_.matrix) {
      if (dot.column != column || dot.kind == DotKind::zero || dot.kind == DotKind::one) continue;
      if (dot.kind != DotKind::joined) ++kept;
      else if (std::ranges::find(groups, dot.group) == groups.end()) groups.push_back(dot.group);
    }
    return kept + static_cast<int64_t>(groups.size());
  }

  static std::string count_cell(int64_t count) {
    return count == 0 ? std::string(cell_width, ' ') : fmt::format("{:>3}", count);
  }

  void legend() {
    const auto shown = [&](DotKind kind) {
      return std::ranges::any_of(diagram_.matrix, [&](const MatrixDot& dot) { return dot.kind == kind; });
    };
    const auto entry = [&](const MatrixDot& dot, const char* meaning) {
      if (shown(dot.kind)) text_ += fmt::format("{}  {}\n", symbol(dot), meaning);
    };
    text_ += "\n";
    entry({0, 0, DotKind::kept, -1}, "partial product a[i] and b[j] of column i + j");
    entry({0, 0, DotKind::inverted, -1}, "inverted partial product (one sign bit)");
    entry({0, 0, DotKind::zero, -1}, "removed");
    entry({0, 0, DotKind::one, -1}, "constant 1");
    entry({0, 0, DotKind::joined, 0}, "joined with the others of its letter by OR");
  }

  void draw_stage(const DotStage& stage) {
    const std::vector<StageColumn>& columns = stage.columns;
    text_ += "\n" + stage.name + "\n";
    const auto counted = [&](const char* label, const std::function<bool(const StageAdder&)>& counts) {
      const auto count = [&](const StageColumn& column) { return std::ranges::count_if(column.adders, counts); };
      if (std::ranges::none_of(columns, [&](const StageColumn& column) { return count(column) > 0; })) return;
      row(label, [&](int c) { return count_cell(count(columns[c])); });
    };
    counted("  full adders", [](const StageAdder& adder) { return adder.is_full; });
    counted("  half adders", [](const StageAdder& adder) { return !adder.is_full; });
    counted("  sums 0", [](const StageAdder& adder) { return adder.outputs.sum == NetState::zero; });
    counted("  sums 1", [](const StageAdder& adder) { return adder.outputs.sum == NetState::one; });
    counted("  carries 0", [](const StageAdder& adder) { return adder.outputs.carry == NetState::zero; });
    counted("  carries 1", [](const StageAdder& adder) { return adder.outputs.carry == NetState::one; });
  }

  const DotDiagram& diagram_;
  DotTextStyle style_;
  std::string text_;
};

}  // namespace

std::string dot_text(const DotDiagram& diagram, const DotTextStyle& style) {
  return TextDrawing(diagram, style).draw();
}

}  // namespace tram::axm
