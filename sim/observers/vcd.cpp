#include "sim/observers/vcd.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>

#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

/// VCD's unit of time: femtoseconds and how it is written.
struct Timescale {
  uint64_t femtoseconds;
  const char* text;
};

/// The coarsest unit of which the clock period, rounded to femtoseconds, is a multiple.
Timescale timescale_of(uint64_t period_fs) {
  static constexpr Timescale scales[] = {{1000000000000, "1 ms"}, {1000000000, "1 us"}, {100000000, "100 ns"},
                                         {10000000, "10 ns"},     {1000000, "1 ns"},    {100000, "100 ps"},
                                         {10000, "10 ps"},        {1000, "1 ps"},       {1, "1 fs"}};
  return *std::find_if(std::begin(scales), std::end(scales),
                       [&](const Timescale& scale) { return period_fs % scale.femtoseconds == 0; });
}

/// Identifier code of a variable: printable ASCII 33 .. 126, least significant digit first.
std::string identifier(size_t index) {
  std::string code;
  for (;; index = index / 94 - 1) {
    code += static_cast<char>('!' + index % 94);
    if (index < 94) return code;
  }
}

std::string unknown(int width, const std::string& code) {
  return fmt::format("{}{}\n", width == 1 ? "x" : "bx ", code);
}

std::string value_change(uint64_t value, int width, const std::string& code) {
  return width == 1 ? fmt::format("{}{}\n", value, code) : fmt::format("b{:b} {}\n", value, code);
}

std::vector<std::string> split_scope(const std::string& scope) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin <= scope.size();) {
    const size_t end = std::min(scope.find('.', begin), scope.size());
    parts.push_back(scope.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

bool is_name(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

/// $scope and $upscope lines that lead from one scope to another.
std::string move_scope(const std::vector<std::string>& from, const std::vector<std::string>& to) {
  const auto common =
      static_cast<size_t>(std::mismatch(from.begin(), from.end(), to.begin(), to.end()).first - from.begin());
  std::string lines;
  for (size_t i = common; i < from.size(); ++i) lines += "$upscope $end\n";
  for (size_t i = common; i < to.size(); ++i) lines += "$scope module " + to[i] + " $end\n";
  return lines;
}

}  // namespace

VcdRecorder::VcdRecorder(uint64_t from, uint64_t to, double clock_hz) : from_(from), to_(to), clock_hz_(clock_hz) {
  if (from >= to)
    throw InputError("--vcd", fmt::format("{}:{} is an empty window; FROM:TO with FROM < TO is expected", from, to));
  if (const uint64_t last = UINT64_MAX / ticks_a_cycle(); to > last)
    throw InputError("--vcd", fmt::format("{}:{} ends after the last time of a VCD file; cycles up to {} are expected",
                                          from, to, last));
}

uint64_t VcdRecorder::period_fs() const { return static_cast<uint64_t>(std::llround(1e15 / clock_hz_)); }

uint64_t VcdRecorder::ticks_a_cycle() const { return period_fs() / timescale_of(period_fs()).femtoseconds; }

double VcdRecorder::most_bytes() const {
  double cycle = static_cast<double>(std::string_view("#18446744073709551615\n").size());
  for (size_t i = 0; i < signals_.size(); ++i)
    cycle += static_cast<double>(signals_[i].width + identifier(i).size() + std::string_view("b \n").size());
  return cycle * static_cast<double>(to_ - from_);
}

VcdRecorder::Variable VcdRecorder::declare(const std::string& scope, const std::string& name, int width) {
  for (const std::string& part : split_scope(scope))
    if (!is_name(part)) throw std::logic_error("VCD scope '" + scope + "' is no path of names");
  if (!is_name(name) || width < 1 || width > 64) throw std::logic_error("VCD variable '" + name + "' is malformed");
  if (!names_.insert(scope + "." + name).second)
    throw std::logic_error("VCD variable " + scope + "." + name + " is declared twice");
  signals_.push_back({.scope = scope, .name = name, .width = width, .initial = {}, .changes = {}});
  return signals_.size() - 1;
}

void VcdRecorder::record(Variable variable, uint64_t cycle, uint64_t value) {
  Signal& signal = signals_[variable];
  if (signal.width < 64) value &= (uint64_t{1} << signal.width) - 1;
  if (cycle >= to_) return;
  if (cycle > from_) {
    insert(signal.changes, {cycle, value});
  } else if (!signal.initial || cycle >= signal.initial->cycle) {
    signal.initial = Initial{cycle, value};
  }
}

/// Mostly at the end: cycles rarely come out of order.
void VcdRecorder::insert(std::vector<Change>& changes, Change change) {
  auto place = changes.end();
  if (!changes.empty() && changes.back().cycle >= change.cycle)
    place = std::lower_bound(changes.begin(), changes.end(), change.cycle,
                             [](const Change& other, uint64_t cycle) { return other.cycle < cycle; });
  if (place != changes.end() && place->cycle == change.cycle) place->value = change.value;
  else changes.insert(place, change);
}

std::string VcdRecorder::header() const {
  std::string text = "$version TRAM $end\n$timescale ";
  text += timescale_of(period_fs()).text;
  text += " $end\n";
  std::vector<size_t> order(signals_.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return split_scope(signals_[a].scope) < split_scope(signals_[b].scope); });
  std::vector<std::string> scope;
  for (const size_t i : order) {
    const Signal& signal = signals_[i];
    const std::vector<std::string> target = split_scope(signal.scope);
    text += move_scope(scope, target);
    scope = target;
    const std::string range = signal.width > 1 ? fmt::format(" [{}:0]", signal.width - 1) : "";
    text += fmt::format("$var wire {} {} {}{} $end\n", signal.width, identifier(i), signal.name, range);
  }
  return text + move_scope(scope, {}) + "$enddefinitions $end\n";
}

std::string VcdRecorder::text() const {
  const uint64_t ticks = ticks_a_cycle();
  std::string text = header() + fmt::format("#{}\n$dumpvars\n", from_ * ticks);
  std::map<uint64_t, std::string> changes;
  for (size_t i = 0; i < signals_.size(); ++i) {
    const Signal& signal = signals_[i];
    const std::string code = identifier(i);
    text += signal.initial ? value_change(signal.initial->value, signal.width, code) : unknown(signal.width, code);
    std::optional<uint64_t> last;
    if (signal.initial) last = signal.initial->value;
    for (const auto& [cycle, value] : signal.changes) {
      if (last != value) changes[cycle] += value_change(value, signal.width, code);
      last = value;
    }
  }
  text += "$end\n";
  for (const auto& [cycle, lines] : changes) text += fmt::format("#{}\n", cycle * ticks) + lines;
  return text + fmt::format("#{}\n", to_ * ticks);
}

void VcdRecorder::write(const std::filesystem::path& path) const { write_file(path, text()); }

}  // namespace tram
