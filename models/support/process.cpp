#include "models/support/process.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <sstream>

#include "models/support/error.hpp"
#include "models/support/signals.hpp"

namespace tram {
namespace {

/// Ctrl-C reaches all processes of a terminal. A program that answers it in its own time still needs what it has called.
void ignore_what_the_caller_handles() {
  for (const int number : ending_signals) {
    struct sigaction inherited {};
    if (sigaction(number, nullptr, &inherited) == 0 && inherited.sa_handler != SIG_DFL) std::signal(number, SIG_IGN);
  }
}

[[noreturn]] void become(const std::vector<std::string>& arguments, const std::filesystem::path& folder, int output) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  ignore_what_the_caller_handles();
  const int null = open("/dev/null", O_RDONLY);
  if (dup2(null, 0) >= 0 && dup2(output, 1) >= 0 && dup2(output, 2) >= 0 && chdir(folder.c_str()) == 0)
    execvp(argv[0], argv.data());
  _exit(127);
}

}  // namespace

ProcessResult run_process(const std::vector<std::string>& arguments, const std::filesystem::path& folder) {
  int pipe_ends[2];
  if (pipe2(pipe_ends, O_CLOEXEC) != 0) throw RunError("cannot open a pipe to run " + arguments.at(0));
  const pid_t child = fork();
  if (child < 0) throw RunError("cannot start a process to run " + arguments.at(0));
  if (child == 0) become(arguments, folder, pipe_ends[1]);
  close(pipe_ends[1]);
  ProcessResult result;
  char buffer[4096];
  for (;;) {
    const ssize_t got = read(pipe_ends[0], buffer, sizeof buffer);
    if (got > 0) result.output.append(buffer, static_cast<size_t>(got));
    else if (got == 0 || errno != EINTR) break;
  }
  close(pipe_ends[0]);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

std::filesystem::path find_program(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::filesystem::path candidate = std::filesystem::path(folder) / program;
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return {};
}

}  // namespace tram
