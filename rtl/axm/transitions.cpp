#include <fmt/format.h>

#include <bit>
#include <chrono>

#include "models/cells/energy/transition_energy.hpp"
#include "rtl/axm/output.hpp"
#include "rtl/axm/verb.hpp"
#include "rtl/axm/verb_options.hpp"

namespace tram::axm {
namespace {

struct Summary {
  std::vector<double> mean_by_weight_class;  ///< J; class k: weights with k ones
  std::vector<int> weights;                  ///< how many there are of each class
  double largest = 0;                        ///< J
  uint32_t largest_w = 0, largest_from = 0, largest_to = 0;
};

Summary summary_of(const TransitionEnergy& table) {
  const uint32_t weights = 1U << table.a_bits(), activations = 1U << table.b_bits();
  std::vector<double> sums(weights, 0.0);
  Summary summary;
  uint16_t largest = 0;
  for (uint32_t from = 0; from < activations; ++from)
    for (uint32_t to = 0; to < activations; ++to) {
      const auto row = table.row(from, to);
      for (uint32_t w = 0; w < weights; ++w) {
        sums[w] += row[w];
        if (row[w] <= largest) continue;
        largest = row[w];
        summary.largest_w = w, summary.largest_from = from, summary.largest_to = to;
      }
    }
  summary.largest = largest * table.joule_per_count();
  summary.mean_by_weight_class.assign(table.a_bits() + 1, 0.0);
  summary.weights.assign(table.a_bits() + 1, 0);
  for (uint32_t w = 0; w < weights; ++w) {
    summary.mean_by_weight_class[std::popcount(w)] += sums[w];
    ++summary.weights[std::popcount(w)];
  }
  const double pairs = static_cast<double>(activations) * activations;
  for (size_t k = 0; k < summary.weights.size(); ++k)
    summary.mean_by_weight_class[k] *= table.joule_per_count() / (pairs * summary.weights[k]);
  return summary;
}

Json as_json(const std::string& name, const TransitionEnergy& table, const Summary& summary, double seconds) {
  return {{"multiplier", name},
          {"delays", name_of(table.delays())},
          {"a_bits", table.a_bits()},
          {"b_bits", table.b_bits()},
          {"entries", table.counts().size()},
          {"seconds", seconds},
          {"mean_j", table.mean_energy()},
          {"error_bound_j", table.error_bound()},
          {"joule_per_count", table.joule_per_count()},
          {"leakage_w", table.leakage_power()},
          {"mean_by_weight_class_j", summary.mean_by_weight_class},
          {"largest",
           {{"energy_j", summary.largest},
            {"w", summary.largest_w},
            {"x_prev", summary.largest_from},
            {"x_now", summary.largest_to}}}};
}

void print(const std::string& name, const TransitionEnergy& table, const Summary& summary, double seconds) {
  fmt::print("{}: dynamic energy of all {} transitions (w held, x_prev -> x_now), delays: {}\n", name,
             table.counts().size(), name_of(table.delays()));
  fmt::print("  time         {:.2f} s\n", seconds);
  fmt::print("  mean         {:.4f} fJ (uniform w, x_prev, x_now)\n", 1e15 * table.mean_energy());
  fmt::print("  largest      {:.4f} fJ (w = {}, x {} -> {})\n", 1e15 * summary.largest, summary.largest_w,
             summary.largest_from, summary.largest_to);
  fmt::print("  error bound  {:.4f} fJ an entry; one count is {:.4f} fJ\n", 1e15 * table.error_bound(),
             1e15 * table.joule_per_count());
  fmt::print("  leakage      {:.4g} nW\n\n", 1e9 * table.leakage_power());
  TextTable rows({"ones in w", "weights", "mean fJ", "of mean"});
  for (size_t k = 0; k < summary.weights.size(); ++k)
    rows.add_row({std::to_string(k), std::to_string(summary.weights[k]),
                  fmt::format("{:.4f}", 1e15 * summary.mean_by_weight_class[k]),
                  ratio_text(summary.mean_by_weight_class[k], table.mean_energy(), 3)});
  fmt::print("{}", rows.text());
}

void run(const Arguments& arguments) {
  Notes notes;
  const MappedNetlist netlist = mapped_multiplier(arguments, read_library(arguments), notes, widest_table_operand);
  TransitionEnergyOptions options;
  options.delays = arguments.get<DelayModel>("delays");
  options.convention = arguments.get<PowerConvention>("convention");
  options.threads = arguments.get<int>("threads");
  options.use_cache = !arguments.has("no-cache");
  const auto begin = std::chrono::steady_clock::now();
  const TransitionEnergy table = transition_energy(netlist, options);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const Summary summary = summary_of(table);
  const std::string& name = arguments.words()[0];
  if (arguments.has("json")) return print_json(with_notes(as_json(name, table, summary, seconds), notes));
  print(name, table, summary, seconds);
  fmt::print("{}", notes_text(notes));
}

}  // namespace

Verb transitions_verb() {
  return {
      "transitions", "NAME|FILE --liberty L", "energy of every transition of the activation with the weight held",
      join({mapped_options(),
            {delays_option(), convention_option(), option("no-cache", "compute the table though the cache has it")}}),
      run};
}

}  // namespace tram::axm
