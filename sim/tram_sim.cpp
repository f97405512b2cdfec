// tram_sim: runs a scenario's network on the simulated machine, and on the machine with exact multipliers beside it.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <stdexcept>

#include "models/support/atomic_file.hpp"
#include "models/support/memory.hpp"
#include "models/support/new_folder.hpp"
#include "models/support/printable.hpp"
#include "models/support/program_exit.hpp"
#include "sim/app/benchmark.hpp"
#include "sim/app/circuits.hpp"
#include "sim/app/simulate.hpp"
#include "sim/app/workload.hpp"
#include "sim/config/command_line.hpp"
#include "sim/config/resolve_scenario.hpp"
#include "sim/machine/workers.hpp"
#include "sim/report/progress.hpp"
#include "sim/report/report.hpp"

namespace tram {
namespace {

enum ExitCode { ok = 0, failed_run = 1 };  // 2, bad input: run_program

void print_line(const std::string& text) { std::fprintf(stderr, "tram_sim: %s\n", printable_message(text).c_str()); }

/// Makes what the scenario names, so that what fails, fails before data is loaded.
void make_circuits(const Scenario& scenario, bool exact_beside, CircuitShelf& shelf) {
  for (const MultiplierRule& rule : multiplier_rules(scenario)) shelf.get(rule.multiplier);
  if (exact_beside) shelf.get("exact");
}

/// One machine with its progress bar.
Simulation run_machine(const CommandLine& command_line, const Scenario& scenario, const Workload& workload,
                       const MultiplierAssignment& assignment, CircuitShelf& shelf, bool is_main) {
  std::vector<const Circuit*> circuits;
  for (const std::string& multiplier : assignment.multipliers) circuits.push_back(&shelf.get(multiplier));
  SimulateOptions options;
  options.name = is_main ? shelf.get(scenario.multiplier).name : "exact";
  options.threads = std::min(command_line.threads, scenario.data.images);
  if (is_main) options.vcd = command_line.vcd;
  options.vcd_limit = static_cast<double>(command_line.vcd_limit);
  options.vcd_file = command_line.out / "waves.vcd";
  ProgressBar progress(options.name, "images", scenario.data.images, command_line.quiet);
  options.image_done = [&] { progress.advance(); };
  options.warning = print_line;
  return simulate(scenario, workload, assignment, circuits, options);
}

/// The first image whose logits differ from golden inference makes the run a failure.
int check_logits(const MachineResult& machine) {
  if (!machine.has_values) return ok;
  for (const ImageResult& image : machine.images)
    if (!image.logits_equal) {
      print_line(fmt::format("image {}: logits differ from golden inference (class {} instead of {})", image.index,
                             image.top1, image.golden_top1));
      return failed_run;
    }
  return ok;
}

/// How far a run came that a signal or a failure ended.
std::string stop_line(const RunResult& run, const std::string& stopped_by, int asked) {
  const int done = static_cast<int>(run.machine.images.size());
  if (done < asked) return fmt::format("{} after {} of {} images", stopped_by, done, asked);
  return fmt::format("{} after {} of {} images of the exact machine beside; its figures are left out", stopped_by,
                     run.exact.images.size(), asked);
}

/// The files and the report on the terminal: there also when the files cannot be written (full disk).
void deliver(const RunResult& run, const Scenario& scenario, const CommandLine& command_line) {
  std::exception_ptr failure;
  try {
    write_file(command_line.out / "scenario.yaml", scenario_as_yaml(scenario));
    if (!run.machine.images.empty()) write_report(run, command_line.out);
  } catch (const std::runtime_error&) {
    failure = std::current_exception();
  }
  if (!run.machine.images.empty() && !command_line.quiet) fmt::print("{}", text_report(run));
  if (failure) std::rethrow_exception(failure);
  if (!run.machine.images.empty() && !command_line.quiet) fmt::print("Files in {}\n", command_line.out.string());
}

/// The exit code, after what is wrong.
int finish(const RunResult& run, const std::string& stopped_by, int asked) {
  if (!stopped_by.empty()) {
    print_line(stop_line(run, stopped_by, asked));
    return failed_run;
  }
  return std::max(check_logits(run.machine), check_logits(run.exact));
}

void warn_of_empty_waves(const CommandLine& command_line, const MachineResult& machine) {
  if (!command_line.vcd || machine.images.empty() || machine.images.front().cycles > command_line.vcd->from) return;
  print_line(fmt::format("--vcd: the first image ended after {} cycles: nothing happens in waves.vcd from cycle {} on",
                         machine.images.front().cycles, command_line.vcd->from));
}

/// From `begin` until the first layer of the first image began, s.
double startup_seconds(std::chrono::steady_clock::time_point begin, const MachineResult& machine) {
  if (machine.images.empty()) return 0;
  const auto first = std::ranges::min_element(machine.images, {}, &ImageResult::started_s);
  return first->started_s - std::chrono::duration<double>(begin.time_since_epoch()).count();
}

int run(const CommandLine& command_line) {
  const auto begin = std::chrono::steady_clock::now();
  worker_timeout();  // a bad one is told at once
  const Scenario scenario = resolve(command_line);
  const std::shared_ptr<const Library> library = read_liberty(scenario.technology.liberty);
  for (const std::string& warning : library->warnings) print_line("warning: " + warning);
  CircuitShelf shelf(scenario, library, command_line.seed, command_line.threads);
  make_circuits(scenario, command_line.exact_beside, shelf);
  for (const std::string& note : shelf.notes()) print_line(note);
  const NewFolder out(command_line.out);
  prepare_output_folder(command_line.out);
  const Workload workload =
      within_memory("loading and quantising the network", "quantise.images and --threads say how many images at a time",
                    [&] { return load_workload(scenario, command_line.seed, command_line.threads); });
  if (!workload.note.empty()) print_line(workload.note);
  const IntegerNetwork& network = workload.integer_network;
  const MultiplierAssignment assignment = assign_multipliers("multiplier_scope", network, multiplier_rules(scenario));
  const MultiplierAssignment exact_everywhere = assign_everywhere(network, "exact");
  const bool beside =
      command_line.exact_beside && !workload.recoded && assignment.multipliers != exact_everywhere.multipliers;

  RunResult result;
  result.scenario = printable(scenario.name);
  result.network = printable(workload.network);
  result.data_set = workload.data_set;
  result.preprocessing = workload.preprocessing;
  result.quantisation_note = escaped(workload.quantisation_note);
  result.data_note = escaped(workload.note);
  for (const std::string& note : shelf.notes()) result.multiplier_notes.push_back(escaped(note));
  result.predicted = workload.predicted;
  result.multipliers = shelf.figures(assignment.multipliers);
  result.library_conditions = printable(to_string(library->conditions));
  result.access_energy_note = access_energy_note(scenario);
  const InterruptNotice notice;  // from here on no signal that asks for the end loses an image that is done
  Simulation machine = run_machine(command_line, scenario, workload, assignment, shelf, true);
  result.machine = std::move(machine.result);
  result.startup_s = startup_seconds(begin, result.machine);
  warn_of_empty_waves(command_line, result.machine);
  std::string stopped_by = machine.stopped_by;
  result.has_exact = beside && stopped_by.empty();
  if (result.has_exact) {
    Simulation exact = run_machine(command_line, scenario, workload, exact_everywhere, shelf, false);
    result.exact = std::move(exact.result);
    stopped_by = exact.stopped_by;
    result.has_exact = stopped_by.empty();  // half a comparison is none
  }
  deliver(result, scenario, command_line);
  return finish(result, stopped_by, scenario.data.images);
}

int benchmark(const CommandLine& command_line) {
  const NewFolder out(command_line.out);
  prepare_output_folder(command_line.out);
  const std::vector<BenchmarkFigure> figures = run_benchmark(command_line.seed);
  write_file(command_line.out / "benchmark.json", benchmark_json(figures));
  fmt::print("{}Figures in {}\n", benchmark_table(figures), (command_line.out / "benchmark.json").string());
  return ok;
}

int act(int argc, const char* const* argv) {
  const CommandLine command_line = parse_command_line(argc, argv);
  if (command_line.action == CommandLine::Action::benchmark) return benchmark(command_line);
  if (command_line.action == CommandLine::Action::run) return run(command_line);
  std::fputs(information_text(command_line).c_str(), stdout);
  return ok;
}

}  // namespace
}  // namespace tram

int main(int argc, char** argv) {
  return tram::run_program("tram_sim", [&] { return tram::act(argc, argv); });
}
