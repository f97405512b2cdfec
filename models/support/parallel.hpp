#pragma once
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

namespace tram {

/// Starts threads that call work(first), work(first + 1), ... work(end - 1): fewer where the system has no room for
/// more, so each must take whatever is left to do.
template <class Work>
std::vector<std::jthread> start_threads(int64_t first, int64_t end, const Work& work) {
  std::vector<std::jthread> threads;
  try {
    for (int64_t w = first; w < end; ++w) threads.emplace_back(work, w);
  } catch (const std::system_error&) {  // no thread
  } catch (const std::bad_alloc&) {     // no memory for its state
  }
  return threads;
}

/// Calls body(i) for every i in [0, count) on up to `threads` threads, in no particular order; body must write only
/// what belongs to i. The first exception stops the rest and is thrown here.
template <class Body>
void parallel_for(int64_t count, int threads, const Body& body) {
  const int64_t workers = std::clamp<int64_t>(threads, 1, std::max<int64_t>(count, 1));
  std::atomic<int64_t> next = 0;
  std::exception_ptr failure;
  std::mutex failure_mutex;
  const auto work = [&](int64_t) {
    try {
      for (int64_t i = next++; i < count; i = next++) body(i);
    } catch (...) {
      next = count;
      const std::lock_guard lock(failure_mutex);
      if (!failure) failure = std::current_exception();
    }
  };
  {
    const std::vector<std::jthread> others = start_threads(1, workers, work);
    work(0);
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace tram
