#include "sim/app/simulate.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include "models/quant/golden.hpp"
#include "models/quant/network_cache.hpp"
#include "models/quant/quantise.hpp"
#include "models/support/content_cache.hpp"
#include "models/support/error.hpp"
#include "models/support/printable.hpp"
#include "sim/machine/machine.hpp"
#include "sim/machine/workers.hpp"
#include "sim/mapping/program.hpp"
#include "sim/observers/meter.hpp"
#include "sim/observers/vcd.hpp"

namespace tram {
namespace {

/// A network on PEs: what is the same for every image.
struct Setup {
  const Scenario& scenario;
  const Dataset& images;
  IntegerNetwork network;
  MultiplierAssignment assignment;
  std::vector<const Circuit*> circuits;  ///< of assignment.multipliers
  std::vector<TruthTable> tables;        ///< likewise

  Engine& engine() const { return *circuits.front()->engine; }
  bool has_values() const { return engine().has_values(); }
  Circuits of_machine() const {
    Circuits result{{}, assignment.of_step};
    for (const Circuit* circuit : circuits) result.engines.push_back(circuit->engine.get());
    return result;
  }
};

/// The machine of one worker process: built once, then one image after the other.
class Bench {
 public:
  Bench(const Setup& setup, const SimulateOptions& options) : setup_(setup), options_(options) {
    if (setup.has_values()) golden_.emplace(setup.network, setup.assignment, setup.tables);
  }

  ImageRun run(int index) {
    if (!machine_) build(index);
    const std::vector<uint8_t> codes = quantise_image(setup_.network, setup_.images.image(index));
    const double started = std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
    ImageRun run = machine_->run(codes);
    run.result.started_s = started;
    run.result.index = index;
    run.result.label = setup_.images.label(index);
    add_engine_notes(run.result);
    add_multipliers(run.result);
    compare_with_golden(codes, run.result);
    if (index != setup_.scenario.data.first) run.power = {};  // only that of the first image is reported
    if (recorder_ && index == setup_.scenario.data.first) recorder_->write(options_.vcd_file);
    return run;
  }

 private:
  void add_engine_notes(ImageResult& result) {
    SampledEnergy sampled;
    for (const Circuit* circuit : setup_.circuits) {
      sampled += circuit->engine->take_sampled();
      result.checked_folds += circuit->engine->take_checked();
    }
    result.sampled_j = sampled.joule;
    result.sampled_variance = sampled.variance;
    result.sampled_pes = static_cast<double>(sampled.pes);
    result.sampled_of = static_cast<double>(sampled.of);
  }

  void add_multipliers(ImageResult& result) const {
    for (size_t step = 0; step < result.layers.size(); ++step)
      if (const int circuit = setup_.assignment.of_step[step]; circuit >= 0)
        result.layers[step].multiplier = setup_.circuits[static_cast<size_t>(circuit)]->name;
  }

  void compare_with_golden(const std::vector<uint8_t>& codes, ImageResult& result) const {
    if (!golden_) return;
    const std::vector<int32_t> golden = golden_->logits(codes);
    result.top1 = top1(setup_.network, result.logits);
    result.golden_top1 = top1(setup_.network, golden);
    result.logits_equal = result.logits == golden;
  }

  /// Only the worker with the first image records.
  void build(int index) {
    if (options_.vcd && index == setup_.scenario.data.first)
      recorder_.emplace(options_.vcd->from, options_.vcd->to, setup_.scenario.array.clock_hz);
    machine_.emplace(setup_.scenario, setup_.network, setup_.of_machine(), recorder_ ? &*recorder_ : nullptr);
    if (recorder_) check_size(*recorder_);
  }

  void check_size(const VcdRecorder& recorder) const {
    const auto mebibytes = [](double bytes) { return fmt::format("{:.0f} MiB", std::ceil(bytes / (1 << 20))); };
    const std::string most =
        fmt::format("waves.vcd takes at most {} for {} signals in {} cycles", mebibytes(recorder.most_bytes()),
                    recorder.variables(), recorder.to() - recorder.from());
    if (recorder.most_bytes() > options_.vcd_limit)
      throw InputError("--vcd", fmt::format("{}; expected a shorter window, or a --vcd-limit above {}", most,
                                            mebibytes(options_.vcd_limit)));
    options_.warning(fmt::format("--vcd: {}", most));
  }

  const Setup& setup_;
  const SimulateOptions& options_;
  std::optional<GoldenInference> golden_;  ///< none where there are no values to compare
  std::optional<VcdRecorder> recorder_;
  std::optional<Machine> machine_;
};

/// The network as these multipliers run it: each layer's biases with the mean error of its own, if the scenario wants.
IntegerNetwork network_for(const Scenario& scenario, const Workload& workload, const MultiplierAssignment& assignment,
                           std::span<const TruthTable> tables, int threads) {
  IntegerNetwork network = workload.integer_network;
  if (scenario.quantise.compensation == "none") return network;
  for (size_t i = 0; i < tables.size(); ++i) {
    if (assignment.multipliers[i] == "exact") continue;
    IntegerNetwork all = compensate_cached(workload.integer_network, tables[i], *workload.training,
                                           {.threads = threads}, default_cache_folder());
    for (size_t step = 0; step < network.steps.size(); ++step)
      if (assignment.of_step[step] == static_cast<int>(i)) network.steps[step] = std::move(all.steps[step]);
  }
  return network;
}

/// What each engine may know beforehand: its folds of all images and the names of the layers.
void tell_plans(const Setup& setup) {
  const Program program = make_program(setup.network, *make_dataflow(setup.scenario.array.dataflow),
                                       limits_of(setup.scenario), setup.assignment.of_step);
  std::vector<RunPlan> plans(setup.circuits.size());
  for (const Command& command : program.commands)
    if (const auto* fold = std::get_if<FoldCommand>(&command.body))
      plans[fold->multiplier].folds += setup.scenario.data.images;
  for (size_t i = 0; i < plans.size(); ++i) {
    for (const IntegerStep& step : setup.network.steps) plans[i].layers.push_back(layer_name(step));
    setup.circuits[i]->engine->plan(plans[i]);
  }
}

MachineResult describe(const Setup& setup, const std::string& multiplier) {
  const Scenario& scenario = setup.scenario;
  MachineResult result;
  result.multiplier = multiplier;
  result.circuits_note = circuits_note(setup.assignment);
  result.library = escaped(scenario.technology.name);
  result.engine = setup.engine().name();
  result.has_values = setup.has_values();
  result.delay_model = setup.engine().delay_model();
  result.has_pe_energy = result.delay_model != "none";
  result.rows = scenario.array.rows;
  result.columns = scenario.array.columns;
  result.clock_hz = scenario.array.clock_hz;
  for (const Circuit* circuit : setup.circuits)
    result.critical_path_s = std::max(result.critical_path_s, circuit->engine->critical_path());
  return result;
}

void warn_of_long_windows(const MachineResult& result, const Scenario& scenario, const SimulateOptions& options) {
  if (result.power.size() < 2) return;
  const int64_t cycles = std::llround(result.power.front().length_s * result.clock_hz);
  if (cycles > scenario.report.power_window_cycles)
    options.warning(
        fmt::format("power_trace.csv: windows of {} cycles instead of {} (report.power_window): it has at "
                    "most {}",
                    cycles, scenario.report.power_window_cycles, kMostPowerWindows));
}

}  // namespace

Simulation simulate(const Scenario& scenario, const Workload& workload, const MultiplierAssignment& assignment,
                    std::span<const Circuit* const> circuits, const SimulateOptions& options) {
  const auto begin = std::chrono::steady_clock::now();
  Setup setup{scenario, *workload.images, {}, assignment, {circuits.begin(), circuits.end()}, {}};
  for (const Circuit* circuit : circuits) setup.tables.push_back(truth_table(circuit->multiplier));
  setup.network = network_for(scenario, workload, assignment, setup.tables, options.threads);
  std::vector<int> images(scenario.data.images);
  std::iota(images.begin(), images.end(), scenario.data.first);

  tell_plans(setup);
  const auto start = [&]() -> ImageFunction {
    const auto bench = std::make_shared<Bench>(setup, options);
    return [bench](int index) { return bench->run(index); };
  };
  const WorkersCallbacks callbacks{[&](const ImageRun&) {
                                     if (options.image_done) options.image_done();
                                   },
                                   options.warning};
  WorkersResult workers = run_in_workers(images, options.threads, start, callbacks);

  Simulation simulation{describe(setup, options.name), {}};
  if (!workers.failure.empty()) simulation.stopped_by = workers.failure + ": ended";
  else if (workers.runs.size() < images.size()) simulation.stopped_by = "interrupted";
  if (!workers.runs.empty()) simulation.result.power = std::move(workers.runs.front().power);
  for (ImageRun& run : workers.runs) simulation.result.images.push_back(std::move(run.result));
  warn_of_long_windows(simulation.result, scenario, options);
  simulation.result.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return simulation;
}

}  // namespace tram
