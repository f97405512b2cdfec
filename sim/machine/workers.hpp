#pragma once
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "sim/machine/image_run.hpp"

namespace tram {

/// What a worker process does with the image of this index.
using ImageFunction = std::function<ImageRun(int index)>;

/// While one lives, the first SIGINT, SIGTERM or SIGHUP is noted and stops run_in_workers(); a second one of the kind
/// has its default effect. They nest: the outermost one decides how long.
class InterruptNotice {
 public:
  InterruptNotice();
  ~InterruptNotice();
  InterruptNotice(const InterruptNotice&) = delete;
  InterruptNotice& operator=(const InterruptNotice&) = delete;
};

struct WorkersResult {
  std::vector<ImageRun> runs;  ///< in the order of the images asked for; those done before an interrupt
  bool interrupted = false;    ///< by a signal that asks the program to end
  std::string failure;         ///< why images are missing; empty when nothing failed
};

/// s that a worker may be silent: $TRAM_WORKER_TIMEOUT, else 600. InputError when that is no number above 0.
double worker_timeout();

struct WorkersCallbacks {
  std::function<void(const ImageRun&)> done;        ///< after each image, in the order of completion
  std::function<void(const std::string&)> warning;  ///< one line: a worker died and its images are run again
};

/// Runs images in worker processes: worker w of n does images[i] with i mod n = w, one after the other. Each worker
/// is forked from this process, then calls start() once (the place to build what may exist once in a process) and
/// its result for each image. Which worker did an image must not matter for its result.
///
/// A worker that dies is replaced once, for the images it has left. A second death, one that runs out of memory and one
/// that is silent for worker_timeout() (no image, no heartbeat) are failures, told with the image; the others then
/// finish the image under way, as after a signal. InputError and RunError of a worker are thrown here as what they are, other
/// exceptions as RunError; the other workers are ended. Call it from a process with one thread. workers >= 1.
WorkersResult run_in_workers(std::span<const int> images, int workers, const std::function<ImageFunction()>& start,
                             const WorkersCallbacks& callbacks);

}  // namespace tram
