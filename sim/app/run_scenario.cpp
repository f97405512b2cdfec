#include "sim/app/run_scenario.hpp"

#include <algorithm>
#include <chrono>

#include "models/support/memory.hpp"
#include "models/support/printable.hpp"
#include "sim/app/multiplier_engines.hpp"
#include "sim/app/simulate.hpp"
#include "sim/app/workload.hpp"
#include "sim/config/resolve_scenario.hpp"

namespace tram {
namespace {

using Clock = std::chrono::steady_clock;

/// Makes what the scenario names, so that what fails, fails before data is loaded.
void make_engines(const Scenario& scenario, const RunOptions& options, MultiplierEngines& engines) {
  for (const MultiplierRule& rule : multiplier_rules(scenario)) engines.prepare(rule.multiplier);
  if (options.exact_beside) engines.prepare("exact");
  for (const std::string& note : engines.notes()) options.message(note);
}

Workload load_workload_within_memory(const Scenario& scenario, const RunOptions& options) {
  Workload workload =
      within_memory("loading and quantising the network", "quantise.images and --threads say how many images at a time",
                    [&] { return load_workload(scenario, options.seed, options.threads); });
  for (const std::string& line : {workload.note, workload.warning})
    if (!line.empty()) options.message(line);
  return workload;
}

/// All but what the machines do.
RunResult describe(const Scenario& scenario, const Workload& workload, const Library& library,
                   const MultiplierAssignment& assignment, MultiplierEngines& engines) {
  RunResult result;
  result.scenario = printable(scenario.name);
  result.network = printable(workload.network);
  result.data_set = workload.data_set;
  result.preprocessing = workload.preprocessing;
  result.quantisation_note = escaped(workload.quantisation_note);
  result.data_note = escaped(workload.note);
  for (const std::string& note : engines.notes()) result.multiplier_notes.push_back(escaped(note));
  result.predicted = workload.predicted;
  result.multipliers = engines.figures(assignment, widest_operands(workload.integer_network));
  result.library_conditions = printable(to_string(library.conditions));
  result.access_energy_note = access_energy_note(scenario);
  return result;
}

/// From `begin` until the first layer of the first image began, s.
double startup_seconds(Clock::time_point begin, const MachineResult& machine) {
  if (machine.images.empty()) return 0;
  const auto first = std::ranges::min_element(machine.images, {}, &ImageResult::started_s);
  return first->started_s - std::chrono::duration<double>(begin.time_since_epoch()).count();
}

void warn_of_empty_waves(const RunOptions& options, const MachineResult& machine) {
  if (!options.waves || machine.images.empty() || machine.images.front().cycles > options.waves->from) return;
  options.message(
      fmt::format("--vcd: the first image ended after {} cycles: nothing happens in waves.vcd from cycle {} on",
                  machine.images.front().cycles, options.waves->from));
}

/// How far a run came that a stop or a failure ended.
std::string stop_line(const RunResult& run, const std::string& stopped_by, int asked) {
  const int done = static_cast<int>(run.machine.images.size());
  if (done < asked) return fmt::format("{} after {} of {} images", stopped_by, done, asked);
  return fmt::format("{} after {} of {} images of the exact machine beside; its figures are left out", stopped_by,
                     run.exact.images.size(), asked);
}

}  // namespace

RunResult run_scenario(const Scenario& scenario, const RunOptions& options) {
  const Clock::time_point begin = Clock::now();
  const std::shared_ptr<const Library> library = read_liberty(scenario.technology.liberty);
  for (const std::string& warning : library->warnings) options.message("warning: " + warning);
  MultiplierEngines engines(scenario, library, options.seed, options.threads);
  make_engines(scenario, options, engines);
  const Workload workload = load_workload_within_memory(scenario, options);
  const IntegerNetwork& network = workload.integer_network;
  const MultiplierAssignment assignment =
      assign_multipliers("multiplier_scope", network, multiplier_rules(scenario), scenario.array.width);
  const MultiplierAssignment exact_everywhere = assign_everywhere(network, "exact", scenario.array.width);

  RunResult result = describe(scenario, workload, *library, assignment, engines);
  const std::string name = printable(title_of(scenario.multiplier));
  Simulation machine = simulate(scenario, workload, assignment, engines, name, options);
  result.machine = std::move(machine.result);
  result.startup_s = startup_seconds(begin, result.machine);
  warn_of_empty_waves(options, result.machine);
  std::string stopped_by = machine.stopped_by;
  result.has_exact = options.exact_beside && !workload.recoded &&
                     assignment.multipliers != exact_everywhere.multipliers && stopped_by.empty();
  if (result.has_exact) {
    RunOptions without_waves = options;
    without_waves.waves.reset();
    Simulation exact = simulate(scenario, workload, exact_everywhere, engines, "exact", without_waves);
    result.exact = std::move(exact.result);
    stopped_by = exact.stopped_by;
    result.has_exact = stopped_by.empty();  // half a comparison is none
  }
  if (!stopped_by.empty()) result.stopped_by = stop_line(result, stopped_by, scenario.data.images);
  return result;
}

}  // namespace tram
