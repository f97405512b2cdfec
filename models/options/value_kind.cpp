#include "models/options/value_kind.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <stdexcept>

#include "models/options/parse_number.hpp"
#include "models/support/error.hpp"
#include "models/support/nearest.hpp"
#include "models/support/processor.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

double parse_with_unit(const RawValue& value, Dimension unit) {
  try {
    return parse_quantity(value.text, unit);
  } catch (const std::invalid_argument& error) {
    throw InputError(value.where, error.what());
  }
}

int64_t parse_whole_with_unit(const RawValue& value, Dimension unit, const std::string& allowed) {
  const double number = parse_with_unit(value, unit);
  if (number != std::floor(number))
    throw InputError(value.where, fmt::format("'{}' is not a whole number of {}; {} is expected", value.text,
                                              unit == Dimension::size ? "bytes" : base_unit(unit), allowed));
  return std::abs(number) < 0x1p62 ? static_cast<int64_t>(number) : int64_t{1} << 62;
}

}  // namespace

ValueKind<int64_t> whole(std::optional<Dimension> unit, int64_t low, int64_t high) {
  const auto format = [unit](const int64_t& value) {
    return unit ? format_quantity(static_cast<double>(value), *unit) : fmt::format("{}", value);
  };
  const std::string allowed = fmt::format("{} to {}", format(low), format(high));
  const auto parse = [=](const RawValue& value) {
    const int64_t number =
        unit ? parse_whole_with_unit(value, *unit, allowed) : parse_plain<int64_t>(value, "a whole number", allowed);
    return within(value, number, low, high, allowed);
  };
  return {"integer", unit ? std::string(base_unit(*unit)) : "", allowed, parse, format};
}

ValueKind<double> quantity(Dimension unit, double low, double high) {
  const auto format = [unit](const double& value) { return format_quantity(value, unit); };
  const std::string allowed = fmt::format("{} to {}", format(low), format(high));
  return {"number", std::string(base_unit(unit)), allowed,
          [=](const RawValue& value) { return within(value, parse_with_unit(value, unit), low, high, allowed); },
          format};
}

ValueKind<double> number(double low, double high) { return plain_number(low, high); }

ValueKind<std::string> choice(std::vector<std::string> names) {
  const std::string allowed = fmt::format("{}", fmt::join(names, ", "));
  const auto parse = [names = std::move(names), allowed](const RawValue& value) {
    if (std::ranges::find(names, value.text) != names.end()) return value.text;
    throw InputError(value.where, fmt::format("'{}'; {}{} is expected{}", value.text, names.size() > 1 ? "one of " : "",
                                              allowed, did_you_mean(value.text, names)));
  };
  return {"choice", "", allowed, parse, [](const std::string& value) { return value; }};
}

ValueKind<bool> boolean() {
  const auto parse = [](const RawValue& value) {
    for (const char* name : {"yes", "true", "on", "1"})
      if (value.text == name) return true;
    for (const char* name : {"no", "false", "off", "0"})
      if (value.text == name) return false;
    throw InputError(value.where, fmt::format("'{}'; yes or no is expected", value.text));
  };
  return {"choice", "", "yes or no", parse, [](const bool& value) { return std::string(value ? "yes" : "no"); }};
}

ValueKind<std::optional<bool>> boolean_or_auto() {
  const ValueKind<std::string> names = choice({"auto", "yes", "no"});
  const auto parse = [parse = names.parse](const RawValue& value) -> std::optional<bool> {
    const std::string name = parse(value);
    return name == "auto" ? std::nullopt : std::optional(name == "yes");
  };
  const auto format = [](const std::optional<bool>& value) -> std::string {
    return !value ? "auto" : *value ? "yes" : "no";
  };
  return {names.type, "", names.allowed, parse, format};
}

ValueKind<fs::path> existing_path(PathKind kind) {
  const std::string allowed = kind == PathKind::file ? "an existing file" : "an existing folder";
  const auto parse = [kind, allowed](const RawValue& value) {
    fs::path path = fs::absolute(value.folder / value.text).lexically_normal();
    std::error_code ignored;
    const bool there = kind == PathKind::file ? fs::is_regular_file(path, ignored) : fs::is_directory(path, ignored);
    if (there && !value.text.empty()) return path;
    throw InputError(value.where, fmt::format("'{}' is not there; {} is expected", path.string(), allowed));
  };
  return {"path", "", allowed, parse, [](const fs::path& path) { return path.string(); }};
}

ValueKind<std::string> text(std::string allowed) {
  const auto same = [](const std::string& value) { return value; };
  return {"text", "", std::move(allowed), [](const RawValue& value) { return value.text; }, same};
}

ValueKind<fs::path> path() {
  const auto parse = [](const RawValue& value) { return fs::path(value.text); };
  return {"path", "", "", parse, [](const fs::path& path) { return path.string(); }};
}

ValueKind<int> thread_count() {
  ValueKind<int> kind = plain_number(0, 4096);
  kind.parse = [parse = kind.parse](const RawValue& value) {
    const int given = parse(value);
    return given > 0 ? given : hardware_threads();
  };
  return kind;
}

std::vector<RawValue> entries_of(const RawValue& list) {
  std::vector<RawValue> entries;
  std::istringstream stream(list.text + ",");
  for (std::string entry; std::getline(stream, entry, ',');) {
    if (entry.empty())
      throw InputError(list.where,
                       fmt::format("'{}' has an empty entry; values between commas are expected", list.text));
    entries.push_back({list.key, entry, list.where, list.folder});
  }
  return entries;
}

}  // namespace tram
