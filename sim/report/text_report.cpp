#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string_view>

#include "sim/report/report.hpp"
#include "sim/report/words.hpp"
#include "sim/results/figures.hpp"

namespace tram {
namespace {

const char* delay_model_text(const std::string& model) {
  return model == "zero_delay" ? "zero-delay activity: glitches are not counted"
                               : "the multiplier's glitches counted with the library's delays";
}

/// How the energy of an engine that samples came about.
std::string sampling(const MachineResult& machine) {
  const MachineSummary summary = summarise(machine);
  std::string text;
  if (summary.sampled_share > 0 && summary.sampled_share < 1)
    text += wrapped(fmt::format(
        "{:.3g} % of adder, register and accumulator energy ({}) estimated from a random sample of {:.3g} % of "
        "the PEs: 95 % interval {:.2f} % wide",
        100 * summary.sampled_j / (summary.energy.adder + summary.energy.registers + summary.energy.accumulators),
        machine.multiplier, 100 * summary.sampled_share, 100 * summary.sampled_width));
  if (summary.checked_folds > 0)
    text += fmt::format(
        "Co-simulation: {} folds with {} run on the RTL too, values and zero-delay multiplier energy "
        "equal\n",
        summary.checked_folds, machine.multiplier);
  return text;
}

/// What the multipliers are made of.
std::string circuits(const RunResult& run) {
  if (run.multipliers.empty()) return {};
  const MultiplierFigures& exact = run.multipliers.back();
  std::string text = fmt::format("Multipliers in {}: ", run.machine.library);
  for (const MultiplierFigures& multiplier : run.multipliers)
    if (&multiplier != &exact) text += fmt::format("{} of {}; ", multiplier.name, multiplier.circuit);
  return wrapped(text + fmt::format("exact is the best exact one: {}", exact.circuit));
}

/// What the energy of the PEs stands for.
std::string pe_energy(const RunResult& run) {
  const MachineResult& machine = run.machine;
  if (!machine.has_pe_energy) return fmt::format("PE energy: not measured by engine {}\n", machine.engine);
  return wrapped(fmt::format("PE energy: library {}, {}; {}; stimulus: the network's own operands", machine.library,
                             run.library_conditions, delay_model_text(machine.delay_model))) +
         wrapped("PE clock: " + machine.clocking + "; stopped between folds and in stalls; " +
                 (machine.clock_tree_j > 0
                      ? fmt::format("clock tree above the gates, an estimate: {} a cycle, in no sum",
                                    si(machine.clock_tree_j, "J"))
                      : "clock pins of the cells only, no clock tree"));
}

std::string heading(const RunResult& run) {
  const MachineResult& machine = run.machine;
  std::string text = fmt::format("Scenario {}: network {} on {}, {} image{}\n", run.scenario, run.network, run.data_set,
                                 machine.images.size(), machine.images.size() == 1 ? "" : "s");
  if (!run.preprocessing.empty()) text += wrapped("Images: " + run.preprocessing);
  if (!run.quantisation_note.empty()) text += wrapped(run.quantisation_note);
  if (!run.data_note.empty()) text += wrapped(run.data_note);
  for (const std::string& note : run.multiplier_notes) text += wrapped(note);
  text += fmt::format("Machine: {} x {} PEs at {}, multiplier {}, engine {}\n", machine.rows, machine.columns,
                      si(machine.clock_hz, "Hz"), machine.multiplier, machine.engine);
  if (!machine.circuits_note.empty()) text += wrapped(machine.circuits_note);
  text += circuits(run) + pe_energy(run);
  for (const MachineResult* each : machines(run)) text += sampling(*each);
  text += fmt::format("Start-up: {:.2f} s from the start of the run to the first layer\n", run.startup_s);
  if (!run.access_energy_note.empty()) text += wrapped("Energy by access: " + run.access_energy_note);
  return text;
}

/// A cell for each energy component and one for their sum.
std::string energy_cells(const EnergyBreakdown& energy, bool has_pe_energy, const Scale& scale) {
  const auto cell = [&](double joules, bool is_measured, std::string_view column) {
    const std::string text = is_measured ? fmt::format("{:.3f}", joules / scale.factor) : "-";
    return fmt::format(" {:>{}}", text, std::max<size_t>(7, column.size()));
  };
  std::string cells;
  for (const EnergyComponent& component : energy_components)
    cells += cell(energy.*component.field, has_pe_energy || !component.of_pes, component.label);
  return cells + cell(energy.total(), has_pe_energy, "total");
}

std::string layer_row(const LayerResult& layer, const MachineResult& machine, size_t name_width, const Scale& scale) {
  std::string row = fmt::format("{:<{}}", layer.name, name_width);
  for (const LayerFigure& figure : layer_figures())
    if (*figure.heading)
      row += fmt::format(" {:>{}.{}f}", number(figure, layer, machine) / figure.scale, figure.width, figure.decimals);
  return row + energy_cells(layer.energy, machine.has_pe_energy, scale) + "\n";
}

std::string layer_headings(size_t name_width) {
  std::string row = fmt::format("{:<{}}", "layer", name_width);
  for (const LayerFigure& figure : layer_figures())
    if (*figure.heading) row += fmt::format(" {:>{}}", figure.heading, figure.width);
  for (const EnergyComponent& component : energy_components) row += fmt::format(" {:>7}", component.label);
  return row + fmt::format(" {:>7}\n", "total");
}

std::string layer_table(const MachineResult& machine, const MachineSummary& summary) {
  const Scale scale = scale_of(summary.energy.total());
  size_t name_width = 5;
  for (const LayerResult& layer : summary.layers) name_width = std::max(name_width, layer.name.size());
  std::string text =
      fmt::format("\nMean of an image by layer, multiplier {}; energy in {}J\n", machine.multiplier, scale.prefix);
  if (!machine.has_pe_energy) text.insert(text.size() - 1, " (-: not measured)");
  text += layer_headings(name_width);
  LayerResult total;
  total.name = "total";
  for (const LayerResult& layer : summary.layers) {
    text += layer_row(layer, machine, name_width, scale);
    add_layer(total, layer);
  }
  total.cycles = summary.cycles;
  return text + layer_row(total, machine, name_width, scale);
}

/// What heads a column: the name of a built-in multiplier, or the end of a file's name.
std::string column_name(const std::string& multiplier) {
  const std::string name = multiplier.substr(multiplier.find_last_of('/') + 1);
  return name.size() <= 24 ? name : ".." + name.substr(name.size() - 22);
}

std::string words_of(double value, NumberForm form, std::string_view unit) {
  switch (form) {
    case NumberForm::si: break;
    case NumberForm::whole: return fmt::format("{:.0f}", value);
    case NumberForm::percent: return fmt::format("{:.2f} %", 100 * value);
    case NumberForm::four_digits: return fmt::format("{:.4g}", value);
  }
  return si(value, unit);
}

std::string words_of(const FigureValue& value, const MachineFigure& figure) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* count = std::get_if<int64_t>(&value)) return std::to_string(*count);
  if (const auto* share = std::get_if<ImageShare>(&value))
    return share->images
               ? fmt::format("{:.2f} % ({} of {})", 100.0 * share->count / share->images, share->count, share->images)
               : "-";
  return words_of(std::get<double>(value), figure.form, figure.unit);
}

/// Rows of "figure, this machine, the exact one, ratio"; without the latter two when there is no other machine.
class Totals {
 public:
  explicit Totals(std::span<const MachineResult* const> machines) {
    text_ = fmt::format("\n{:<26}", "Mean of an image");
    for (const MachineResult* machine : machines) {
      sides_.push_back({machine, summarise(*machine)});
      text_ += fmt::format(" {:>24}", column_name(machine->multiplier));
    }
    text_ += sides_.size() > 1 ? fmt::format(" {:>8}\n", "ratio") : "\n";
  }

  void add(const MachineFigure& figure) {
    std::vector<std::string> words;
    std::vector<double> numbers;
    for (const Side& side : sides_) {
      if (!has(*sides_.front().machine, figure.needs)) {
        words.emplace_back("not measured");
        continue;
      }
      const FigureValue value = figure.value(*side.machine, side.summary);
      words.push_back(words_of(value, figure));
      if (const auto* number = std::get_if<double>(&value)) numbers.push_back(*number);
    }
    add_row(figure.label, words, numbers);
  }

  void add(const EnergyComponent& component) {
    std::vector<std::string> words;
    std::vector<double> numbers;
    for (const Side& side : sides_) {
      numbers.push_back(side.summary.energy.*component.field);
      words.push_back(si(numbers.back(), "J"));
    }
    add_row(fmt::format("  {}", component.label), words, numbers);
  }

  void add(const AreaPart& part) {
    std::vector<std::string> words;
    std::vector<double> numbers;
    for (const Side& side : sides_) {
      numbers.push_back(side.machine->area.*part.field);
      words.push_back(words_of(numbers.back(), NumberForm::four_digits, ""));
    }
    add_row(fmt::format("  {}", part.label), words, numbers);
  }

  const std::string& text() const { return text_; }

 private:
  struct Side {
    const MachineResult* machine;
    MachineSummary summary;
  };

  /// Where there are two numbers, their ratio ends the row.
  void add_row(std::string_view label, std::span<const std::string> words, std::span<const double> numbers) {
    text_ += fmt::format("{:<26}", label);
    for (const std::string& word : words) text_ += fmt::format(" {:>24}", word);
    if (numbers.size() > 1)
      text_ += fmt::format(" {:>8}", numbers[1] > 0 ? fmt::format("{:.3f}", numbers[0] / numbers[1]) : "-");
    text_ += "\n";
  }

  std::vector<Side> sides_;
  std::string text_;
};

std::vector<MachineFigure> rows_of_totals() {
  std::vector<MachineFigure> rows;
  for (const MachineFigure& figure : machine_figures())
    if (*figure.label) rows.push_back(figure);
  std::ranges::sort(rows, {}, &MachineFigure::row);
  return rows;
}

/// The energy by access is told where the whole is not measured; the components follow their sum.
std::string totals(const RunResult& run) {
  const bool has_pe_energy = run.machine.has_pe_energy;
  const std::string_view sum = has_pe_energy ? "energy_j" : "energy_by_access_j";
  Totals table(machines(run));
  for (const MachineFigure& figure : rows_of_totals()) {
    const bool is_said = figure.needs == Needs::values ? run.machine.has_values : true;
    if (!is_said || (has_pe_energy && figure.key == std::string_view("energy_by_access_j"))) continue;
    table.add(figure);
    if (figure.key == std::string_view("area_mm2"))
      for (const AreaPart& part : area_parts)
        if (has_pe_energy || !part.of_cells) table.add(part);
    if (figure.key != sum) continue;
    for (const EnergyComponent& component : energy_components)
      if (has_pe_energy || !component.of_pes) table.add(component);
  }
  return table.text();
}

/// The multipliers by themselves, beside the best exact one.
std::string multiplier_table(const RunResult& run) {
  if (run.multipliers.empty()) return {};
  std::string text = fmt::format("\n{:<26}", "Energy a multiplication");
  for (const MultiplierFigure& figure : multiplier_figures()) text += fmt::format(" {:>24}", figure.heading);
  text += "\n";
  const auto cell = [](std::optional<double> joule, std::optional<double> ratio) {
    return fmt::format(" {:>16} {:>7}", joule ? si(*joule, "J") : "-", ratio ? fmt::format("{:.3f}", *ratio) : "-");
  };
  for (const MultiplierUse& use : multiplier_uses(run)) {
    text += fmt::format("{:<26}", column_name(use.figures.name));
    for (const MultiplierFigure& figure : multiplier_figures()) text += cell(figure.joule(use), figure.ratio(use));
    text += "\n";
  }
  if (run.multipliers.size() > 2)
    text += fmt::format("{:<76}", "all layers but those with exact ones") + cell(approximate_run_j(run), std::nullopt) +
            "\n";
  if (run.predicted)
    text += fmt::format("{:<76}", fmt::format("predicted by training for its own multipliers in {}, no weight loads",
                                              column_name(run.predicted->library))) +
            cell(run.predicted->joule_a_mac, run.predicted->ratio) + "\n";
  return text +
         "Ratios: to the exact one. Uniform: the multiplier alone, 10000 uniform random operand pairs, seed 1, one a "
         "clock "
         "period,\n  leakage included, as tram_axm compare. This run: in the PE, weight loads included; its ratio is "
         "of "
         "the same layers\n";
}

std::string warnings(const RunResult& run) {
  std::string text;
  for (const MachineResult* machine : machines(run)) {
    if (machine->critical_path_s > 1 / machine->clock_hz)
      text += fmt::format(
          "warning: a clock period of {} is below the critical path of the PE with {} in {}, {}; it "
          "works up to {}\n",
          si(1 / machine->clock_hz, "s"), machine->multiplier, machine->library, si(machine->critical_path_s, "s"),
          si(1 / machine->critical_path_s, "Hz"));
    if (const int wrong = summarise(*machine).logit_mismatches; wrong > 0 && machine->has_values)
      text += fmt::format("warning: {} with multiplier {} from golden inference\n",
                          wrong == 1 ? "1 image" : fmt::format("{} images", wrong),
                          machine->multiplier + (wrong == 1 ? " differs" : " differ"));
  }
  return text.empty() ? text : "\n" + text;
}

}  // namespace

std::string text_report(const RunResult& run) {
  return heading(run) + layer_table(run.machine, summarise(run.machine)) + totals(run) + multiplier_table(run) +
         warnings(run);
}

}  // namespace tram
