#include <fmt/format.h>

#include <array>
#include <chrono>

#include "models/multiplier/error_metrics.hpp"
#include "models/multiplier/structure/mapping.hpp"
#include "models/options/parse_number.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "rtl/axm/metrics_table.hpp"
#include "rtl/axm/verb.hpp"
#include "rtl/axm/verb_options.hpp"

namespace tram::axm {
namespace {

constexpr double largest_budget = 1e12;  // of a mean squared error: none

/// What either method gives.
struct Mapped {
  MultiplierStructure structure;
  double error = 0;       ///< mean squared error to the reference
  std::string reference;  ///< what that is to
  int tried = 0, accepted = 0;
  double seconds = 0;
};

enum class Method { published, weighted };
std::span<const NamedValue<Method>> names_of(Method) {
  static constexpr std::array<NamedValue<Method>, 2> names{
      {{Method::published, "published"}, {Method::weighted, "weighted"}}};
  return names;
}

int bits(const Arguments& arguments, size_t operand) {
  const auto given = arguments.get<std::vector<int>>("bits");
  if (given.size() > 2) throw InputError("--bits", fmt::format("{} widths; one or two are expected", given.size()));
  return given[std::min(operand, given.size() - 1)];
}

/// Options that only the other method has are refused.
void refuse_given(const Arguments& arguments, const std::string& method, std::initializer_list<const char*> options) {
  for (const char* const option : options)
    if (arguments.has(option))
      throw InputError(fmt::format("--{}", option), fmt::format("does nothing with --method {}; leave it out", method));
}

Mapped published(const Arguments& arguments) {
  refuse_given(arguments, "published", {"budget", "cost", "histogram", "signed", "compensation"});
  const PublishedMapping mapping =
      map_published(arguments.get<std::vector<double>>("theta"),
                    {bits(arguments, 0), bits(arguments, 1), arguments.get<Accumulation>("tree")});
  return {mapping.structure, mapping.mean_squared_error, "to Y(theta), all operand pairs alike", mapping.tried,
          mapping.accepted};
}

Mapped weighted(const Arguments& arguments) {
  WeightedMappingOptions options;
  options.a_bits = bits(arguments, 0);
  options.b_bits = bits(arguments, 1);
  options.is_signed = arguments.has("signed");
  options.accumulation = arguments.get<Accumulation>("tree");
  options.compensation = arguments.get_if<BiasCompensation>("compensation").value_or(BiasCompensation::in_tree);
  if (arguments.has("histogram"))
    options.weights = histogram_or_uniform(arguments, options.a_bits, options.b_bits).weight;
  if (arguments.has("theta")) {
    if (options.is_signed) throw InputError("--theta", "given with --signed; unsigned operands are expected with it");
    options.reference = reference_product(arguments.get<std::vector<double>>("theta"), options.a_bits, options.b_bits);
  }
  if (!arguments.has("budget") && !arguments.has("cost"))
    throw InputError("map", "no budget; --budget MSE or --cost SHARE is expected");
  options.error_budget = arguments.get_if<double>("budget").value_or(largest_budget);
  const Netlist exact =
      build_multiplier(exact_structure(options.a_bits, options.b_bits, options.is_signed, options.accumulation));
  if (arguments.has("cost")) options.cost_budget = arguments.get<double>("cost") * published_cost(exact);
  const WeightedMapping mapping = map_weighted(options);
  return {
      mapping.structure, mapping.mean_squared_error,
      fmt::format("to {}, {}", arguments.has("theta") ? "Y(theta)" : "the exact product", histogram_text(arguments)), 0,
      mapping.steps};
}

Mapped timed(const Arguments& arguments) {
  const auto begin = std::chrono::steady_clock::now();
  Mapped mapped = arguments.get<Method>("method") == Method::published ? published(arguments) : weighted(arguments);
  mapped.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return mapped;
}

/// Published unit costs, as a share of the exact multiplier of the same kind.
double cost_share(const MultiplierStructure& s, const Netlist& netlist) {
  return published_cost(netlist) /
         published_cost(build_multiplier(exact_structure(s.a_bits, s.b_bits, s.is_signed, s.accumulation)));
}

void run(const Arguments& arguments) {
  arguments.no_words();
  const std::string out = arguments.text("out");
  if (!is_structure_file(out))
    throw InputError("--out", fmt::format("'{}'; a name that ends in .axm.json is expected", out));
  Mapped mapped = timed(arguments);
  const std::string file = std::filesystem::path(out).filename().string();
  mapped.structure.name = file.substr(0, file.size() - std::string(".axm.json").size());
  check_structure(mapped.structure, out);
  const Netlist netlist = build_multiplier(mapped.structure);
  const ErrorMetrics metrics = error_metrics(
      truth_table(netlist), histogram_or_uniform(arguments, mapped.structure.a_bits, mapped.structure.b_bits));
  const double share = cost_share(mapped.structure, netlist);
  write_file(out, to_json(mapped.structure));
  if (arguments.has("json")) {
    Json json = {{"structure", out},
                 {"mean_squared_error_to_reference", mapped.error},
                 {"reference", mapped.reference},
                 {"accepted", mapped.accepted},
                 {"cost", published_cost(netlist)},
                 {"cost_share", share},
                 {"seconds", mapped.seconds}};
    json.update(metrics_json(metrics));
    return print_json(json);
  }
  TextTable table = metrics_table();
  add_metrics(table, mapped.structure.name, metrics);
  fmt::print("{}\n", table.text());
  fmt::print("  error     MSE {:.6g} {}\n", mapped.error, mapped.reference);
  fmt::print("  cost      {:.2f} published units, {:.3f} of the exact multiplier's\n", published_cost(netlist), share);
  fmt::print("  changes   {} accepted{}\n", mapped.accepted,
             mapped.tried > 0 ? fmt::format(" of {} tried", mapped.tried) : "");
  fmt::print("  time      {:.2f} s\nWritten: {}\n", mapped.seconds, out);
}

}  // namespace

Verb map_verb() {
  return {
      "map",
      "[--theta T0,T1,...] --out FILE.axm.json",
      "a structure from column parameters or for an error budget",
      {option("theta", "T0,T1,...", list_of(number(0, 1)), "share of each column to remove, lowest first"),
       option("tree", "NAME", choice<Accumulation>(), "how partial products are added up", "array"),
       option("method", "NAME", choice<Method>(),
              "published: the greedy of TRAM (DAC 2026); weighted: by error per cost saved", "published"),
       option("bits", "A[,B]", list_of(plain_number(4, 8)), "operand widths", "8"), histogram_option(),
       option("budget", "MSE", number(0, largest_budget),
              "weighted: mean squared error (variance, when compensated) that may not be passed"),
       option("cost", "SHARE", number(0.001, 1), "weighted: stop at this share of the exact multiplier's cost"),
       option("compensation", "KIND", choice<BiasCompensation>(),
              "weighted: of the mean error, outside (the variance counts) or in_tree (a constant is added)"),
       option("signed", "weighted: two's complement operands"), out_option("structure file to write", "FILE.axm.json")},
      run};
}

}  // namespace tram::axm
