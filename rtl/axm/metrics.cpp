#include <fmt/format.h>

#include "models/multiplier/error_metrics.hpp"
#include "rtl/axm/metrics_table.hpp"
#include "rtl/axm/options.hpp"
#include "rtl/axm/verb.hpp"

namespace tram::axm {
namespace {

void run(const Arguments& arguments) {
  TextTable table = metrics_table();
  Json json = Json::array();
  for (const std::string& name : arguments.some_words("multiplier")) {
    const TruthTable values = read_values(arguments, name);
    const ErrorMetrics metrics =
        error_metrics(values, histogram_or_uniform(arguments, values.a_bits, values.b_bits));
    add_metrics(table, short_name(name), metrics);
    json.push_back({{"multiplier", name}});
    json.back().update(metrics_json(metrics));
  }
  if (arguments.has("json")) print_json(json);
  else fmt::print("{}Weighed by: {}\n", table.text(), histogram_text(arguments));
}

}  // namespace

Verb metrics_verb() {
  return {"metrics", "NAME|FILE...", "error against the exact product, over all operand pairs",
          join({{histogram_option()}, file_options()}), run};
}

}  // namespace tram::axm
