#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <sstream>
#include <string_view>

#include "sim/report/report.hpp"
#include "sim/results/multiplier_use.hpp"
#include "sim/results/summary.hpp"

namespace tram {
namespace {

struct Scale {
  double factor;
  std::string_view prefix;
};

/// The SI prefix that brings value into 1..1000.
Scale scale_of(double value) {
  static constexpr std::array<Scale, 9> scales{
      {{1e9, "G"}, {1e6, "M"}, {1e3, "k"}, {1, ""}, {1e-3, "m"}, {1e-6, "u"}, {1e-9, "n"}, {1e-12, "p"}, {1e-15, "f"}}};
  if (value == 0) return {1, ""};
  for (const Scale& scale : scales)
    if (std::abs(value) >= scale.factor) return scale;
  return scales.back();
}

/// Four significant digits, prefix and unit: "12.35 uJ".
std::string si(double value, std::string_view unit) {
  const Scale scale = scale_of(value);
  return fmt::format("{:.4g} {}{}", value / scale.factor, scale.prefix, unit);
}

const char* delay_model_text(const std::string& model) {
  return model == "zero_delay" ? "zero-delay activity: glitches are not counted"
                               : "the multiplier's glitches counted with the library's delays";
}

/// Broken at spaces into lines of at most 118 characters, all but the first indented.
std::string wrapped(const std::string& text) {
  std::string result;
  size_t column = 0;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (column > 0 && column + 1 + word.size() > 118) {
      result += "\n ";
      column = 1;
    }
    if (column > 0) result += ' ';
    result += word;
    column += word.size() + 1;
  }
  return result + "\n";
}

/// How the energy of an engine that samples came about.
std::string sampling(const MachineResult& machine) {
  const MachineSummary summary = summarise(machine);
  std::string text;
  if (summary.sampled_share > 0 && summary.sampled_share < 1)
    text +=
        wrapped(fmt::format("{:.3g} % of adder and register energy ({}) estimated from a random sample of {:.3g} % of "
                            "the PEs: 95 % interval {:.2f} % wide",
                            100 * summary.sampled_j / (summary.energy.adder + summary.energy.registers),
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
         "PE clock: all registers in each of the 2 rows + columns + M - 2 cycles of a fold, no clock gating; stopped\n"
         "  between folds and in stalls; clock pins of the cells only, no clock tree\n";
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
  text += fmt::format("Start-up: {:.2f} s from the start of the program to the first layer\n", run.startup_s);
  if (!run.access_energy_note.empty()) text += wrapped("Energy by access: " + run.access_energy_note);
  return text;
}

/// The energy components and their sum, as they head columns and rows.
constexpr std::array<std::string_view, 9> energy_columns{"multiplier", "adder", "registers", "clock", "leakage",
                                                         "SRAM",       "DRAM",  "vector",    "total"};

std::string energy_cells(const EnergyBreakdown& energy, bool has_pe_energy, const Scale& scale) {
  std::string cells;
  size_t column = 0;
  const auto add = [&](double joules, bool is_measured) {
    const std::string text = is_measured ? fmt::format("{:.3f}", joules / scale.factor) : "-";
    cells += fmt::format(" {:>{}}", text, std::max<size_t>(7, energy_columns[column].size()));
    ++column;
  };
  for (const EnergyComponent& component : energy_components)
    add(energy.*component.field, has_pe_energy || !component.of_pes);
  add(energy.total(), has_pe_energy);
  return cells;
}

std::string layer_row(const LayerResult& layer, const MachineResult& machine, size_t name_width, const Scale& scale) {
  return fmt::format("{:<{}} {:>8.3f} {:>9.0f} {:>6.1f} {:>9.1f} {:>9.1f}", layer.name, name_width, layer.macs / 1e6,
                     layer.cycles, 100 * utilisation(layer, machine), layer.dram_bytes / 1024,
                     layer.sram_bytes / 1024) +
         energy_cells(layer.energy, machine.has_pe_energy, scale) + "\n";
}

std::string layer_table(const MachineResult& machine, const MachineSummary& summary) {
  const Scale scale = scale_of(summary.energy.total());
  size_t name_width = 5;
  for (const LayerResult& layer : summary.layers) name_width = std::max(name_width, layer.name.size());
  std::string text =
      fmt::format("\nMean of an image by layer, multiplier {}; energy in {}J\n", machine.multiplier, scale.prefix);
  if (!machine.has_pe_energy) text.insert(text.size() - 1, " (-: not measured)");
  text += fmt::format("{:<{}} {:>8} {:>9} {:>6} {:>9} {:>9}", "layer", name_width, "MMAC", "cycles", "util %",
                      "DRAM KiB", "SRAM KiB");
  for (const std::string_view name : energy_columns) text += fmt::format(" {:>7}", name);
  text += "\n";
  LayerResult total;
  total.name = "total";
  total.macs = summary.macs;
  total.cycles = summary.cycles;
  total.energy = summary.energy;
  for (const LayerResult& layer : summary.layers) {
    text += layer_row(layer, machine, name_width, scale);
    total.dram_bytes += layer.dram_bytes;
    total.sram_bytes += layer.sram_bytes;
  }
  return text + layer_row(total, machine, name_width, scale);
}

/// What heads a column: the name of a built-in multiplier, or the end of a file's name.
std::string column_name(const std::string& multiplier) {
  const std::string name = multiplier.substr(multiplier.find_last_of('/') + 1);
  return name.size() <= 24 ? name : ".." + name.substr(name.size() - 22);
}

/// Rows of "figure, this machine, the exact one, ratio"; without the latter two when there is no other machine.
class Totals {
 public:
  Totals(const MachineResult& machine, const MachineResult* exact)
      : machine_(summarise(machine)), compare_(exact != nullptr) {
    if (exact) exact_ = summarise(*exact);
    text_ = fmt::format("\n{:<26} {:>24}", "Mean of an image", column_name(machine.multiplier));
    if (exact) text_ += fmt::format(" {:>24} {:>8}", column_name(exact->multiplier), "ratio");
    text_ += "\n";
  }

  template <class Words>
  void words(std::string_view name, Words words_of) {
    text_ += fmt::format("{:<26} {:>24}", name, words_of(machine_));
    if (compare_) text_ += fmt::format(" {:>24}", words_of(exact_));
    text_ += "\n";
  }

  /// value of a summary is a number, words_of writes it.
  template <class Value, class Words>
  void figure(std::string_view name, Value value, Words words_of) {
    text_ += fmt::format("{:<26} {:>24}", name, words_of(value(machine_)));
    if (compare_) {
      const double beside = value(exact_);
      text_ += fmt::format(" {:>24} {:>8}", words_of(beside),
                           beside > 0 ? fmt::format("{:.3f}", value(machine_) / beside) : "-");
    }
    text_ += "\n";
  }

  const std::string& text() const { return text_; }

 private:
  MachineSummary machine_, exact_;
  bool compare_;
  std::string text_;
};

std::string share(int count, int images) {
  return images ? fmt::format("{:.2f} % ({} of {})", 100.0 * count / images, count, images) : "-";
}

std::string interval(const MachineSummary& summary) {
  if (!summary.images) return "-";
  const ConfidenceInterval wilson = wilson_interval(summary.correct, summary.images);
  return fmt::format("{:.2f} .. {:.2f} %", 100 * wilson.low, 100 * wilson.high);
}

std::string joules(double value) { return si(value, "J"); }

/// A row for each component, or for each but those of the PEs.
void add_components(Totals& table, bool with_pes) {
  for (size_t i = 0; i < energy_components.size(); ++i)
    if (with_pes || !energy_components[i].of_pes)
      table.figure(
          fmt::format("  {}", energy_columns[i]),
          [&](const MachineSummary& s) { return s.energy.*energy_components[i].field; }, joules);
}

std::string totals(const RunResult& run) {
  using Summary = const MachineSummary&;
  const std::vector<const MachineResult*> all = machines(run);
  Totals table(run.machine, all.size() > 1 ? all[1] : nullptr);
  if (run.machine.has_values) {
    table.words("top-1 accuracy", [](Summary s) { return share(s.correct, s.images); });
    table.words("  95 % interval (Wilson)", [](Summary s) { return interval(s); });
    table.words("golden top-1 accuracy", [](Summary s) { return share(s.golden_correct, s.images); });
    table.words("images with other logits", [](Summary s) { return std::to_string(s.logit_mismatches); });
  }

  const auto count = [](double value) { return si(value, ""); };
  table.figure(
      "MACs", [](Summary s) { return s.macs; }, count);
  table.figure(
      "cycles", [](Summary s) { return s.cycles; }, [](double value) { return fmt::format("{:.0f}", value); });
  table.figure(
      "latency", [](Summary s) { return s.latency_s; }, [](double value) { return si(value, "s"); });
  table.figure(
      "MACs / (cycles x PEs)", [](Summary s) { return s.utilisation; },
      [](double value) { return fmt::format("{:.2f} %", 100 * value); });
  if (!run.machine.has_pe_energy) {
    for (const char* figure : {"energy", "PE energy, with leakage", "power", "TOPS/W"})
      table.words(figure, [](Summary) { return "not measured"; });
    table.figure(
        "energy by access, no PEs", [](Summary s) { return s.energy.by_access(); }, joules);
    add_components(table, false);
    return table.text();
  }
  table.figure(
      "energy", [](Summary s) { return s.energy.total(); }, joules);
  add_components(table, true);
  table.figure(
      "PE energy, with leakage", [](Summary s) { return s.energy.array(); }, joules);
  table.figure(
      "power", [](Summary s) { return s.power_w; }, [](double value) { return si(value, "W"); });
  table.figure(
      "TOPS/W", [](Summary s) { return s.tops_per_watt; }, [](double value) { return fmt::format("{:.4g}", value); });
  return table.text();
}

/// The multipliers by themselves, beside the best exact one.
std::string multiplier_table(const RunResult& run) {
  if (run.multipliers.empty()) return {};
  std::string text = fmt::format("\n{:<26} {:>24} {:>24} {:>24}\n", "Energy a multiplication", "uniform, zero delay",
                                 "uniform, glitches", "this run, a MAC");
  const auto cell = [](std::optional<double> joule, std::optional<double> ratio) {
    return fmt::format(" {:>16} {:>7}", joule ? si(*joule, "J") : "-", ratio ? fmt::format("{:.3f}", *ratio) : "-");
  };
  for (const MultiplierUse& use : multiplier_uses(run))
    text += fmt::format("{:<26}", column_name(use.figures.name)) +
            cell(use.figures.zero_delay_j, use.zero_delay_ratio) +
            cell(use.figures.with_glitches_j, use.with_glitches_ratio) + cell(use.run_j, use.run_ratio) + "\n";
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
