// Loaded before a program (LD_PRELOAD), it writes the most threads that were started and not yet joined at a time to the
// file $TRAM_THREADS_FILE when the program ends: how many it would keep busy, whatever the load of the machine.
#include <dlfcn.h>
#include <pthread.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <mutex>

namespace {

std::mutex mutex;
int open_threads = 0, most = 0;

struct Report {
  Report() { unsetenv("LD_PRELOAD"); }  // programs that it starts are not counted
  ~Report() {
    const char* path = std::getenv("TRAM_THREADS_FILE");
    if (std::FILE* file = path == nullptr ? nullptr : std::fopen(path, "w")) {
      std::fprintf(file, "%d", most);
      std::fclose(file);
    }
  }
} report;

template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*),
                              void* argument) noexcept {
  static const auto real = next<decltype(&pthread_create)>("pthread_create");
  const int error = real(thread, attributes, start, argument);
  if (error == 0) {
    const std::lock_guard lock(mutex);
    most = std::max(most, ++open_threads);
  }
  return error;
}

extern "C" int pthread_join(pthread_t thread, void** result) {
  static const auto real = next<decltype(&pthread_join)>("pthread_join");
  const int error = real(thread, result);
  if (error == 0) {
    const std::lock_guard lock(mutex);
    --open_threads;
  }
  return error;
}
