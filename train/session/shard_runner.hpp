#pragma once
#include <functional>

namespace tram::train {

/// Runs task(worker, shard) for every shard 0 .. shards - 1 on `workers` threads, each of which uses oneDNN for
/// itself alone. Which worker gets a shard is open; two shards on one worker never overlap. Returns when all are
/// done; then rethrows the first exception, by shard.
void run_shards(int workers, int shards, const std::function<void(int worker, int shard)>& task);

}  // namespace tram::train
