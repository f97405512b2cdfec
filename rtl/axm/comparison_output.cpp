#include <fmt/ranges.h>

#include <algorithm>

#include "models/support/printable.hpp"
#include "models/support/quantity.hpp"
#include "rtl/axm/comparison.hpp"
#include "rtl/axm/verb_options.hpp"

namespace tram::axm {
namespace {

/// A multiplier of a comparison, or the best exact one, which has no error.
struct Row {
  std::string name;
  const HardwareCost& cost;
  ErrorMetrics metrics;
  bool is_on_front;
  std::vector<std::string> close =
      {};                          ///< rows whose energies are closer than the mapping's luck: not ranked against it
  bool is_close_to_front = false;  ///< not on the front, for such rows only
};

/// Whether the scripts of ABC move the energy of one of them more than the two lie apart.
bool is_close(const HardwareCost& one, const HardwareCost& other) {
  const auto [least, most] = std::minmax({one.energy(), other.energy()});
  return most - least <= std::max(one.spread(), other.spread()) * least;
}

bool dominates(const Row& one, const Row& other) {
  return one.metrics.normalised_med <= other.metrics.normalised_med && one.cost.energy() <= other.cost.energy();
}

void find_close_rows(std::vector<Row>& rows) {
  for (Row& row : rows) {
    row.is_close_to_front = !row.is_on_front;
    for (const Row& other : rows) {
      if (&other == &row) continue;
      if (is_close(row.cost, other.cost)) row.close.push_back(other.name);
      else if (dominates(other, row)) row.is_close_to_front = false;
    }
  }
}

std::vector<Row> rows_of(const Comparison& comparison, const LibraryComparison& in) {
  std::vector<Row> rows = {{in.exact[0].name, in.exact[0].cost, {}, true}};
  for (size_t i = 0; i < comparison.multipliers.size(); ++i)
    rows.push_back({comparison.multipliers[i].name, in.costs[i], comparison.multipliers[i].metrics, in.is_on_front[i]});
  rows[0].is_on_front = std::none_of(rows.begin() + 1, rows.end(), [&](const Row& row) {
    return row.metrics.normalised_med == 0 && row.cost.energy() < rows[0].cost.energy();
  });
  find_close_rows(rows);
  return rows;
}

double glitch_energy(const HardwareCost& cost) { return cost.energy() - cost.zero_delay_energy(); }

const char* adders_text(const HardwareCost& cost) { return cost.adders == AdderCells::library ? "cells" : "gates"; }

/// Three or four digits that count.
std::string digits(double value) { return fmt::format("{:.4g}", value); }

std::string fixed(double value, int decimals) { return fmt::format("{:.{}f}", value, decimals); }

/// One cell of the table: its header and its text.
struct ColumnOfTable {
  const char* header;
  std::string (*text)(const Row& row, const HardwareCost& exact);
  bool only_wide;
};

using Cost = HardwareCost;

std::string name_cell(const Row& row, const Cost&) {
  return fmt::format("{} {}", row.is_on_front ? '*' : row.is_close_to_front ? '~' : ' ', row.name);
}
std::string adders_cell(const Row& row, const Cost&) { return adders_text(row.cost); }
std::string area_cell(const Row& row, const Cost&) { return fixed(row.cost.area, 1); }
std::string delay_cell(const Row& row, const Cost&) { return fixed(1e9 * row.cost.critical_path, 3); }
std::string leakage_cell(const Row& row, const Cost&) { return digits(1e9 * row.cost.with_glitches.leakage); }
std::string zero_delay_cell(const Row& row, const Cost&) { return fixed(1e12 * row.cost.zero_delay_energy(), 4); }
std::string energy_cell(const Row& row, const Cost&) { return fixed(1e12 * row.cost.energy(), 4); }
std::string spread_cell(const Row& row, const Cost&) { return fixed(100 * row.cost.spread(), 1); }
std::string glitch_cell(const Row& row, const Cost&) {
  return ratio_text(glitch_energy(row.cost), row.cost.energy(), 1, 100);
}
std::string zero_delay_ratio_cell(const Row& row, const Cost& exact) {
  return ratio_text(row.cost.zero_delay_energy(), exact.zero_delay_energy(), 3);
}
std::string ratio_cell(const Row& row, const Cost& exact) { return ratio_text(row.cost.energy(), exact.energy(), 3); }
std::string error_rate_cell(const Row& row, const Cost&) { return fixed(100 * row.metrics.error_rate, 2); }
std::string bias_cell(const Row& row, const Cost&) { return fixed(row.metrics.mean_error, 2); }
std::string nmed_cell(const Row& row, const Cost&) { return fixed(100 * row.metrics.normalised_med, 4); }

const ColumnOfTable table_columns[] = {
    {"<multiplier", name_cell, false}, {"<adders", adders_cell, true},
    {"area", area_cell, false},        {"delay ns", delay_cell, false},
    {"leak nW", leakage_cell, true},   {"zero pJ", zero_delay_cell, false},
    {"pJ", energy_cell, false},        {"spread %", spread_cell, false},
    {"glitch %", glitch_cell, true},   {"zero ratio", zero_delay_ratio_cell, true},
    {"ratio", ratio_cell, false},      {"ER %", error_rate_cell, true},
    {"bias", bias_cell, true},         {"NMED %", nmed_cell, false},
};

Json row_json(const Row& row, const HardwareCost& exact) {
  const HardwareCost& cost = row.cost;
  return {{"multiplier", row.name},
          {"adders", adders_text(cost)},
          {"cells", cost.cells},
          {"area", cost.area},
          {"critical_path_s", cost.critical_path},
          {"leakage_w", cost.with_glitches.leakage},
          {"zero_delay_power_w", cost.zero_delay.total()},
          {"power_w", cost.with_glitches.total()},
          {"zero_delay_energy_j", cost.zero_delay_energy()},
          {"energy_j", cost.energy()},
          {"script", cost.script},
          {"spread", cost.spread()},
          {"glitch_share", ratio_json(glitch_energy(cost), cost.energy())},
          {"zero_delay_ratio", ratio_json(cost.zero_delay_energy(), exact.zero_delay_energy())},
          {"ratio", ratio_json(cost.energy(), exact.energy())},
          {"error_rate", row.metrics.error_rate},
          {"mean_error", row.metrics.mean_error},
          {"mean_error_distance", row.metrics.mean_error_distance},
          {"nmed", row.metrics.normalised_med},
          {"mred", row.metrics.mean_relative_error},
          {"mse", row.metrics.mean_squared_error},
          {"variance", row.metrics.variance},
          {"max_error", row.metrics.max_error},
          {"wcre", row.metrics.worst_relative_error},
          {"non_dominated", row.is_on_front},
          {"not_ranked_against", fmt::format("{}", fmt::join(row.close, "; "))}};
}

}  // namespace

std::string comparison_text(const Comparison& comparison, int width) {
  constexpr int wide = 118;
  std::string text = fmt::format(
      "Energy of a multiplication: {}, one each {};\nconvention {}, no wires, leakage "
      "included. Errors: {}.\n",
      comparison.stimulus, format_quantity(comparison.period, Dimension::time), comparison.convention,
      comparison.operands);
  for (const LibraryComparison& in : comparison.libraries) {
    std::vector<std::string> headers;
    for (const ColumnOfTable& column : table_columns)
      if (width >= wide || !column.only_wide) headers.push_back(column.header);
    TextTable table(headers);
    for (const Row& row : rows_of(comparison, in)) {
      std::vector<std::string> cells;
      for (const ColumnOfTable& column : table_columns)
        if (width >= wide || !column.only_wide) cells.push_back(column.text(row, in.exact[0].cost));
      table.add_row(cells);
    }
    text += fmt::format("\n{}, {}; ratio 1: {}\n{}", printable(in.library->name),
                        printable(to_string(in.library->conditions)), in.exact[0].name, table.text());
  }
  return text +
         "\n* not dominated in (NMED, energy); ~ by multipliers only whose energy is closer than the spread.\n"
         "spread: how much more the worst of ABC's scripts needs than the best, which counts.\n"
         "zero: settled values only; pJ and ratio: library delays, glitches included.\n";
}

std::string comparison_csv(const Comparison& comparison) {
  std::string text;
  for (const LibraryComparison& in : comparison.libraries)
    for (const Row& row : rows_of(comparison, in)) {
      Json values = {{"library", in.library->name}, {"ratio_one", in.exact[0].name}};
      values.update(row_json(row, in.exact[0].cost));
      values.update(Json{{"stimulus", comparison.stimulus},
                         {"period_s", comparison.period},
                         {"convention", comparison.convention},
                         {"error_operands", comparison.operands},
                         {"conditions", to_string(in.library->conditions)}});
      std::string header, line;
      for (const auto& [key, value] : values.items()) {
        header += fmt::format("{}{}", header.empty() ? "" : ",", key);
        line += fmt::format("{}{}", line.empty() ? "" : ",",
                            value.is_null()     ? ""
                            : value.is_string() ? csv_field(value.get<std::string>())
                                                : csv_field(value.dump()));
      }
      if (text.empty()) text = fmt::format("{}\n", header);
      text += fmt::format("{}\n", line);
    }
  return text;
}

Json comparison_json(const Comparison& comparison) {
  Json libraries = Json::array();
  for (const LibraryComparison& in : comparison.libraries) {
    Json rows = Json::array(), exact = Json::array();
    for (const Row& row : rows_of(comparison, in)) rows.push_back(row_json(row, in.exact[0].cost));
    for (const ExactMultiplier& one : in.exact)
      exact.push_back({{"multiplier", one.name},
                       {"area", one.cost.area},
                       {"critical_path_s", one.cost.critical_path},
                       {"zero_delay_energy_j", one.cost.zero_delay_energy()},
                       {"energy_j", one.cost.energy()}});
    libraries.push_back({{"library", in.library->name},
                         {"ratio_one", in.exact[0].name},
                         {"multipliers", rows},
                         {"exact_multipliers", exact}});
    libraries.back().update(library_json(*in.library));
  }
  return {{"stimulus", comparison.stimulus},
          {"period_s", comparison.period},
          {"convention", comparison.convention},
          {"error_operands", comparison.operands},
          {"libraries", libraries}};
}

}  // namespace tram::axm
