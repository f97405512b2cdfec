// tram_sim: runs a scenario's network on the simulated machine, and on the machine with exact multipliers beside it.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <optional>

#include "models/multiplier/catalogue.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "sim/app/simulate.hpp"
#include "sim/app/workload.hpp"
#include "sim/config/command_line.hpp"
#include "sim/config/resolve_scenario.hpp"
#include "sim/engines/make_engine.hpp"
#include "sim/machine/workers.hpp"
#include "sim/report/progress.hpp"
#include "sim/report/report.hpp"

namespace tram {
namespace {

enum ExitCode { ok = 0, failed_run = 1, bad_input = 2 };

void print_line(const std::string& text) { std::fprintf(stderr, "tram_sim: %s\n", text.c_str()); }

/// A multiplier and the engine that has it in every PE.
struct Arithmetic {
  std::string name;  ///< of the multiplier: a built-in's, or that of its file with extension, so that none reads "exact"
  Netlist multiplier;
  std::unique_ptr<Engine> engine;
};

Arithmetic make_arithmetic(const Scenario& scenario, const std::string& multiplier,
                           std::shared_ptr<const Library> library, uint64_t seed) {
  Arithmetic arithmetic{std::filesystem::path(multiplier).filename(), find_multiplier(multiplier), nullptr};
  arithmetic.engine = make_engine(scenario, arithmetic.multiplier, std::move(library), seed);
  return arithmetic;
}

/// One machine with its progress bar.
Simulation run_machine(const CommandLine& command_line, const Scenario& scenario, const Workload& workload,
                       const Arithmetic& arithmetic, bool is_main) {
  SimulateOptions options;
  options.name = arithmetic.name;
  options.threads = std::min(command_line.threads, scenario.data.images);
  if (is_main) options.vcd = command_line.vcd;
  options.vcd_file = command_line.out / "waves.vcd";
  Progress progress(arithmetic.name, "images", scenario.data.images, command_line.quiet);
  options.image_done = [&] { progress.advance(); };
  options.warning = print_line;
  return simulate(scenario, workload, arithmetic.multiplier, *arithmetic.engine, options);
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

/// How far an interrupted run came.
std::string interruption(const RunResult& run, int asked) {
  const int done = static_cast<int>(run.machine.images.size());
  if (done < asked) return fmt::format("interrupted after {} of {} images", done, asked);
  return fmt::format("interrupted after {} of {} images of the exact machine beside; its figures are left out",
                     run.exact.images.size(), asked);
}

int finish(const RunResult& run, const CommandLine& command_line, bool interrupted, int asked) {
  if (!run.machine.images.empty()) {
    write_report(run, command_line.out);
    if (!command_line.quiet) fmt::print("{}Files in {}\n", text_report(run), command_line.out.string());
  }
  if (interrupted) {
    print_line(interruption(run, asked));
    return failed_run;
  }
  return std::max(check_logits(run.machine), check_logits(run.exact));
}

void warn_of_empty_waves(const CommandLine& command_line, const MachineResult& machine) {
  if (!command_line.vcd || machine.images.empty() || machine.images.front().cycles > command_line.vcd->from) return;
  print_line(fmt::format("--vcd: the first image ended after {} cycles: nothing happens in waves.vcd from cycle {} on",
                         machine.images.front().cycles, command_line.vcd->from));
}

int run(const CommandLine& command_line) {
  const Scenario scenario = resolve(command_line);
  const auto library = read_liberty(scenario.technology.liberty);
  const Arithmetic arithmetic = make_arithmetic(scenario, scenario.multiplier, library, command_line.seed);
  std::optional<Arithmetic> beside;  // before the first machine runs: what fails, fails early
  if (command_line.exact_beside && arithmetic.name != "exact")
    beside = make_arithmetic(scenario, "exact", library, command_line.seed);
  prepare_output_folder(command_line.out);
  const Workload workload = load_workload(scenario, command_line.seed, command_line.threads);
  if (!workload.note.empty()) print_line(workload.note);

  RunResult result;
  result.scenario = scenario.name;
  result.network = workload.network;
  result.data_set = workload.data_set;
  result.data_note = workload.note;
  result.access_energy_note = access_energy_note(scenario);
  const InterruptNotice notice;  // from here on Ctrl-C loses no image that is done
  Simulation machine = run_machine(command_line, scenario, workload, arithmetic, true);
  result.machine = std::move(machine.result);
  warn_of_empty_waves(command_line, result.machine);
  bool interrupted = machine.interrupted;
  result.has_exact = beside && !interrupted;
  if (result.has_exact) {
    Simulation exact = run_machine(command_line, scenario, workload, *beside, false);
    result.exact = std::move(exact.result);
    interrupted = exact.interrupted;
    result.has_exact = !interrupted;  // half a comparison is none
  }
  write_file(command_line.out / "scenario.yaml", scenario_as_yaml(scenario));
  return finish(result, command_line, interrupted, scenario.data.images);
}

int act(int argc, const char* const* argv) {
  const CommandLine command_line = parse_command_line(argc, argv);
  if (command_line.action == CommandLine::Action::run) return run(command_line);
  std::fputs(information_text(command_line).c_str(), stdout);
  return ok;
}

}  // namespace
}  // namespace tram

int main(int argc, char** argv) {
  try {
    return tram::act(argc, argv);
  } catch (const tram::InputError& error) {
    tram::print_line(error.what());
    return tram::bad_input;
  } catch (const std::exception& error) {
    tram::print_line(error.what());
    return tram::failed_run;
  }
}
