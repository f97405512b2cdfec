#include "models/support/program_exit.hpp"

#include <cstdio>
#include <exception>
#include <new>

#include "models/support/error.hpp"
#include "models/support/printable.hpp"

namespace tram {

ProgramFailure current_failure() {
  try {
    throw;
  } catch (const InputError& error) {
    return {printable_message(error.what()), 2};
  } catch (const std::bad_alloc&) {
    return {"out of memory; fewer --threads need less", 1};
  } catch (const std::exception& error) {
    if (std::ferror(stdout)) return {"standard output cannot be written", 1};
    return {printable_message(error.what()), 1};
  }
}

void flush_output() {
  if (std::fflush(stdout) != 0 || std::ferror(stdout)) throw RunError("standard output cannot be written");
}

int run_program(const char* name, const std::function<int()>& body) {
  try {
    const int exit_code = body();
    flush_output();
    return exit_code;
  } catch (const std::exception&) {
    const ProgramFailure failure = current_failure();
    std::fprintf(stderr, "%s: %s\n", name, failure.line.c_str());
    return failure.exit_code;
  }
}

}  // namespace tram
