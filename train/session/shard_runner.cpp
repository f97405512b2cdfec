#include "train/session/shard_runner.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <vector>

#include "models/support/error.hpp"
#include "models/support/parallel.hpp"
#include "train/onednn/single_thread.hpp"

namespace tram::train {

void run_shards(int workers, int shards, const std::function<void(int worker, int shard)>& task) {
  std::atomic<int> next = 0;
  std::vector<std::exception_ptr> errors(static_cast<size_t>(shards));
  const auto work = [&](int64_t worker) {
    onednn::use_single_thread();
    for (int shard = next++; shard < shards; shard = next++) {
      try {
        task(static_cast<int>(worker), shard);
      } catch (...) {
        errors[static_cast<size_t>(shard)] = std::current_exception();
      }
    }
  };
  if (start_threads(0, std::min(workers, shards), work).empty() && shards > 0)
    throw RunError("no thread can be started: the system's limit of threads or memory is reached");
  for (const std::exception_ptr& error : errors)
    if (error) std::rethrow_exception(error);
}

}  // namespace tram::train
