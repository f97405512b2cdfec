#pragma once
#include <functional>
#include <string>

namespace tram {

/// End of a program because of an exception: this line on stderr and this exit code.
struct ProgramFailure {
  std::string line;
  int exit_code = 1;  ///< 2 for an InputError, else 1
};

/// Failure of the exception that is being handled: call it within a catch block.
ProgramFailure current_failure();

/// Makes sure that what was printed has arrived. RunError when standard output takes no more (a full disk, /dev/full).
void flush_output();

/// The main function of a program: body() and flush_output(), whose exceptions become a line after the program's name.
int run_program(const char* name, const std::function<int()>& body);

}  // namespace tram
