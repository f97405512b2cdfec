#include "models/cells/liberty/liberty_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <utility>

#include "models/support/error.hpp"
#include "models/support/text.hpp"

namespace tram {
namespace {

// Liberty's defaults.
constexpr std::pair<std::string_view, double> threshold_defaults[] = {
    {"slew_lower_threshold_pct_rise", 20}, {"slew_lower_threshold_pct_fall", 20}, {"slew_upper_threshold_pct_rise", 80},
    {"slew_upper_threshold_pct_fall", 80}, {"input_threshold_pct_rise", 50},      {"input_threshold_pct_fall", 50},
    {"output_threshold_pct_rise", 50},     {"output_threshold_pct_fall", 50},     {"slew_derate_from_library", 1}};

/// Reads the attributes of one library group.
class HeaderReader {
 public:
  HeaderReader(const LibertyGroup& group, const std::string& file) : group_(group) {
    header_.file = file;
    header_.line = group.line;
  }

  LibertyHeader read() {
    read_units();
    read_voltage_map();
    for (const auto& [name, value] : threshold_defaults)
      header_.thresholds[name] = number(group_, name).value_or(value);
    header_.conditions = conditions();
    if (const LibertyAttribute* const include = group_.find("include_file"))
      warn(include->line, "include_file is not followed; what that file holds is missing");
    return std::move(header_);
  }

 private:
  void warn(long line, const std::string& what) {
    header_.warnings.push_back(fmt::format("{}:{}: {}", header_.file, line, what));
  }

  [[noreturn]] void fail(long line, const std::string& what) const { throw InputError(header_.file, line, what); }

  std::optional<double> number(const LibertyGroup& group, std::string_view name) const {
    const LibertyAttribute* const attribute = group.find(name);
    if (attribute == nullptr || attribute->values.empty()) return std::nullopt;
    return liberty_number(attribute->values[0], header_.file, attribute->line);
  }

  void read_units() {
    LibertyUnits& units = header_.units;
    units.time = unit("time_unit", "1ns", 's', true);
    units.capacitance = unit("capacitive_load_unit", "1pf", 'f', true);
    units.voltage = unit("voltage_unit", "1V", 'v', false);
    header_.lacks_leakage_unit = group_.find("leakage_power_unit") == nullptr;
    units.leakage = unit("leakage_power_unit", "1nW", 'w', false);
    units.energy = units.capacitance * units.voltage * units.voltage;
  }

  // "1ns", "10 ps" or (1, pf) in SI; `base` is the unit's last letter.
  double unit(std::string_view name, std::string_view missing, char base, bool is_warned) {
    const LibertyAttribute* const attribute = group_.find(name);
    if (attribute == nullptr || attribute->values.empty()) {
      if (is_warned) warn(group_.line, fmt::format("library without {}; {} is taken", name, missing));
      return unit_value(missing, name, group_.line, base);
    }
    std::string text;
    for (const std::string_view value : attribute->values) text += value;
    return unit_value(text, name, attribute->line, base);
  }

  double unit_value(std::string_view text, std::string_view name, long line, char base) const {
    text = trimmed(text, " \t");
    const size_t digits = std::min(text.find_first_not_of("0123456789.+-eE "), text.size());
    const double value = digits == 0 ? 1 : liberty_number(text.substr(0, digits), header_.file, line);
    if (!(value > 0)) fail(line, fmt::format("{} is not positive", name));
    return value * unit_factor(text.substr(digits), name, line, base);
  }

  // Prefixes whatever their case, but for M, which may be milli or mega.
  double unit_factor(std::string_view suffix, std::string_view name, long line, char base) const {
    constexpr std::array<std::pair<char, double>, 6> prefixes = {
        {{'a', 1e-18}, {'f', 1e-15}, {'p', 1e-12}, {'n', 1e-9}, {'u', 1e-6}, {'k', 1e3}}};
    const auto lower = [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); };
    if (suffix.size() == 1 && lower(suffix[0]) == base) return 1;
    if (suffix.size() == 2 && lower(suffix[1]) == base) {
      if (suffix[0] == 'm') return 1e-3;
      for (const auto& [letter, factor] : prefixes) {
        if (lower(suffix[0]) == letter) return factor;
      }
    }
    fail(line, fmt::format("{} has the unit '{}'; a prefix and {} is expected", name, suffix.substr(0, 40), base));
  }

  void read_voltage_map() {
    for (const LibertyAttribute& attribute : group_.attributes) {
      if (attribute.name != "voltage_map" || attribute.values.size() != 2) continue;
      const double volts = liberty_number(attribute.values[1], header_.file, attribute.line) * header_.units.voltage;
      header_.voltages[std::string(attribute.values[0])] = volts;
    }
  }

  // The operating_conditions group of this name; with an empty name the only one.
  const LibertyGroup* conditions_group(std::string_view name) const {
    const LibertyGroup* found = nullptr;
    for (const LibertyGroup& child : group_.groups) {
      if (child.type != "operating_conditions") continue;
      if (name.empty() && found != nullptr) return nullptr;
      if (name.empty() || (!child.arguments.empty() && child.arguments[0] == name)) found = &child;
    }
    return found;
  }

  // The default operating conditions; where neither they nor nom_voltage are given, the only ones.
  const LibertyGroup* conditions_taken(bool has_nominal) {
    const LibertyAttribute* const attribute = group_.find("default_operating_conditions");
    const std::string_view name = attribute == nullptr || attribute->values.empty() ? "" : attribute->values[0];
    const LibertyGroup* const given = name.empty() ? nullptr : conditions_group(name);
    if (!name.empty() && given == nullptr)
      warn(attribute->line,
           fmt::format("default_operating_conditions names '{}', which the library does not have", name));
    return given != nullptr || has_nominal ? given : conditions_group("");
  }

  OperatingConditions conditions() {
    const auto nominal = number(group_, "nom_voltage");
    const LibertyGroup* const taken = conditions_taken(nominal.has_value());
    const auto voltage = taken == nullptr ? std::nullopt : number(*taken, "voltage");
    OperatingConditions conditions;
    conditions.temperature = either(taken, "temperature", "nom_temperature");
    conditions.process = either(taken, "process", "nom_process");
    if (voltage) {
      conditions.voltage = *voltage * header_.units.voltage;
      conditions.source = fmt::format("operating conditions {}", taken->arguments.empty() ? "" : taken->arguments[0]);
    } else if (nominal) {
      conditions.voltage = *nominal * header_.units.voltage;
      conditions.source = "nom_voltage";
    } else {
      take_from_voltage_map(conditions);
    }
    if (!(conditions.voltage > 0))
      fail(group_.line,
           fmt::format("{:g} V ({}); a positive voltage is expected", conditions.voltage, conditions.source));
    if (nominal && !are_equal_voltages(*nominal * header_.units.voltage, conditions.voltage))
      warn(taken->line, fmt::format("switching power is of {:g} V ({}); delays and internal power are taken as they "
                                    "stand, though nom_voltage is {:g} V",
                                    conditions.voltage, conditions.source, *nominal * header_.units.voltage));
    return conditions;
  }

  std::optional<double> either(const LibertyGroup* taken, std::string_view own, std::string_view nominal) const {
    const auto value = taken == nullptr ? std::nullopt : number(*taken, own);
    return value ? value : number(group_, nominal);
  }

  void take_from_voltage_map(OperatingConditions& conditions) const {
    for (const auto& [name, volts] : header_.voltages) {
      if (volts <= 0 || volts == conditions.voltage) continue;
      if (conditions.voltage > 0)
        fail(group_.line,
             "library without nom_voltage or default_operating_conditions, and its voltage_map gives "
             "several voltages; one of these attributes is expected");
      conditions.voltage = volts;
      conditions.source = fmt::format("voltage_map {}", name);
    }
    if (conditions.source.empty())
      fail(group_.line, "library without a voltage; nom_voltage or default_operating_conditions is expected");
  }

  const LibertyGroup& group_;
  LibertyHeader header_;
};

std::string shown(const std::optional<double>& value) { return value ? fmt::format("{:g}", *value) : "none"; }

}  // namespace

LibertyHeader read_liberty_header(const LibertyGroup& group, const std::string& file) {
  return HeaderReader(group, file).read();
}

bool are_equal_voltages(double a, double b) { return std::abs(a - b) <= 1e-3 * std::max(std::abs(a), std::abs(b)); }

void check_one_library(const LibertyHeader& first, LibertyHeader& other, bool has_usable_cells) {
  if (!are_equal_voltages(first.conditions.voltage, other.conditions.voltage)) {
    throw InputError(other.file, other.line,
                     fmt::format("the library is of {}, that of {} is of {}; files of one voltage are expected",
                                 to_string(other.conditions), first.file, to_string(first.conditions)));
  }
  for (const auto& [name, value] : other.thresholds) {
    if (!has_usable_cells || first.thresholds.at(name) == value) continue;
    throw InputError(other.file, other.line,
                     fmt::format("{} is {:g}, in {} it is {:g}; equal ones in files "
                                 "of one library are expected",
                                 name, value, first.file, first.thresholds.at(name)));
  }
  for (const auto& [name, member] : {std::pair{"temperature", &OperatingConditions::temperature},
                                     std::pair{"process", &OperatingConditions::process}}) {
    const auto &ours = first.conditions.*member, &theirs = other.conditions.*member;
    if (ours == theirs) continue;
    other.warnings.push_back(fmt::format("{}:{}: {} {}, in {} it is {}; the files are of several corners", other.file,
                                         other.line, name, shown(theirs), first.file, shown(ours)));
  }
}

std::string to_string(const OperatingConditions& conditions) {
  std::string text = fmt::format("{:g} V", conditions.voltage);
  if (conditions.temperature) text += fmt::format(", {:g} C", *conditions.temperature);
  if (conditions.process) text += fmt::format(", process {:g}", *conditions.process);
  return conditions.source.empty() ? text : fmt::format("{} ({})", text, conditions.source);
}

}  // namespace tram
