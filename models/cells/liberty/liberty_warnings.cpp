#include "models/cells/liberty/liberty_warnings.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <span>

namespace tram {
namespace {

constexpr size_t max_lines = 5, max_names = 5;

// Cells of one file that were left out for one reason.
struct Reason {
  const LeftOutCell* first;
  std::vector<std::string> names;
};

std::vector<Reason> by_reason(const std::vector<LeftOutCell>& cells) {
  std::vector<Reason> reasons;
  for (const LeftOutCell& cell : cells) {
    const auto same = std::find_if(reasons.begin(), reasons.end(), [&](const Reason& known) {
      return known.first->file == cell.file && known.first->reason == cell.reason;
    });
    if (same == reasons.end()) reasons.push_back({&cell, {cell.name}});
    else same->names.push_back(cell.name);
  }
  return reasons;
}

std::string line_of(const Reason& reason) {
  const size_t count = reason.names.size();
  const std::string place = fmt::format("{}:{}: {}", reason.first->file, reason.first->line, reason.first->reason);
  if (count == 1) return fmt::format("{}; cell {} is left out", place, reason.names[0]);
  const std::span named(reason.names.data(), std::min(count, max_names));
  return fmt::format("{}; {} cells are left out: {}{}", place, count, fmt::join(named, ", "),
                     count > max_names ? ", ..." : "");
}

// "12 cells without area, which counts as 0 (the first: INV, a.lib:12)"; nothing when all have it.
template <class Lacks>
void warn_of(const Library& library, const std::string& what, Lacks lacks, std::vector<std::string>& lines) {
  const LibertyCell* first = nullptr;
  size_t count = 0, usable = 0;
  for (const LibertyCell& cell : library.cells) {
    if (cell.kind == CellKind::other || cell.dont_use) continue;
    ++usable;
    if (!lacks(cell)) continue;
    if (count++ == 0) first = &cell;
  }
  if (count == 0) return;
  lines.push_back(fmt::format("{}:{}: {} of {} usable cells have no {}, which counts as 0; {} is the first",
                              library.files[first->file].path.string(), first->line, count, usable, what, first->name));
}

bool has_internal_power(const LibertyCell& cell) {
  return cell.input_pins.empty() || std::any_of(cell.pins.begin(), cell.pins.end(), [](const LibertyPin& pin) {
           return std::any_of(pin.internal_power.begin(), pin.internal_power.end(), [](const InternalPower& power) {
             return !power.rise.is_empty() || !power.fall.is_empty();
           });
         });
}

}  // namespace

LeftOutCell left_out_cell(const std::string& name, const std::string& file, const std::string& message) {
  LeftOutCell cell{name, file, 0, message};
  if (!message.starts_with(file + ":")) return cell;
  const char *const begin = message.data() + file.size() + 1, *const end = message.data() + message.size();
  const auto number = std::from_chars(begin, end, cell.line);
  if (number.ec != std::errc() || end - number.ptr < 2) return cell;
  cell.reason = std::string(number.ptr + 2, end);
  return cell;
}

std::vector<std::string> left_out_warnings(const std::vector<LeftOutCell>& cells) {
  const std::vector<Reason> reasons = by_reason(cells);
  std::vector<std::string> lines;
  size_t named = 0;
  for (const Reason& reason : std::span(reasons.data(), std::min(reasons.size(), max_lines))) {
    lines.push_back(line_of(reason));
    named += reason.names.size();
  }
  if (named < cells.size())
    lines.push_back(fmt::format("{}: {} more cells are left out, for {} other reasons", reasons[max_lines].first->file,
                                cells.size() - named, reasons.size() - max_lines));
  return lines;
}

std::vector<std::string> missing_quantities(const Library& library) {
  std::vector<std::string> lines;
  warn_of(
      library, "area", [](const LibertyCell& cell) { return !(cell.area > 0); }, lines);
  warn_of(
      library, "internal_power", [](const LibertyCell& cell) { return !has_internal_power(cell); }, lines);
  warn_of(
      library, "leakage", [](const LibertyCell& cell) { return !cell.cell_leakage_power && cell.leakage.empty(); },
      lines);
  return lines;
}

}  // namespace tram
