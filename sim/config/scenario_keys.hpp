#pragma once
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "sim/config/raw_scenario.hpp"
#include "sim/config/scenario.hpp"

namespace tram {

/// A setting of a scenario: everything there is to say about it. Parsing, defaults, errors, --keys and the table in
/// scenarios/README.md come from here.
struct ScenarioKey {
  std::string name;          ///< dotted, such as array.rows
  std::string type;          ///< integer, number, numbers, choice, name or path
  std::string unit;          ///< base unit; empty: none by nature
  std::string default_text;  ///< as one would write it; where derived, in words
  bool derived = false;      ///< follows from another key or the environment unless given
  bool is_list = false;      ///< takes a YAML list too, which means its entries between commas
  std::string allowed;       ///< range or choices, in words
  std::string sentence;
  std::function<void(Scenario&, const RawValue&)> set;  ///< InputError at RawValue::where unless allowed
  std::function<std::string(const Scenario&)> get;      ///< the text that set() turns into the same value
};

/// All keys, in the order in which they are set: a name before the details that override what it stands for.
std::span<const ScenarioKey> scenario_keys();

/// The key with this dotted name; nullptr when there is none.
const ScenarioKey* find_scenario_key(const std::string& name);

/// Every first part of a dotted name: "data", "array", "memory", ...
bool is_key_group(const std::string& name);

/// What to say about a name that is no key: "unknown key 'rows'; did you mean 'array.rows'?". A key with the same last
/// part comes before the nearest spelling.
std::string unknown_key_message(const std::string& name);

/// Tables of all keys with type, unit, default and sentence: for a terminal, and for Markdown.
std::string keys_as_text();
std::string keys_as_markdown();

}  // namespace tram
