#include "rtl/axm/metrics_table.hpp"

#include <fmt/format.h>

namespace tram::axm {

Json metrics_json(const ErrorMetrics& metrics) {
  Json json = {{"error_rate", metrics.error_rate},
               {"mean_error", metrics.mean_error},
               {"mean_error_distance", metrics.mean_error_distance},
               {"nmed", metrics.normalised_med},
               {"mred", metrics.mean_relative_error},
               {"wcre", metrics.worst_relative_error},
               {"mse", metrics.mean_squared_error},
               {"variance", metrics.variance},
               {"standard_deviation", metrics.standard_deviation},
               {"max_error", metrics.max_error},
               {"worst_a", metrics.worst_a},
               {"worst_b", metrics.worst_b}};
  if (metrics.sample)
    json["sample"] = {{"pairs", metrics.sample->pairs},
                      {"seed", metrics.sample->seed},
                      {"half_interval_95",
                       {{"error_rate", metrics.sample->error_rate},
                        {"mean_error", metrics.sample->mean_error},
                        {"mean_error_distance", metrics.sample->mean_error_distance},
                        {"mred", metrics.sample->mean_relative_error},
                        {"mse", metrics.sample->mean_squared_error}}},
                      {"lower_bounds", {"max_error", "wcre"}}};
  return json;
}

TextTable metrics_table() {
  return TextTable({"<multiplier", "ER %", "bias", "MED", "NMED %", "MRED %", "WCRE %", "MSE", "variance", "max"});
}

void add_metrics(TextTable& table, const std::string& name, const ErrorMetrics& metrics) {
  const char* const at_least = metrics.sample ? ">=" : "";
  table.add_row({name, fmt::format("{:.2f}", 100 * metrics.error_rate), fmt::format("{:.3f}", metrics.mean_error),
                 fmt::format("{:.3f}", metrics.mean_error_distance),
                 fmt::format("{:.5f}", 100 * metrics.normalised_med),
                 fmt::format("{:.3f}", 100 * metrics.mean_relative_error),
                 fmt::format("{}{:.2f}", at_least, 100 * metrics.worst_relative_error),
                 fmt::format("{:.2f}", metrics.mean_squared_error), fmt::format("{:.2f}", metrics.variance),
                 fmt::format("{}{}", at_least, metrics.max_error)});
}

}  // namespace tram::axm
