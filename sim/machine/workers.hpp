#pragma once
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "sim/results/result.hpp"

namespace tram {

/// What a worker process does with the image of this index.
using ImageFunction = std::function<ImageRun(int index)>;

/// Takes one line: what the user should know.
using TellLine = std::function<void(const std::string&)>;

/// Builds, in a new worker process, what may exist once in a process; tell brings a line to the parent's warning().
using WorkerStart = std::function<ImageFunction(const TellLine& tell)>;

struct WorkersOptions {
  int workers = 1;                                                     ///< processes, at least 1
  double timeout_s = 600;                                              ///< s that a worker may be silent
  std::function<void(const ImageRun&)> done = [](const ImageRun&) {};  ///< after each image, in the order of completion
  TellLine warning = [](const std::string&) {};  ///< a worker died and its images are run again, or it says something
  std::function<bool()> stop = [] { return false; };  ///< asked every .1 s and after a signal: true ends the run
};

struct WorkersResult {
  std::vector<ImageRun> runs;  ///< in the order of the images asked for; those done before a stop
  bool stopped = false;        ///< by WorkersOptions::stop
  std::string failure;         ///< why images are missing; empty when nothing failed
};

/// s that a worker may be silent: $TRAM_WORKER_TIMEOUT, else 600. InputError when that is no number above 0.
double worker_timeout();

/// Runs images in worker processes: worker w of n does images[i] with i mod n = w, one after the other. Each worker
/// is forked from this process, then calls start() once and its result for each image. Which worker did an image must
/// not matter for its result. Signals that ask to end are this process's business: workers pass them over.
///
/// A worker that dies is replaced once, for the images it has left. A second death, one that runs out of memory and one
/// that is silent for timeout_s (no image, no heartbeat) are failures, told with the image; the others then finish the
/// image under way, as after a stop. InputError and RunError of a worker are thrown here as what they are, other
/// exceptions as RunError; the other workers are ended. Call it from a process with one thread.
WorkersResult run_in_workers(std::span<const int> images, const WorkerStart& start, const WorkersOptions& options);

}  // namespace tram
