#include "sim/machine/worker_process.hpp"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <new>
#include <utility>

#include "models/support/archive.hpp"
#include "models/support/error.hpp"
#include "models/support/heartbeat.hpp"
#include "models/support/signals.hpp"

namespace tram {
namespace {

struct MessageHeader {
  MessageKind kind;
  uint32_t length;
};

/// Signals that ask to end are the parent's business: it closes its side of the socket for a stop after the image under
/// way. Those that came since the fork have waited (SignalsHeld) and are passed over too.
void prepare_signals(pid_t parent, const SignalsHeld& held) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  for (const int number : ending_signals) std::signal(number, SIG_IGN);
  held.release();
}

/// Whether the parent has closed its side.
bool stop_requested(int descriptor) {
  char byte;
  return recv(descriptor, &byte, 1, MSG_DONTWAIT | MSG_PEEK) == 0;
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

void send(int descriptor, MessageKind kind, const std::string& body) {
  const MessageHeader header{kind, static_cast<uint32_t>(body.size())};
  write_all(descriptor, &header, sizeof header);
  write_all(descriptor, body.data(), body.size());
}

void work(int descriptor, const std::vector<int>& images, const WorkerStart& start) {
  listen_to_heartbeats([&] { send(descriptor, MessageKind::alive, {}); });
  try {
    const ImageFunction run = start([&](const std::string& line) { send(descriptor, MessageKind::warning, line); });
    for (const int image : images) {
      if (stop_requested(descriptor)) break;
      send(descriptor, MessageKind::image, pack(run(image)));
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

std::string pack(const ImageRun& run) {
  ArchiveWriter writer;
  writer.put(run);
  return writer.bytes();
}

ImageRun unpack(std::string_view bytes) {
  ArchiveReader reader(bytes);
  ImageRun run;
  reader.get(run);
  if (!reader.ok() || !reader.at_end()) throw RunError("a worker sent a result that cannot be read");
  return run;
}

WorkerProcess::WorkerProcess(std::vector<int> images, const WorkerStart& start) : remaining(std::move(images)) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
    throw RunError(fmt::format("no socket for a worker: {}", std::strerror(errno)));
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
  std::array<char, 65536> block;
  for (;;) {
    const ssize_t count = read(descriptor_, block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    received_.append(block.data(), static_cast<size_t>(count));
    return true;
  }
}

std::optional<Message> WorkerProcess::next_message() {
  MessageHeader header;
  if (received_.size() < sizeof header) return {};
  std::memcpy(&header, received_.data(), sizeof header);
  const size_t end = sizeof header + header.length;
  if (received_.size() < end) return {};
  Message message{header.kind, received_.substr(sizeof header, header.length)};
  received_.erase(0, end);
  return message;
}

void WorkerProcess::stop_after_image() { shutdown(descriptor_, SHUT_WR); }

std::string WorkerProcess::wait_for_end() {
  int status = 0;
  while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {}
  process_ = -1;
  if (WIFSIGNALED(status)) return fmt::format("signal {} ({})", WTERMSIG(status), strsignal(WTERMSIG(status)));
  return fmt::format("exit code {}", WEXITSTATUS(status));
}

}  // namespace tram
