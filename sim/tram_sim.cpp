// tram_sim: runs a scenario's network on the simulated machine, and on the machine with exact multipliers beside it.
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <optional>
#include <stdexcept>

#include "models/support/atomic_file.hpp"
#include "models/support/new_folder.hpp"
#include "models/support/printable.hpp"
#include "models/support/program_exit.hpp"
#include "models/support/signals.hpp"
#include "sim/app/benchmark.hpp"
#include "sim/app/run_scenario.hpp"
#include "sim/config/command_line.hpp"
#include "sim/config/resolve_scenario.hpp"
#include "sim/machine/workers.hpp"
#include "sim/report/progress.hpp"
#include "sim/report/report.hpp"

namespace tram {
namespace {

enum ExitCode { ok = 0, failed_run = 1 };  // 2, bad input: run_program

void print_line(const std::string& text) { std::fprintf(stderr, "tram_sim: %s\n", printable_message(text).c_str()); }

volatile std::sig_atomic_t interrupted = 0;
extern "C" void note_interrupt(int) { interrupted = 1; }

/// A run as it goes on: its messages, a progress bar for each machine, and signals that ask for the end: from the first
/// machine on they lose no image that is done, a second one of a kind has its default effect.
class Terminal {
 public:
  explicit Terminal(bool quiet) : quiet_(quiet) {}

  RunOptions options_of(const CommandLine& command_line) {
    RunOptions options;
    options.threads = command_line.threads;
    options.seed = command_line.seed;
    options.exact_beside = command_line.exact_beside;
    options.worker_timeout_s = worker_timeout();
    if (command_line.vcd)
      options.waves = {command_line.vcd->from, command_line.vcd->to, command_line.out / "waves.vcd",
                       static_cast<double>(command_line.vcd_limit)};
    options.difference_waves = command_line.out / "difference.vcd";
    options.message = print_line;
    options.progress = [this](const std::string& multiplier, int done, int images) { show(multiplier, done, images); };
    options.stop = [] { return interrupted != 0; };
    return options;
  }

  /// After the run, whose last machine may have been stopped.
  void end_progress() { bar_.reset(); }

 private:
  void show(const std::string& multiplier, int done, int images) {
    if (!signals_) signals_.emplace(note_interrupt, EndingSignals::Calls::once);
    if (done == 0) bar_.emplace(multiplier, "images", images, quiet_);
    else bar_->update(static_cast<uint64_t>(done));
    if (done == images) end_progress();
  }

  bool quiet_;
  std::optional<ProgressBar> bar_;
  std::optional<EndingSignals> signals_;
};

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
int finish(const RunResult& run) {
  if (!run.stopped_by.empty()) {
    print_line(run.stopped_by);
    return failed_run;
  }
  return std::max(check_logits(run.machine), check_logits(run.exact));
}

int run(const CommandLine& command_line) {
  const Scenario scenario = resolve(command_line);
  Terminal terminal(command_line.quiet);
  const RunOptions options = terminal.options_of(command_line);
  const NewFolder out(command_line.out);
  prepare_output_folder(command_line.out);
  const RunResult result = run_scenario(scenario, options);
  terminal.end_progress();
  deliver(result, scenario, command_line);
  return finish(result);
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
