#include "sim/machine/workers.hpp"

#include <poll.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>

#include "models/support/error.hpp"
#include "sim/machine/worker_process.hpp"

namespace tram {
namespace {

/// An error message back as the exception it was: InputError puts ": " between where and what.
[[noreturn]] void throw_input_error(const std::string& text) {
  const size_t colon = text.find(": ");
  if (colon == std::string::npos) throw RunError(text);
  throw InputError(text.substr(0, colon), text.substr(colon + 2));
}

/// The parent's side: all workers of one run.
class Pool {
 public:
  Pool(const WorkerStart& start, const WorkersOptions& options) : start_(start), options_(options) {}

  void add(std::vector<int> images) {
    slots_.push_back({std::make_unique<WorkerProcess>(std::move(images), start_), false, 0});
  }

  /// Until all workers have ended.
  void run() {
    while (!slots_.empty()) {
      if (options_.stop()) stop();
      wait_and_read();
      end_silent_ones();
      std::erase_if(slots_, [](const Slot& slot) { return !slot.worker; });
    }
  }

  std::map<int, ImageRun> runs;  ///< by index
  std::string failure;           ///< the first
  bool stopping() const { return stopping_; }

 private:
  using Clock = std::chrono::steady_clock;

  struct Slot {
    std::unique_ptr<WorkerProcess> worker;  ///< null: ended
    bool replaced;
    double silent_s;  ///< since its last message, of the time that this process ran
  };

  /// No worker begins another image.
  void stop() {
    if (stopping_) return;
    stopping_ = true;
    for (Slot& slot : slots_)
      if (slot.worker) slot.worker->stop_after_image();
  }

  void wait_and_read() {
    static constexpr int kPollMilliseconds = 100;  // a signal between the check above and poll() waits no longer
    std::vector<pollfd> polls;
    for (const Slot& slot : slots_) polls.push_back({slot.worker->descriptor(), POLLIN, 0});
    const Clock::time_point begin = Clock::now();
    const bool heard = poll(polls.data(), polls.size(), kPollMilliseconds) > 0;
    const std::chrono::duration<double> waited = Clock::now() - begin;
    for (size_t i = 0; i < polls.size(); ++i) {
      slots_[i].silent_s += std::min(waited.count(), 1.0);  // more: it was stopped, and its workers with it
      if (heard && polls[i].revents != 0) read(slots_[i]);
    }
  }

  void read(Slot& slot) {
    slot.silent_s = 0;
    const bool open = slot.worker->receive();
    while (auto message = slot.worker->next_message()) {
      if (message->kind == MessageKind::finished) {
        slot.worker->wait_for_end();
        slot.worker.reset();
        return;
      }
      take(*slot.worker, *message);
    }
    if (!open) replace(slot);
  }

  void take(WorkerProcess& worker, const Message& message) {
    const std::string& text = message.body;
    switch (message.kind) {
      case MessageKind::input_error: throw_input_error(text);
      case MessageKind::run_error: throw RunError(text);
      case MessageKind::out_of_memory:
        return fail(fmt::format("a worker ran out of memory while it ran image {}; fewer --threads need less",
                                worker.remaining.front()));
      case MessageKind::image: return take_image(worker, message);
      case MessageKind::warning: return options_.warning(text);
      case MessageKind::alive:
      case MessageKind::finished: return;
    }
  }

  void take_image(WorkerProcess& worker, const Message& message) {
    const int index = worker.remaining.front();
    worker.remaining.erase(worker.remaining.begin());
    const ImageRun& run = runs[index] = unpack(message.body);
    options_.done(run);
  }

  void fail(const std::string& what) {
    if (failure.empty()) failure = what;
    stop();
  }

  /// The worker ended without saying so.
  void replace(Slot& slot) {
    const std::string end = slot.worker->wait_for_end();
    std::vector<int> images = slot.worker->remaining;
    slot.worker.reset();
    if (images.empty() || stopping_) return;
    const std::string what = fmt::format("a worker ended with {} while it ran image {}", end, images.front());
    if (slot.replaced)
      return fail(what + ", for the second time; signal 9 is often memory that ran out: fewer --threads need less");
    options_.warning(what + fmt::format("; running its {} images left in a new one", images.size()));
    slot = {std::make_unique<WorkerProcess>(std::move(images), start_), true, 0};
  }

  void end_silent_ones() {
    for (Slot& slot : slots_) {
      if (!slot.worker || slot.silent_s < options_.timeout_s) continue;
      const int image = slot.worker->remaining.empty() ? -1 : slot.worker->remaining.front();
      slot.worker.reset();
      fail(
          fmt::format("a worker made no progress for {:g} s while it ran image {}; TRAM_WORKER_TIMEOUT=SECONDS waits "
                      "longer",
                      options_.timeout_s, image));
    }
  }

  const WorkerStart& start_;
  const WorkersOptions& options_;
  std::vector<Slot> slots_;
  bool stopping_ = false;
};

}  // namespace

double worker_timeout() {
  const char* const given = std::getenv("TRAM_WORKER_TIMEOUT");
  if (given == nullptr || *given == '\0') return 600;
  double seconds = 0;
  const char* const end = given + std::strlen(given);
  const auto [rest, error] = std::from_chars(given, end, seconds);
  if (error != std::errc() || rest != end || !(seconds > 0))
    throw InputError("TRAM_WORKER_TIMEOUT", fmt::format("'{}'; a number of seconds above 0 is expected", given));
  return seconds;
}

WorkersResult run_in_workers(std::span<const int> images, const WorkerStart& start, const WorkersOptions& options) {
  if (options.stop()) return {.runs = {}, .stopped = true, .failure = {}};
  Pool pool(start, options);
  const size_t count = std::min(static_cast<size_t>(options.workers), images.size());
  for (size_t w = 0; w < count; ++w) {
    std::vector<int> share;
    for (size_t i = w; i < images.size(); i += count) share.push_back(images[i]);
    pool.add(std::move(share));
  }
  pool.run();
  WorkersResult result;
  result.failure = pool.failure;
  result.stopped = pool.stopping() && pool.failure.empty();
  for (const int image : images)
    if (const auto found = pool.runs.find(image); found != pool.runs.end())
      result.runs.push_back(std::move(found->second));
  return result;
}

}  // namespace tram
