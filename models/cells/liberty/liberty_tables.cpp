#include "models/cells/liberty/liberty_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "models/support/error.hpp"

namespace tram {
namespace {

constexpr std::array<std::string_view, 3> index_names = {"index_1", "index_2", "index_3"};
constexpr std::array<std::string_view, 3> variable_names = {"variable_1", "variable_2", "variable_3"};

}  // namespace

LibertyTables::Axis LibertyTables::axis_of(const LibertyAttribute& variable) const {
  const std::string_view name = variable.values.at(0);
  if (name == "input_net_transition" || name == "input_transition_time" || name == "constrained_pin_transition") {
    return {Quantity::transition, true, {}};
  }
  if (name == "related_pin_transition") return {Quantity::transition, false, {}};
  if (name == "total_output_net_capacitance") return {Quantity::load, false, {}};
  throw InputError(file_, variable.line,
                   fmt::format("table over '{}' is not supported; input_net_transition, "
                               "input_transition_time, constrained_pin_transition, related_pin_transition or "
                               "total_output_net_capacitance is expected",
                               name));
}

void LibertyTables::add_template(const LibertyGroup& group) {
  if (group.arguments.size() != 1) return;
  Template added;
  try {
    added.axes = template_axes(group);
  } catch (const InputError& error) {
    added.fault = error.what();
  }
  templates_.insert_or_assign(std::string(group.arguments[0]), std::move(added));
}

std::vector<LibertyTables::Axis> LibertyTables::template_axes(const LibertyGroup& group) const {
  std::vector<Axis> axes;
  for (size_t i = 0; i < variable_names.size(); ++i) {
    const LibertyAttribute* const variable = group.find(variable_names[i]);
    if (variable == nullptr || variable->values.empty()) break;
    axes.push_back(axis_of(*variable));
    read_index(group, index_names[i], axes.back().index);
  }
  if (axes.size() == 3) throw InputError(file_, group.line, "table over three variables; one or two is expected");
  return axes;
}

void LibertyTables::read_index(const LibertyGroup& group, std::string_view name, std::vector<double>& index) const {
  const LibertyAttribute* const attribute = group.find(name);
  if (attribute == nullptr) return;
  index.clear();
  for (const std::string_view text : attribute->values) liberty_numbers(text, file_, attribute->line, index);
  for (size_t i = 1; i < index.size(); ++i) {
    if (!(index[i - 1] < index[i])) {
      throw InputError(file_, attribute->line, fmt::format("{} is not increasing; rising values are expected", name));
    }
  }
  if (index.empty()) throw InputError(file_, attribute->line, fmt::format("{} without numbers", name));
}

std::vector<LibertyTables::Axis> LibertyTables::axes_of(const LibertyGroup& group) const {
  const std::string_view name = group.arguments.empty() ? std::string_view("scalar") : group.arguments[0];
  if (name == "scalar") return {};
  const auto found = templates_.find(name);
  if (found == templates_.end()) {
    throw InputError(file_, group.line,
                     fmt::format("{} names the template '{}', which the library does not define", group.type, name));
  }
  if (!found->second.fault.empty()) {
    throw InputError(
        file_, group.line,
        fmt::format("{} names the template '{}', which cannot be used: {}", group.type, name, found->second.fault));
  }
  std::vector<Axis> axes = found->second.axes;
  for (size_t i = 0; i < axes.size(); ++i) {
    read_index(group, index_names[i], axes[i].index);
    if (axes[i].index.empty()) throw InputError(file_, group.line, fmt::format("table without {}", index_names[i]));
    const double unit = axes[i].quantity == Quantity::load ? capacitance_unit_ : time_unit_;
    for (double& value : axes[i].index) value *= unit;
  }
  if (axes.size() == 2 && axes[0].is_first == axes[1].is_first) {
    throw InputError(file_, group.line,
                     fmt::format("template '{}' has two variables of one kind; a "
                                 "transition and a load are expected",
                                 name));
  }
  return axes;
}

std::vector<double> LibertyTables::values_of(const LibertyGroup& group, double unit) const {
  const LibertyAttribute* const attribute = group.find("values");
  if (attribute == nullptr) throw InputError(file_, group.line, fmt::format("{} without values", group.type));
  std::vector<double> values;
  for (const std::string_view text : attribute->values) liberty_numbers(text, file_, attribute->line, values);
  for (double& value : values) value *= unit;
  return values;
}

NldmTable LibertyTables::read(const LibertyGroup& group, double unit) const {
  std::vector<Axis> axes = axes_of(group);
  std::vector<double> values = values_of(group, unit);
  size_t expected = 1;
  for (const Axis& axis : axes) expected *= axis.index.size();
  if (values.size() != expected) {
    throw InputError(file_, group.line,
                     fmt::format("{} has {} values; {} is expected", group.type, values.size(), expected));
  }
  if (axes.empty()) return {{}, {}, std::move(values)};
  if (axes.size() == 1) {
    if (axes[0].is_first) return {std::move(axes[0].index), {}, std::move(values)};
    return {{}, std::move(axes[0].index), std::move(values)};
  }
  if (axes[0].is_first) return {std::move(axes[0].index), std::move(axes[1].index), std::move(values)};
  const size_t rows = axes[1].index.size(), columns = axes[0].index.size();
  std::vector<double> transposed(values.size());
  for (size_t row = 0; row < rows; ++row) {
    for (size_t column = 0; column < columns; ++column) {
      transposed[row * columns + column] = values[column * rows + row];
    }
  }
  return {std::move(axes[1].index), std::move(axes[0].index), std::move(transposed)};
}

}  // namespace tram
