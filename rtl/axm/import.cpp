#include "models/multiplier/import_multiplier.hpp"

#include <fmt/format.h>

#include "models/multiplier/catalogue.hpp"
#include "models/multiplier/import_report.hpp"
#include "models/multiplier/table_file.hpp"
#include "models/multiplier/table_synthesis.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "rtl/axm/export_format.hpp"
#include "rtl/axm/metrics_table.hpp"
#include "rtl/axm/verb.hpp"
#include "rtl/axm/verb_options.hpp"

namespace tram::axm {
namespace {

MultiplierFileOptions options_of(const Arguments& arguments) {
  MultiplierFileOptions options = file_options(arguments);
  add_c_model_options(arguments, options);
  options.offset_codes = arguments.has("offset-codes");
  options.wrapped_products = arguments.has("wrapped");
  return options;
}

const char* match_text(TableMatch match) {
  switch (match) {
    case TableMatch::equal: return "equal";
    case TableMatch::transposed: return "equal with the operands exchanged";
    case TableMatch::equal_codes: return "equal codes, read with another sign";
    case TableMatch::transposed_codes: return "equal codes with the operands exchanged, read with another sign";
    case TableMatch::different: return "different";
  }
  return "";
}

ImportReport report_of(const Arguments& arguments, const std::string& file, const MultiplierFileOptions& options) {
  const PairSample sample = pair_sample(arguments);
  if (!arguments.has("histogram")) return report_import(file, options, nullptr, sample);
  const ImportReport plain = report_import(file, options, nullptr, sample);
  const OperandHistogram histogram = histogram_or_uniform(arguments, plain.table.a_bits, plain.table.b_bits);
  return report_import(file, options, &histogram, sample);
}

Json as_json(const std::string& file, const ImportReport& report) {
  Json readings = Json::array();
  for (const TableReading& reading : report.readings)
    readings.push_back({{"name", reading.name},
                        {"mean_error_distance", reading.mean_error_distance},
                        {"error_rate", reading.error_rate},
                        {"supported", reading.supported}});
  Json json = {{"file", file},
               {"operand_order", report.operand_order},
               {"a_bits", report.table.a_bits},
               {"b_bits", report.table.b_bits},
               {"signed", report.table.is_signed},
               {"metrics", metrics_json(report.metrics)}};
  if (report.square)
    json["transposed"] = {{"share_of_pairs_that_differ", report.transposed_differs},
                          {"mean_distance", report.mean_transposed_distance},
                          {"max_distance", report.max_transposed_distance},
                          {"metrics", metrics_json(report.transposed_metrics)}};
  json["readings"] = readings;
  if (report.quadrants)
    json["quadrants_med"] = {{"both_positive", report.quadrants->both_positive},
                             {"a_negative", report.quadrants->a_negative},
                             {"b_negative", report.quadrants->b_negative},
                             {"both_negative", report.quadrants->both_negative}};
  json["notes"] = report.notes;
  json["advice"] = report.advice;
  return json;
}

/// Writes the multiplier in a format of tables as it was read, in one of netlists from its netlist, or from gates that
/// Yosys makes of its table.
void write_as(const Arguments& arguments, const std::string& file, const ImportReport& report,
              const MultiplierFileOptions& options) {
  const auto format = arguments.get<ExportFormat>("format");
  const std::string name = arguments.text("name");
  std::string content;
  if (is_netlist_format(format) && is_netlist_file(file))
    content = netlist_as(read_multiplier(file, options), format, name);
  else if (report.table.values.empty())
    throw InputError("--out", fmt::format("operands of {} x {} bits; what is made of values holds up to {} each",
                                          report.table.a_bits, report.table.b_bits, widest_table_operand));
  else if (!is_netlist_format(format)) content = table_as(report.table, format, name);
  else content = netlist_as(synthesise_table(report.table, name), format, name);
  write_file(arguments.text("out"), content);
}

void run(const Arguments& arguments) {
  const std::string& file = arguments.one_word("file");
  const MultiplierFileOptions options = options_of(arguments);
  const ImportReport report = report_of(arguments, file, options);
  std::string match;
  if (arguments.has("reference")) {
    Notes notes;
    match = match_text(match_tables(report.table, read_values(arguments, arguments.text("reference"), notes)));
  }
  if (arguments.has("out")) write_as(arguments, file, report, options);
  if (arguments.has("json")) {
    Json json = as_json(file, report);
    if (!match.empty()) json["reference"] = match;
    return print_json(json);
  }
  fmt::print("{}", to_text(report));
  if (!match.empty()) fmt::print("Reference {}: {}\n", arguments.text("reference"), match);
  if (arguments.has("out")) fmt::print("Written: {}\n", arguments.text("out"));
}

}  // namespace

Verb import_verb() {
  return {"import",
          "FILE",
          "what a netlist, C model or table file holds: operand order, errors, signs, transposition",
          join({file_options(),
                c_model_options(),
                sample_options(),
                {option("offset-codes", "rows and columns of a table are in the order of signed values"),
                 option("wrapped", "products of a table are stored modulo 2^(a_bits + b_bits)"), histogram_option(),
                 option("reference", "NAME|FILE", text(), "say how the table agrees with that of another multiplier"),
                 out_option("write the multiplier to this file too")},
                format_options()}),
          run,
          format_help() + c_model_help()};
}

}  // namespace tram::axm
