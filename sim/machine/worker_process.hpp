#pragma once
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/machine/workers.hpp"

namespace tram {

/// What a worker tells its parent.
enum class MessageKind : uint32_t { image, alive, warning, finished, input_error, run_error, out_of_memory };

struct Message {
  MessageKind kind = MessageKind::finished;
  std::string body;  ///< image: a packed ImageRun; warning, input_error, run_error: the text
};

/// As bytes, for another process of the same program on the same machine.
std::string pack(const ImageRun& run);

/// The inverse. Throws RunError when the bytes are not those of an ImageRun.
ImageRun unpack(std::string_view bytes);

/// A forked process that does images and sends a message for each, and for its heartbeats (support/heartbeat.hpp),
/// through a socket, seen from the parent.
class WorkerProcess {
 public:
  /// Forks. Throws RunError when the system refuses.
  WorkerProcess(std::vector<int> images, const WorkerStart& start);
  /// Ends the process if it still runs.
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  int descriptor() const { return descriptor_; }
  /// Reads what is there, waiting for at least a byte; false at its end.
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
  std::string received_;
};

}  // namespace tram
