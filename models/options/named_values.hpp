#pragma once
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace tram {

/// A value of an enumeration as users write it.
template <class Enum>
struct NamedValue {
  Enum value;
  std::string_view name;
};

/// An enumeration that has names: beside it stands names_of(Enum), which returns all of them, the default or the most
/// common first. What users write, what is printed and what --help lists come from this one table.
template <class Enum>
concept Named = requires(Enum value) {
  {std::span<const NamedValue<Enum>>(names_of(value))};
};

template <Named Enum>
std::string name_of(Enum value) {
  for (const NamedValue<Enum>& named : names_of(value))
    if (named.value == value) return std::string(named.name);
  throw std::logic_error("a value without name");
}

template <Named Enum>
std::vector<std::string> all_names() {
  std::vector<std::string> names;
  for (const NamedValue<Enum>& named : names_of(Enum{})) names.emplace_back(named.name);
  return names;
}

/// The value of a name that all_names() has.
template <Named Enum>
Enum value_named(std::string_view name) {
  for (const NamedValue<Enum>& named : names_of(Enum{}))
    if (named.name == name) return named.value;
  throw std::logic_error("no value of the name '" + std::string(name) + "'");
}

}  // namespace tram
