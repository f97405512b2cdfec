#include <fmt/format.h>

#include <algorithm>

#include "models/multiplier/c_model.hpp"
#include "models/multiplier/catalogue.hpp"
#include "models/multiplier/error_metrics.hpp"
#include "models/multiplier/import_report.hpp"
#include "models/multiplier/table_file.hpp"
#include "models/support/error.hpp"
#include "rtl/axm/metrics_table.hpp"
#include "rtl/axm/verb.hpp"
#include "rtl/axm/verb_options.hpp"

namespace tram::axm {
namespace {

/// The error of a multiplier of any kind, and what is to be said about how it was read.
struct Measured {
  ErrorMetrics metrics;
  Notes notes;
};

/// Of products by codes: a histogram is refused.
ErrorMetrics metrics_of(const Arguments& arguments, const ProductCodes& products, bool is_signed) {
  if (arguments.has("histogram"))
    throw InputError("--histogram", fmt::format("given for operands of {} x {} bits; none is expected above {}",
                                                products.a_bits, products.b_bits, widest_table_operand));
  return error_metrics(products, is_signed);
}

ErrorMetrics metrics_of(const Arguments& arguments, const TruthTable& table) {
  return error_metrics(table, histogram_or_uniform(arguments, table.a_bits, table.b_bits));
}

bool is_wide(size_t a_bits, size_t b_bits) { return std::max(a_bits, b_bits) > widest_table_operand; }

Measured measured(const Arguments& arguments, const std::string& name) {
  MultiplierFileOptions options = file_options(arguments);
  add_c_model_options(arguments, options);
  Measured result;
  if (is_c_model_file(name) || !options.function.empty()) {
    const CModel model = read_c_model(name, options, pair_sample(arguments));
    result.notes = model.notes;
    const ProductCodes& products = model.products;
    result.metrics = is_wide(products.a_bits, products.b_bits) ? metrics_of(arguments, products, model.is_signed)
                                                               : metrics_of(arguments, model.table());
  } else if (is_table_file(name)) {
    result.metrics = metrics_of(arguments, read_table(name, options, result.notes));
  } else {
    const Netlist netlist = find_multiplier(name, options, result.notes);
    result.metrics = is_wide(netlist.a.size(), netlist.b.size())
                         ? metrics_of(arguments, product_codes(netlist, pair_sample(arguments)), netlist.is_signed)
                         : metrics_of(arguments, truth_table(netlist));
  }
  return result;
}

void run(const Arguments& arguments) {
  TextTable table = metrics_table();
  Json json = Json::array();
  std::string below = fmt::format("Weighed by: {}\n", histogram_text(arguments));
  for (const std::string& name : arguments.some_words("multiplier")) {
    const Measured result = measured(arguments, name);
    add_metrics(table, short_name(name), result.metrics);
    if (result.metrics.sample) below += fmt::format("{}: {}\n", short_name(name), weighing_text(result.metrics, ""));
    below += notes_text(result.notes);
    json.push_back({{"multiplier", name}});
    json.back().update(metrics_json(result.metrics));
    if (!result.notes.empty()) json.back()["notes"] = result.notes;
  }
  if (arguments.has("json")) print_json(json);
  else fmt::print("{}{}", table.text(), below);
}

}  // namespace

Verb metrics_verb() {
  return {"metrics",
          "NAME|FILE...",
          "error against the exact product, over all operand pairs",
          join({{histogram_option()}, file_options(), c_model_options(), sample_options()}),
          run,
          "MRED and WCRE are over the pairs with a b other than 0. " + c_model_help()};
}

}  // namespace tram::axm
