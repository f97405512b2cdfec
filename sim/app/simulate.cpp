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
#include "sim/engines/sign_extension.hpp"
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
  std::vector<const MultiplierEngine*> engines;          ///< of assignment.multipliers
  std::vector<TruthTable> tables;                        ///< likewise
  std::vector<std::unique_ptr<Engine>> extensions = {};  ///< likewise; null where codes fill the PEs

  Engine& engine() const { return *engines.front()->engine; }
  bool has_values() const { return engine().has_values(); }
  LayerEngines of_machine() const {
    LayerEngines result{{}, assignment.of_step};
    for (size_t i = 0; i < engines.size(); ++i)
      result.engines.push_back(extensions[i] ? extensions[i].get() : engines[i]->engine.get());
    return result;
  }
};

/// The machine of one worker process: built once, then one image after the other.
class WorkerMachine {
 public:
  WorkerMachine(const Setup& setup, const std::optional<WaveOptions>& waves, const TellLine& tell)
      : setup_(setup), waves_(waves), tell_(tell) {
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
    if (recorder_ && index == setup_.scenario.data.first) recorder_->write(waves_->file);
    return run;
  }

 private:
  void add_engine_notes(ImageResult& result) {
    SampledEnergy sampled;
    for (const MultiplierEngine* each : setup_.engines) {
      sampled += each->engine->take_sampled();
      result.checked_folds += each->engine->take_checked();
    }
    result.sampled_j = sampled.joule;
    result.sampled_variance = sampled.variance;
    result.sampled_pes = static_cast<double>(sampled.pes);
    result.sampled_of = static_cast<double>(sampled.of);
  }

  void add_multipliers(ImageResult& result) const {
    for (size_t step = 0; step < result.layers.size(); ++step)
      if (const int engine = setup_.assignment.of_step[step]; engine >= 0)
        result.layers[step].multiplier = setup_.engines[static_cast<size_t>(engine)]->name;
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
    if (waves_ && index == setup_.scenario.data.first)
      recorder_.emplace(waves_->from, waves_->to, setup_.scenario.array.clock_hz);
    machine_.emplace(setup_.scenario, setup_.network, setup_.of_machine(), recorder_ ? &*recorder_ : nullptr);
    if (recorder_) check_size(*recorder_);
  }

  void check_size(const VcdRecorder& recorder) const {
    const auto mebibytes = [](double bytes) { return fmt::format("{:.0f} MiB", std::ceil(bytes / (1 << 20))); };
    const std::string most =
        fmt::format("waves.vcd takes at most {} for {} signals in {} cycles", mebibytes(recorder.most_bytes()),
                    recorder.variables(), recorder.to() - recorder.from());
    if (recorder.most_bytes() > waves_->most_bytes)
      throw InputError("--vcd", fmt::format("{}; a shorter window, or a --vcd-limit above {} is expected", most,
                                            mebibytes(waves_->most_bytes)));
    tell_(fmt::format("--vcd: {}", most));
  }

  const Setup& setup_;
  const std::optional<WaveOptions>& waves_;
  TellLine tell_;
  std::optional<GoldenInference> golden_;  ///< none where there are no values to compare
  std::optional<VcdRecorder> recorder_;
  std::optional<Machine> machine_;
};

/// The network as these multipliers run it: each layer's biases with the mean error of its own, if the scenario wants.
IntegerNetwork network_for(const Scenario& scenario, const Workload& workload, const MultiplierAssignment& assignment,
                           std::span<const TruthTable> tables, int threads) {
  IntegerNetwork network = workload.integer_network;
  if (scenario.quantise.compensation == Compensation::none) return network;
  for (size_t i = 0; i < tables.size(); ++i) {
    if (assignment.multipliers[i] == "exact") continue;
    IntegerNetwork all = compensate_cached(workload.integer_network, tables[i], *workload.training,
                                           {.threads = threads}, default_cache_folder());
    for (size_t step = 0; step < network.steps.size(); ++step)
      if (assignment.of_step[step] == static_cast<int>(i)) network.steps[step] = std::move(all.steps[step]);
  }
  return network;
}

/// For codes with signs of which some are narrower than the PEs of this engine; else null.
std::unique_ptr<Engine> sign_extension(const Setup& setup, int engine) {
  const MultiplierEngine& made = *setup.engines[static_cast<size_t>(engine)];
  const auto of_array = [&](OperandBits bits) {
    return setup.scenario.array.holds_activations() ? exchanged(bits) : bits;
  };
  const OperandBits array =
      of_array({static_cast<int>(made.multiplier.a.size()), static_cast<int>(made.multiplier.b.size())});
  std::vector<OperandBits> of_layer;
  bool is_narrower = false;
  for (size_t step = 0; step < setup.network.steps.size(); ++step) {
    const bool is_own = setup.assignment.of_step[step] == engine;
    of_layer.push_back(is_own ? of_array(operand_bits(setup.network.steps[step])) : array);
    is_narrower |= of_layer.back() != array;
  }
  const bool has_sign = setup.network.signed_codes || setup.network.sign_magnitude;
  if (!has_sign || !is_narrower) return nullptr;
  return make_sign_extension(*made.engine, std::move(of_layer), array, setup.network.sign_magnitude);
}

Setup set_up(const Scenario& scenario, const Workload& workload, const MultiplierAssignment& assignment,
             MultiplierEngines& engines, int threads) {
  Setup setup{scenario, *workload.images, {}, assignment, {}, {}};
  for (size_t i = 0; i < assignment.multipliers.size(); ++i) {
    setup.engines.push_back(&engines.get(assignment.multipliers[i], assignment.bits[i]));
    setup.tables.push_back(truth_table(setup.engines.back()->multiplier));
  }
  setup.network = network_for(scenario, workload, assignment, setup.tables, threads);
  for (size_t i = 0; i < setup.engines.size(); ++i)
    setup.extensions.push_back(sign_extension(setup, static_cast<int>(i)));
  return setup;
}

/// What each engine may know beforehand: its folds of all images and the names of the layers.
void plan_engines(const Setup& setup, const std::filesystem::path& difference_waves) {
  const Program program = make_program(setup.network, *make_dataflow(setup.scenario.array.dataflow),
                                       limits_of(setup.scenario), setup.assignment.of_step);
  std::vector<RunPlan> plans(setup.engines.size());
  for (const Command& command : program.commands)
    if (const auto* fold = std::get_if<FoldCommand>(&command.body)) {
      plans[fold->multiplier].folds += setup.scenario.data.images;
      plans[fold->multiplier].sums_activations |= fold->sums_activations;
    }
  for (size_t i = 0; i < plans.size(); ++i) {
    for (const IntegerStep& step : setup.network.steps) plans[i].layers.push_back(layer_name(step));
    plans[i].difference_waves = difference_waves;
    setup.engines[i]->engine->plan(plans[i]);
  }
}

/// Which registers are clocked, in words.
std::string clocking(const Scenario::Array& array) {
  switch (array.gating) {
    case Gating::none: break;
    case Gating::clock: return "the registers that hold something new, in used rows and columns";
    case Gating::zero:
      return "the registers that hold something new, in used rows and columns; those of activation and product not "
             "where an activation has code 0, if its products are 0";
  }
  return "all registers in each of the 2 rows + columns + M - 2 cycles of a fold, no clock gating";
}

MachineResult describe(const Setup& setup, const std::string& multiplier) {
  const Scenario& scenario = setup.scenario;
  MachineResult result;
  result.multiplier = multiplier;
  result.circuits_note = circuits_note(setup.assignment);
  result.library = escaped(scenario.technology.name);
  result.engine = setup.engine().name();
  result.has_values = setup.has_values();
  const std::optional<DelayModel> delays = setup.engine().delay_model();
  result.has_pe_energy = delays.has_value();
  result.delay_model = !delays ? "none" : *delays == DelayModel::zero ? "zero_delay" : "library";
  result.rows = scenario.array.rows;
  result.columns = scenario.array.columns;
  result.clock_hz = scenario.array.clock_hz;
  result.area = setup.engine().area();
  result.area.weights_sram = scenario.weights.area_mm2;
  result.area.activations_sram = scenario.activations.area_mm2;
  result.area.outputs_sram = scenario.outputs.area_mm2;
  result.clocking = clocking(scenario.array);
  result.clock_tree_j = setup.engine().clock_tree_estimate();
  for (const MultiplierEngine* each : setup.engines)
    result.critical_path_s = std::max(result.critical_path_s, each->engine->critical_path());
  return result;
}

void warn_of_long_windows(const MachineResult& result, const Scenario& scenario, const RunOptions& options) {
  if (result.power.size() < 2) return;
  const int64_t cycles = std::llround(result.power.front().length_s * result.clock_hz);
  if (cycles > scenario.report.power_window_cycles)
    options.message(
        fmt::format("power_trace.csv: windows of {} cycles instead of {} (report.power_window): it has at "
                    "most {}",
                    cycles, scenario.report.power_window_cycles, kMostPowerWindows));
}

}  // namespace

Simulation simulate(const Scenario& scenario, const Workload& workload, const MultiplierAssignment& assignment,
                    MultiplierEngines& engines, const std::string& name, const RunOptions& options) {
  const auto begin = std::chrono::steady_clock::now();
  const int threads = std::min(options.threads, scenario.data.images);
  const Setup setup = set_up(scenario, workload, assignment, engines, threads);
  plan_engines(setup, options.difference_waves);
  std::vector<int> images(static_cast<size_t>(scenario.data.images));
  std::iota(images.begin(), images.end(), scenario.data.first);

  int done = 0;
  const auto advance = [&](int more) { options.progress(name, done += more, scenario.data.images); };
  advance(0);
  const WorkerStart start = [&](const TellLine& tell) -> ImageFunction {
    const auto machine = std::make_shared<WorkerMachine>(setup, options.waves, tell);
    return [machine](int index) { return machine->run(index); };
  };
  WorkersResult workers = run_in_workers(images, start,
                                         {.workers = threads,
                                          .timeout_s = options.worker_timeout_s,
                                          .done = [&](const ImageRun&) { advance(1); },
                                          .warning = options.message,
                                          .stop = options.stop});

  Simulation simulation{describe(setup, name), {}};
  if (!workers.failure.empty()) simulation.stopped_by = workers.failure + ": ended";
  else if (workers.runs.size() < images.size()) simulation.stopped_by = "interrupted";
  if (!workers.runs.empty()) simulation.result.power = std::move(workers.runs.front().power);
  for (ImageRun& run : workers.runs) simulation.result.images.push_back(std::move(run.result));
  warn_of_long_windows(simulation.result, scenario, options);
  simulation.result.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return simulation;
}

}  // namespace tram
