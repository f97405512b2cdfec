#include "sim/machine/workers.hpp"

#include <poll.h>

#include <algorithm>
#include <csignal>
#include <map>
#include <memory>

#include "models/support/error.hpp"
#include "sim/machine/worker_process.hpp"

namespace tram {
namespace {

volatile std::sig_atomic_t interrupted = 0;
extern "C" void note_interrupt(int) { interrupted = 1; }

int notices = 0;
struct sigaction before_notices;

/// An error message back as the exception it was: InputError puts ": " between where and what.
[[noreturn]] void throw_input_error(const std::string& text) {
  const size_t colon = text.find(": ");
  if (colon == std::string::npos) throw RunError(text);
  throw InputError(text.substr(0, colon), text.substr(colon + 2));
}

/// The parent's side: all workers of one run.
class Pool {
 public:
  Pool(const std::function<ImageFunction()>& start, const WorkersCallbacks& callbacks)
      : start_(start), callbacks_(callbacks) {}

  void add(std::vector<int> images) {
    slots_.push_back({std::make_unique<WorkerProcess>(std::move(images), start_), false});
  }

  /// Until all workers have ended.
  void run() {
    while (!slots_.empty()) {
      if (interrupted && !stopping_) {
        stopping_ = true;
        for (Slot& slot : slots_) slot.worker->stop_after_image();
      }
      wait_and_read();
    }
  }

  std::map<int, ImageRun> runs;   ///< by index
  bool stopping() const { return stopping_; }

 private:
  struct Slot {
    std::unique_ptr<WorkerProcess> worker;   ///< null: ended
    bool replaced;
  };

  void wait_and_read() {
    static constexpr int kPollMilliseconds = 100;   // a signal between the check above and poll() waits no longer
    std::vector<pollfd> polls;
    for (const Slot& slot : slots_) polls.push_back({slot.worker->descriptor(), POLLIN, 0});
    if (poll(polls.data(), polls.size(), kPollMilliseconds) <= 0) return;
    for (size_t i = 0; i < polls.size(); ++i)
      if (polls[i].revents != 0) read(slots_[i]);
    std::erase_if(slots_, [](const Slot& slot) { return !slot.worker; });
  }

  void read(Slot& slot) {
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
    const std::string text(message.body.begin(), message.body.end());
    if (message.kind == MessageKind::input_error) throw_input_error(text);
    if (message.kind == MessageKind::run_error) throw RunError(text);
    const int index = worker.remaining.front();
    worker.remaining.erase(worker.remaining.begin());
    const ImageRun& run = runs[index] = unpack(message.body);
    callbacks_.done(run);
  }

  /// The worker died without a word.
  void replace(Slot& slot) {
    const std::string end = slot.worker->wait_for_end();
    std::vector<int> images = slot.worker->remaining;
    slot.worker.reset();
    if (images.empty()) return;
    const std::string what = fmt::format("a worker ended with {} while it ran image {}", end, images.front());
    if (slot.replaced) throw RunError(what + ", for the second time");
    if (stopping_) return;
    callbacks_.warning(what + fmt::format("; running its {} images left in a new one", images.size()));
    slot = {std::make_unique<WorkerProcess>(std::move(images), start_), true};
  }

  const std::function<ImageFunction()>& start_;
  const WorkersCallbacks& callbacks_;
  std::vector<Slot> slots_;
  bool stopping_ = false;
};

}  // namespace

InterruptNotice::InterruptNotice() {
  if (notices++ > 0) return;
  interrupted = 0;
  struct sigaction action {};
  action.sa_handler = note_interrupt;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, &before_notices);
}

InterruptNotice::~InterruptNotice() {
  if (--notices == 0) sigaction(SIGINT, &before_notices, nullptr);
}

WorkersResult run_in_workers(std::span<const int> images, int workers, const std::function<ImageFunction()>& start,
                             const WorkersCallbacks& callbacks) {
  const InterruptNotice notice;
  if (interrupted) return {.runs = {}, .interrupted = true};
  Pool pool(start, callbacks);
  const size_t count = std::min(static_cast<size_t>(workers), images.size());
  for (size_t w = 0; w < count; ++w) {
    std::vector<int> share;
    for (size_t i = w; i < images.size(); i += count) share.push_back(images[i]);
    pool.add(std::move(share));
  }
  pool.run();
  WorkersResult result;
  result.interrupted = pool.stopping();
  for (const int image : images)
    if (const auto found = pool.runs.find(image); found != pool.runs.end())
      result.runs.push_back(std::move(found->second));
  return result;
}

}  // namespace tram
