#include <fmt/ranges.h>

#include <filesystem>

#include <algorithm>

#include "models/plot/png.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "rtl/axm/comparison.hpp"
#include "rtl/axm/verb.hpp"
#include "rtl/axm/verb_options.hpp"

namespace tram::axm {
namespace {

void check_alike(const ComparedMultiplier& first, const ComparedMultiplier& other) {
  const auto text = [](const Netlist& netlist) {
    return fmt::format("{} x {} bits {}", netlist.a.size(), netlist.b.size(),
                       netlist.is_signed ? "signed" : "unsigned");
  };
  if (text(first.netlist) == text(other.netlist)) return;
  throw InputError("compare", fmt::format("'{}' is {}, '{}' is {}; equal operands are expected", first.name,
                                          text(first.netlist), other.name, text(other.netlist)));
}

std::vector<ComparedMultiplier> read_multipliers(const Arguments& arguments, Notes& notes) {
  std::vector<ComparedMultiplier> multipliers;
  for (const std::string& name : arguments.some_words("multiplier")) {
    multipliers.push_back({short_name(name), read_netlist(arguments, name, notes), {}});
    check_alike(multipliers.front(), multipliers.back());
  }
  const Netlist& first = multipliers.front().netlist;
  const auto a_bits = static_cast<int>(first.a.size()), b_bits = static_cast<int>(first.b.size());
  if (std::max(a_bits, b_bits) > widest_table_operand) {
    if (arguments.has("histogram"))
      throw InputError("--histogram", "given for operands above 8 bits; none is expected");
    for (ComparedMultiplier& multiplier : multipliers)
      multiplier.metrics = error_metrics(product_codes(multiplier.netlist), multiplier.netlist.is_signed);
    return multipliers;
  }
  const OperandHistogram histogram = histogram_or_uniform(arguments, a_bits, b_bits);
  for (ComparedMultiplier& multiplier : multipliers)
    multiplier.metrics = error_metrics(truth_table(multiplier.netlist), histogram);
  return multipliers;
}

/// Libraries between commas, the files of one with plus signs between; --liberty given several times is one library.
std::vector<std::shared_ptr<const Library>> read_libraries(const Arguments& arguments) {
  const std::vector<std::string> texts = arguments.texts("liberty");
  std::error_code ignored;
  if (texts.size() == 1 && std::filesystem::is_regular_file(texts[0], ignored)) return {read_library(texts[0])};
  if (texts.size() > 1) {
    for (const std::string& text : texts)
      if (text.find(',') != std::string::npos && !std::filesystem::is_regular_file(text, ignored))
        throw InputError("--liberty",
                         fmt::format("'{}' beside another --liberty; several are the files of one library, several "
                                     "libraries are expected as --liberty L,L2",
                                     text));
    return {read_library(fmt::format("{}", fmt::join(texts, "+")))};
  }
  std::vector<std::shared_ptr<const Library>> libraries;
  for (const RawValue& name : entries_of({"liberty", texts[0], "--liberty", {}}))
    libraries.push_back(read_library(name.text));
  return libraries;
}

void run(const Arguments& arguments) {
  const std::vector<std::shared_ptr<const Library>> libraries = read_libraries(arguments);
  Comparison comparison;
  comparison.multipliers = read_multipliers(arguments, comparison.notes);
  const Netlist& first = comparison.multipliers[0].netlist;
  const OperandStimulus stimulus =
      read_operands(arguments, static_cast<int>(first.a.size()), static_cast<int>(first.b.size()));
  CostOptions options;
  options.power = power_options(arguments);
  options.delay_target = arguments.get_if<double>("delay-target");
  options.threads = arguments.get<int>("threads");
  for (const auto& library : libraries)
    comparison.libraries.push_back(compare_in(library, comparison.multipliers, stimulus, options));
  const auto& sample = comparison.multipliers[0].metrics.sample;
  comparison.operands =
      sample ? fmt::format("{} random pairs, seed {}", sample->pairs, sample->seed) : histogram_text(arguments);
  comparison.stimulus = stimulus.description;
  comparison.convention = name_of(options.power.convention);
  comparison.period = options.power.period;

  const std::string out = arguments.text("out"), svg = comparison_svg(comparison);
  write_file(out + ".csv", comparison_csv(comparison));
  write_file(out + ".svg", svg);
  const bool has_png = write_png(out + ".png", svg);
  if (arguments.has("json")) return print_json(with_notes(comparison_json(comparison), comparison.notes));
  fmt::print("{}Written: {}.csv, {}.svg{}\n", comparison_text(comparison, line_width()) + notes_text(comparison.notes),
             out, out, has_png ? ", " + out + ".png" : "");
}

}  // namespace

Verb compare_verb() {
  return {
      "compare",
      "NAME|FILE... --liberty L[,L2]",
      "error, area, delay and energy side by side; CSV and Pareto plot",
      join(
          {{repeated(option("liberty", "L[,L2]", text(),
                            "libraries of cells, as in tram_axm area, between commas; A+B, or given several times: the "
                            "files of one library")),
            histogram_option()},
           file_options(),
           stimulus_options(),
           power_model_options(),
           {delay_target_option(), threads_option(),
            option("out", "PREFIX", text(), "PREFIX.csv, PREFIX.svg and (with rsvg-convert) PREFIX.png are written",
                   "compare")}}),
      run,
      "Each multiplier is mapped with adder cells (where the library has them) and with gates, with\n"
      "each of several scripts of ABC; the cheapest counts. spread % says how far the scripts lie apart:\n"
      "multipliers that are closer to each other are not ranked (~). Ratios name the best exact\n"
      "multiplier of the library as 1: the cheapest, glitches included, of array, Wallace and Dadda tree.\n"};
}

}  // namespace tram::axm
