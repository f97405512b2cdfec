#include "sim/machine/worker_process.hpp"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <new>
#include <utility>

#include "models/support/error.hpp"
#include "models/support/heartbeat.hpp"
#include "models/support/signals.hpp"

namespace tram {
namespace {

struct MessageHeader {
  MessageKind kind;
  uint32_t length;
};

volatile std::sig_atomic_t stop_requested = 0;
extern "C" void request_stop(int) { stop_requested = 1; }

/// Ctrl-C and a closing terminal are the parent's business: it asks with SIGTERM to stop after the current image. What
/// it asked before this handler stood has waited (SignalsHeld) and arrives now.
void prepare_signals(pid_t parent, const SignalsHeld& held) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  for (const int number : ending_signals)
    if (number != SIGTERM) std::signal(number, SIG_IGN);
  struct sigaction action {};
  action.sa_handler = request_stop;
  action.sa_flags = SA_RESTART;
  sigaction(SIGTERM, &action, nullptr);
  held.release();
}

void write_all(int descriptor, const void* data, size_t bytes) {
  const auto* next = static_cast<const uint8_t*>(data);
  while (bytes > 0) {
    const ssize_t written = ::write(descriptor, next, bytes);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) _exit(1);
    next += written;
    bytes -= static_cast<size_t>(written);
  }
}

void send(int descriptor, MessageKind kind, const void* body, size_t bytes) {
  const MessageHeader header{kind, static_cast<uint32_t>(bytes)};
  write_all(descriptor, &header, sizeof header);
  write_all(descriptor, body, bytes);
}

void send(int descriptor, MessageKind kind, const std::string& text) {
  send(descriptor, kind, text.data(), text.size());
}

void work(int descriptor, const std::vector<int>& images, const std::function<ImageFunction()>& start) {
  listen_to_heartbeats([&] { send(descriptor, MessageKind::alive, {}); });
  try {
    const ImageFunction run = start();
    for (const int image : images) {
      if (stop_requested) break;
      const std::vector<uint8_t> bytes = pack(run(image));
      send(descriptor, MessageKind::image, bytes.data(), bytes.size());
    }
    send(descriptor, MessageKind::finished, {});
  } catch (const InputError& error) {
    send(descriptor, MessageKind::input_error, error.what());
  } catch (const std::bad_alloc&) {
    send(descriptor, MessageKind::out_of_memory, {});
  } catch (const std::exception& error) {
    send(descriptor, MessageKind::run_error, error.what());
  }
}

}  // namespace

WorkerProcess::WorkerProcess(std::vector<int> images, const std::function<ImageFunction()>& start)
    : remaining(std::move(images)) {
  int ends[2];
  if (pipe(ends) != 0) throw RunError(fmt::format("no pipe for a worker: {}", std::strerror(errno)));
  std::fflush(nullptr);
  const pid_t parent = getpid();
  const SignalsHeld held;
  process_ = fork();
  if (process_ == 0) {
    close(ends[0]);
    prepare_signals(parent, held);
    work(ends[1], remaining, start);
    std::fflush(nullptr);
    _exit(0);
  }
  const int error = errno;
  close(ends[1]);
  descriptor_ = ends[0];
  if (process_ > 0) return;
  close(descriptor_);
  throw RunError(fmt::format("no process for a worker: {}", std::strerror(error)));
}

WorkerProcess::~WorkerProcess() {
  close(descriptor_);
  if (process_ <= 0) return;
  kill(process_, SIGKILL);
  wait_for_end();
}

bool WorkerProcess::receive() {
  std::array<uint8_t, 65536> block;
  for (;;) {
    const ssize_t count = read(descriptor_, block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    received_.insert(received_.end(), block.begin(), block.begin() + count);
    return true;
  }
}

std::optional<Message> WorkerProcess::next_message() {
  MessageHeader header;
  if (received_.size() < sizeof header) return {};
  std::memcpy(&header, received_.data(), sizeof header);
  const size_t end = sizeof header + header.length;
  if (received_.size() < end) return {};
  const auto first = received_.begin();
  Message message{header.kind, {first + sizeof header, first + static_cast<ptrdiff_t>(end)}};
  received_.erase(first, first + static_cast<ptrdiff_t>(end));
  return message;
}

void WorkerProcess::stop_after_image() {
  if (process_ > 0) kill(process_, SIGTERM);
}

std::string WorkerProcess::wait_for_end() {
  int status = 0;
  while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {}
  process_ = -1;
  if (WIFSIGNALED(status)) return fmt::format("signal {} ({})", WTERMSIG(status), strsignal(WTERMSIG(status)));
  return fmt::format("exit code {}", WEXITSTATUS(status));
}

}  // namespace tram
