#include "train/shard_runner.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>
#include <vector>

#include "train/onednn/single_thread.hpp"

namespace tram::train {

void run_shards(int workers, int shards, const std::function<void(int worker, int shard)>& task) {
  std::atomic<int> next = 0;
  std::vector<std::exception_ptr> errors(static_cast<size_t>(shards));
  const auto work = [&](int worker) {
    onednn::use_single_thread();
    for (int shard = next++; shard < shards; shard = next++) {
      try {
        task(worker, shard);
      } catch (...) {
        errors[static_cast<size_t>(shard)] = std::current_exception();
      }
    }
  };
  {
    std::vector<std::jthread> threads;
    for (int worker = 0; worker < std::min(workers, shards); ++worker) threads.emplace_back(work, worker);
  }
  for (const std::exception_ptr& error : errors)
    if (error) std::rethrow_exception(error);
}

}  // namespace tram::train
