#pragma once
#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/machine/workers.hpp"

namespace tram {

/// What a worker tells its parent.
enum class MessageKind : uint32_t { image, alive, finished, input_error, run_error, out_of_memory };

struct Message {
  MessageKind kind = MessageKind::finished;
  std::vector<uint8_t> body;  ///< image: a packed ImageRun; input_error, run_error: the text
};

/// A forked process that does images and sends a message for each, and for its heartbeats (support/heartbeat.hpp),
/// through a pipe, seen from the parent.
class WorkerProcess {
 public:
  /// Forks. Throws RunError when the system refuses.
  WorkerProcess(std::vector<int> images, const std::function<ImageFunction()>& start);
  /// Ends the process if it still runs.
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  int descriptor() const { return descriptor_; }
  /// Reads what is there, waiting for at least a byte; false at the end of the pipe.
  bool receive();
  /// The next complete message.
  std::optional<Message> next_message();
  /// After the current image no other.
  void stop_after_image();
  /// Waits for the end of the process and says how it ended: "exit code 3", "signal 11 (Segmentation fault)".
  std::string wait_for_end();

  /// Images whose results have not come yet.
  std::vector<int> remaining;

 private:
  pid_t process_ = -1;
  int descriptor_ = -1;
  std::vector<uint8_t> received_;
};

}  // namespace tram
