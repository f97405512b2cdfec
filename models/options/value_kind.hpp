#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/options/named_values.hpp"
#include "models/support/quantity.hpp"

namespace tram {

/// One value as somebody wrote it: not yet of any type.
struct RawValue {
  std::string key;  ///< dotted name, such as array.rows
  std::string text;
  std::string where;             ///< "file:line: array.rows", "--set array.rows" or "--images"; begins every message
  std::filesystem::path folder;  ///< what a relative path in text starts from
};

/// What a kind of value knows: how the text somebody wrote becomes a value, and the value text again. Scenario keys and
/// the options of all programs are of these kinds.
/// parse throws InputError at RawValue::where with "what was found; ... is expected".
template <class Value>
struct ValueKind {
  std::string type, unit, allowed;
  std::function<Value(const RawValue&)> parse;
  std::function<std::string(const Value&)> format;
  bool is_list = false;  ///< takes a YAML list too, which means its entries between commas
};

/// A whole number in low..high, of plain things or with a unit (bytes, cycles).
ValueKind<int64_t> whole(std::optional<Dimension> unit, int64_t low, int64_t high);
/// A quantity in low..high.
ValueKind<double> quantity(Dimension unit, double low, double high);
/// A number without unit in low..high.
ValueKind<double> number(double low, double high);
/// One of names.
ValueKind<std::string> choice(std::vector<std::string> names);
/// yes or no; written also as true or false, on or off, 1 or 0.
ValueKind<bool> boolean();
/// yes, no, or auto: nothing.
ValueKind<std::optional<bool>> boolean_or_auto();
/// An existing file or folder; a relative path starts from RawValue::folder, the value is absolute.
enum class PathKind { file, folder };
ValueKind<std::filesystem::path> existing_path(PathKind kind);
/// Any path, as it is written.
ValueKind<std::filesystem::path> path();
/// Any text; `allowed` says in words what it may be.
ValueKind<std::string> text(std::string allowed = {});
/// How many threads a program uses: 0 to 4096, where 0 becomes the number of processors.
ValueKind<int> thread_count();

/// The texts between the commas of a list, at least one. InputError where one is empty.
std::vector<RawValue> entries_of(const RawValue& list);

/// Values of one kind between commas.
template <class Value>
ValueKind<std::vector<Value>> list_of(ValueKind<Value> kind) {
  const auto parse = [parse_one = kind.parse](const RawValue& value) {
    std::vector<Value> values;
    for (const RawValue& entry : entries_of(value)) values.push_back(parse_one(entry));
    return values;
  };
  const auto format = [format_one = kind.format](const std::vector<Value>& values) {
    std::string text;
    for (const Value& value : values) {
      if (!text.empty()) text += ',';
      text += format_one(value);
    }
    return text;
  };
  return {kind.type, kind.unit, kind.allowed + ", separated by commas", parse, format, true};
}

/// One of an enumeration's names.
template <Named Enum>
ValueKind<Enum> choice() {
  ValueKind<std::string> names = choice(all_names<Enum>());
  return {names.type,
          {},
          names.allowed,
          [parse = names.parse](const RawValue& value) { return value_named<Enum>(parse(value)); },
          name_of<Enum>};
}

}  // namespace tram
