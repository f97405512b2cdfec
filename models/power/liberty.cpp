#include "models/power/liberty.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "models/power/flip_flop_mapping.hpp"
#include "models/power/liberty_cell_reader.hpp"
#include "models/power/liberty_syntax.hpp"
#include "models/power/liberty_tables.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/content_hash.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

const LibertyAttribute& required(const LibertyGroup& group, std::string_view name, const std::string& file) {
  const LibertyAttribute* const attribute = group.find(name);
  if (attribute == nullptr || attribute->values.empty()) {
    throw InputError(file, group.line, fmt::format("library without {}", name));
  }
  return *attribute;
}

// "ns" after its number, as a factor to SI; `base` is the unit's last letter (s, W, V, f).
double unit_factor(std::string_view suffix, char base, const std::string& file, const LibertyAttribute& attribute) {
  constexpr std::array<std::pair<char, double>, 7> prefixes = {
      {{'a', 1e-18}, {'f', 1e-15}, {'p', 1e-12}, {'n', 1e-9}, {'u', 1e-6}, {'m', 1e-3}, {'k', 1e3}}};
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == std::tolower(b); };
  if (suffix.size() == 1 && same(suffix[0], base)) return 1;
  if (suffix.size() == 2 && same(suffix[1], base)) {
    for (const auto& [letter, factor] : prefixes) {
      if (suffix[0] == letter) return factor;
    }
  }
  throw InputError(file, attribute.line, fmt::format("{} has the unit '{}'; expected a prefix and {}", attribute.name,
                                                     suffix, base));
}

// "1ns" or "10ps"
double unit(const LibertyGroup& group, std::string_view name, char base, const std::string& file) {
  const LibertyAttribute& attribute = required(group, name, file);
  const std::string_view text = attribute.values[0];
  const size_t digits = std::min(text.find_first_not_of("0123456789.+-eE "), text.size());
  return liberty_number(text.substr(0, digits), file, attribute.line) *
         unit_factor(text.substr(digits), base, file, attribute);
}

void read_units(const LibertyGroup& group, Library& library) {
  const std::string file = library.path.string();
  library.time_unit = unit(group, "time_unit", 's', file);
  library.voltage_unit = group.find("voltage_unit") ? unit(group, "voltage_unit", 'v', file) : 1;
  library.leakage_unit = unit(group, "leakage_power_unit", 'w', file);
  const LibertyAttribute& load = required(group, "capacitive_load_unit", file);
  if (load.values.size() != 2) throw InputError(file, load.line, "capacitive_load_unit; expected (1, pf)");
  const std::string_view suffix = load.values[1];
  library.capacitance_unit = liberty_number(load.values[0], file, load.line) * unit_factor(suffix, 'f', file, load);
  library.energy_unit = library.capacitance_unit * library.voltage_unit * library.voltage_unit;
  const LibertyAttribute& voltage = required(group, "nom_voltage", file);
  library.nominal_voltage = liberty_number(voltage.values[0], file, voltage.line) * library.voltage_unit;
  if (!(library.nominal_voltage > 0) || !(library.capacitance_unit > 0) || !(library.time_unit > 0)) {
    throw InputError(file, group.line, "unit or nom_voltage is not positive");
  }
}

const BooleanFunction* single_function(const LibertyCell& cell, size_t inputs) {
  if (cell.kind != CellKind::combinational || cell.dont_use) return nullptr;
  if (cell.input_pins.size() != inputs || cell.output_pins.size() != 1) return nullptr;
  const BooleanFunction& function = cell.pins[static_cast<size_t>(cell.output_pins[0])].function->function;
  return function.variables().size() == inputs ? &function : nullptr;
}

}  // namespace

int LibertyCell::pin_index(std::string_view pin_name) const {
  for (size_t i = 0; i < pins.size(); ++i) {
    if (pins[i].name == pin_name) return static_cast<int>(i);
  }
  return -1;
}

bool LibertyCell::is_counted(const std::string& pg_pin) const {
  if (pg_pin.empty() || power_pins.empty()) return true;
  return std::any_of(power_pins.begin(), power_pins.end(), [&](const PowerPin& pin) {
    return pin.name == pg_pin && pin.type == "primary_power";
  });
}

const LibertyCell* Library::find(std::string_view cell_name) const {
  const auto found = by_name_.find(cell_name);
  return found == by_name_.end() ? nullptr : &cells[found->second];
}

void Library::index_cells() {
  by_name_.clear();
  for (size_t i = 0; i < cells.size(); ++i) {
    if (!by_name_.emplace(cells[i].name, i).second) {
      throw InputError(path.string(), cells[i].line, fmt::format("second cell '{}'", cells[i].name));
    }
  }
}

std::shared_ptr<const Library> parse_liberty(std::string text, const std::filesystem::path& path) {
  auto library = std::make_shared<Library>();
  library->path = path;
  library->content_hash = content_hash(text);
  const LibertyGroup group = parse_liberty_syntax(text, path.string());
  std::replace(text.begin(), text.end(), '\n', ' ');  // of strings over several lines: a message is one line
  if (group.type != "library" || group.arguments.size() != 1) {
    throw InputError(path.string(), group.line, fmt::format("'{}' group; expected library (name)", group.type));
  }
  library->name = group.arguments[0];
  read_units(group, *library);
  LibertyTables tables(path.string(), library->time_unit, library->capacitance_unit);
  size_t count = 0;
  for (const LibertyGroup& child : group.groups) {
    if (child.type == "lu_table_template" || child.type == "power_lut_template") tables.add_template(child);
    count += child.type == "cell";
  }
  if (count == 0) throw InputError(path.string(), group.line, "library without cells");
  LibertyCellReader reader(*library, tables, group);
  library->cells.reserve(count);
  for (const LibertyGroup& child : group.groups) {
    if (child.type == "cell") library->cells.push_back(reader.read(child));
  }
  library->index_cells();
  return library;
}

std::shared_ptr<const Library> read_liberty(const std::filesystem::path& path) {
  return parse_liberty(read_file(path), path);
}

void require_mapping_cells(const Library& library) {
  bool inverter = false, nand_or_nor = false, flip_flop = false;
  for (const LibertyCell& cell : library.cells) {
    if (const auto* function = single_function(cell, 1)) inverter |= function->truth_table()[0] == 0b01;
    if (const auto* function = single_function(cell, 2)) {
      nand_or_nor |= function->truth_table()[0] == 0b0111 || function->truth_table()[0] == 0b0001;
    }
    flip_flop |= plain_flip_flop(cell).has_value();
  }
  const std::string file = library.path.string();
  if (!inverter) throw InputError(file, "library has no inverter; mapping needs one");
  if (!nand_or_nor) throw InputError(file, "library has no 2-input NAND or NOR; mapping needs one of them");
  if (!flip_flop) throw InputError(file, "library has no rising-edge D flip-flop; mapping needs one");
}

}  // namespace tram
