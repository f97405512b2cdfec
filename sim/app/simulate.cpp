#include "sim/app/simulate.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>

#include "models/quant/compensate.hpp"
#include "models/quant/golden.hpp"
#include "models/quant/quantise.hpp"
#include "sim/machine/machine.hpp"
#include "sim/machine/workers.hpp"
#include "sim/mapping/program.hpp"
#include "sim/observers/vcd.hpp"

namespace tram {
namespace {

/// The machine of one worker process: built once, then one image after the other.
class Bench {
 public:
  Bench(const Scenario& scenario, const Dataset& images, const IntegerNetwork& network, Engine& engine,
        const TruthTable& table, const SimulateOptions& options)
      : scenario_(scenario), images_(images), network_(network), engine_(engine), options_(options),
        golden_(network, table) {}

  ImageRun run(int index) {
    if (!machine_) build(index);
    const std::vector<uint8_t> codes = quantise_image(network_, images_.image(index));
    ImageRun run = machine_->run(codes);
    run.result.index = index;
    run.result.label = images_.label(index);
    add_engine_notes(run.result);
    compare_with_golden(codes, run.result);
    if (recorder_ && index == scenario_.data.first) recorder_->write(options_.vcd_file);
    return run;
  }

 private:
  void add_engine_notes(ImageResult& result) {
    const SampledEnergy sampled = engine_.take_sampled();
    result.sampled_j = sampled.joule;
    result.sampled_variance = sampled.variance;
    result.sampled_pes = static_cast<double>(sampled.pes);
    result.sampled_of = static_cast<double>(sampled.of);
    result.checked_folds = engine_.take_checked();
  }

  void compare_with_golden(const std::vector<uint8_t>& codes, ImageResult& result) const {
    if (!engine_.has_values()) return;
    const std::vector<int32_t> golden = golden_.logits(codes);
    result.top1 = top1(network_, result.logits);
    result.golden_top1 = top1(network_, golden);
    result.logits_equal = result.logits == golden;
  }

  /// Only the worker with the first image records.
  void build(int index) {
    if (options_.vcd && index == scenario_.data.first)
      recorder_.emplace(options_.vcd->from, options_.vcd->to, scenario_.array.clock_hz);
    machine_.emplace(scenario_, network_, engine_, recorder_ ? &*recorder_ : nullptr);
  }

  const Scenario& scenario_;
  const Dataset& images_;
  const IntegerNetwork& network_;
  Engine& engine_;
  const SimulateOptions& options_;
  GoldenInference golden_;
  std::optional<VcdRecorder> recorder_;
  std::optional<Machine> machine_;
};

/// The network as this multiplier runs it.
IntegerNetwork for_multiplier(const Scenario& scenario, const Workload& workload, const TruthTable& table,
                              int threads) {
  if (scenario.quantise.compensation == "none") return workload.integer_network;
  return compensate_mean_error(workload.integer_network, table, *workload.training, {.threads = threads});
}

/// What the engine may know beforehand: folds of all images and names of layers.
RunPlan plan_of(const Scenario& scenario, const IntegerNetwork& network) {
  const Program program = make_program(network, *make_dataflow(scenario.array.dataflow), limits_of(scenario));
  RunPlan plan;
  for (const Command& command : program.commands) plan.folds += command.unit == Unit::array;
  plan.folds *= scenario.data.images;
  for (const IntegerStep& step : network.steps) plan.layers.push_back(layer_name(step));
  return plan;
}

MachineResult describe(const Scenario& scenario, const std::string& multiplier, const Engine& engine) {
  MachineResult result;
  result.multiplier = multiplier;
  result.library = scenario.technology.name;
  result.engine = engine.name();
  result.has_values = engine.has_values();
  result.delay_model = engine.delay_model();
  result.rows = scenario.array.rows;
  result.columns = scenario.array.columns;
  result.clock_hz = scenario.array.clock_hz;
  result.critical_path_s = engine.critical_path();
  return result;
}

}  // namespace

Simulation simulate(const Scenario& scenario, const Workload& workload, const Netlist& multiplier, Engine& engine,
                    const SimulateOptions& options) {
  const auto begin = std::chrono::steady_clock::now();
  const TruthTable table = truth_table(multiplier);
  const IntegerNetwork network = for_multiplier(scenario, workload, table, options.threads);
  std::vector<int> images(scenario.data.images);
  std::iota(images.begin(), images.end(), scenario.data.first);

  engine.plan(plan_of(scenario, network));
  const auto start = [&]() -> ImageFunction {
    const auto bench = std::make_shared<Bench>(scenario, *workload.images, network, engine, table, options);
    return [bench](int index) { return bench->run(index); };
  };
  const WorkersCallbacks callbacks{[&](const ImageRun&) { if (options.image_done) options.image_done(); },
                                   options.warning};
  const WorkersResult workers = run_in_workers(images, options.threads, start, callbacks);

  Simulation simulation{describe(scenario, options.name, engine), workers.runs.size() < images.size()};
  for (const ImageRun& run : workers.runs) simulation.result.images.push_back(run.result);
  if (!workers.runs.empty()) simulation.result.power = workers.runs.front().power;
  simulation.result.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return simulation;
}

}  // namespace tram
