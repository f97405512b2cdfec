#include "sim/app/simulate.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>

#include "models/quant/golden.hpp"
#include "models/quant/quantise.hpp"
#include "sim/engines/rtl_engine.hpp"
#include "sim/machine/machine.hpp"
#include "sim/machine/workers.hpp"
#include "sim/observers/vcd.hpp"

namespace tram {
namespace {

/// The machine of one worker process: built once, then one image after the other.
class Bench {
 public:
  Bench(const Scenario& scenario, const Workload& workload, Engine& engine, const TruthTable& table,
        const SimulateOptions& options)
      : scenario_(scenario), workload_(workload), options_(options), golden_(workload.integer_network, table) {
    if (options.vcd) recorder_.emplace(options.vcd->from, options.vcd->to, scenario.array.clock_hz);
    machine_.emplace(scenario, workload.integer_network, engine, recorder_ ? &*recorder_ : nullptr);
  }

  ImageRun run(int index) {
    const IntegerNetwork& network = workload_.integer_network;
    const std::vector<uint8_t> codes = quantise_image(network, workload_.images->image(index));
    ImageRun run = machine_->run(codes);
    const GoldenResult golden = golden_.run(codes);
    run.result.index = index;
    run.result.label = workload_.images->label(index);
    run.result.top1 = top1(network, run.result.logits);
    run.result.golden_top1 = top1(network, golden.logits);
    run.result.logits_equal = run.result.logits == golden.logits;
    if (recorder_ && index == scenario_.data.first) recorder_->write(options_.vcd_file);
    return run;
  }

 private:
  const Scenario& scenario_;
  const Workload& workload_;
  const SimulateOptions& options_;
  GoldenInference golden_;
  std::optional<VcdRecorder> recorder_;
  std::optional<Machine> machine_;
};

MachineResult describe(const Scenario& scenario, const Netlist& multiplier, const Engine& engine) {
  MachineResult result;
  result.multiplier = multiplier.name;
  result.library = scenario.technology.name;
  result.engine = engine.name();
  result.delay_model = engine.delay_model();
  result.rows = scenario.array.rows;
  result.columns = scenario.array.columns;
  result.clock_hz = scenario.array.clock_hz;
  result.critical_path_s = engine.critical_path();
  return result;
}

}  // namespace

Simulation simulate(const Scenario& scenario, const Workload& workload, const Netlist& multiplier,
                    std::shared_ptr<const Library> library, const SimulateOptions& options) {
  const auto begin = std::chrono::steady_clock::now();
  const std::unique_ptr<Engine> engine = make_rtl_engine(scenario, multiplier, std::move(library));
  const TruthTable table = truth_table(multiplier);
  std::vector<int> images(scenario.data.images);
  std::iota(images.begin(), images.end(), scenario.data.first);

  const auto start = [&]() -> ImageFunction {
    const auto bench = std::make_shared<Bench>(scenario, workload, *engine, table, options);
    return [bench](int index) { return bench->run(index); };
  };
  const WorkersCallbacks callbacks{[&](const ImageRun&) { if (options.image_done) options.image_done(); },
                                   options.warning};
  const WorkersResult workers = run_in_workers(images, options.threads, start, callbacks);

  Simulation simulation{describe(scenario, multiplier, *engine), workers.interrupted};
  for (const ImageRun& run : workers.runs) simulation.result.images.push_back(run.result);
  if (!workers.runs.empty()) simulation.result.power = workers.runs.front().power;
  simulation.result.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return simulation;
}

}  // namespace tram
