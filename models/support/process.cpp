#include "models/support/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <stdexcept>

#include "models/support/error.hpp"
#include "models/support/quantity.hpp"
#include "models/support/signals.hpp"

namespace tram {
namespace {

using Clock = std::chrono::steady_clock;

/// Arguments of a child, put together before fork(): between fork() and exec() nothing is allocated.
struct Command {
  std::vector<char*> arguments, environment;  ///< both end with nullptr
  const char* folder;
  ProcessLimits limits;
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (const std::string& text : texts) all.push_back(const_cast<char*>(text.c_str()));
  all.push_back(nullptr);
  return all;
}

/// Ctrl-C reaches all processes of a terminal. A program that answers it in its own time still needs what it has called.
void ignore_what_the_caller_handles() {
  for (const int number : ending_signals) {
    struct sigaction inherited {};
    if (sigaction(number, nullptr, &inherited) == 0 && inherited.sa_handler != SIG_DFL) std::signal(number, SIG_IGN);
  }
}

void limit(decltype(RLIMIT_AS) resource, uint64_t value) {
  const rlimit both{value, value};
  setrlimit(resource, &both);
}

[[noreturn]] void become(const Command& command) {
  if (command.limits.memory > 0) limit(RLIMIT_AS, command.limits.memory);
  // A process that has left the group is not killed at the time limit: it ends when it has computed for as long.
  if (command.limits.seconds > 0) limit(RLIMIT_CPU, static_cast<uint64_t>(std::ceil(command.limits.seconds)) + 1);
  if (chdir(command.folder) == 0) execvpe(command.arguments[0], command.arguments.data(), command.environment.data());
  _exit(127);
}

int exit_code(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

/// The process between this one and the program: the kernel tells it when this one has ended, and it kills the group.
[[noreturn]] void guard(const Command& command, int output, pid_t caller) {
  setpgid(0, 0);
  ignore_what_the_caller_handles();
  const int null = open("/dev/null", O_RDONLY);
  if (dup2(null, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0) _exit(127);
  close_range(3, ~0U, 0);  // pipes of other threads' programs among them, which would stay open
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  const int caller_ended = SIGRTMIN + 7;  // a signal that nobody else sends
  std::signal(caller_ended, [](int) { kill(0, SIGKILL); });
  prctl(PR_SET_PDEATHSIG, caller_ended);
  if (getppid() != caller) _exit(127);
  const pid_t program = fork();
  if (program == 0) become(command);
  close(1);
  close(2);
  int status = 127 << 8;  // as of exit(127)
  while (program > 0 && waitpid(program, &status, 0) < 0 && errno == EINTR) {}
  _exit(exit_code(status));
}

enum class Ending { its_own, time, output };

/// Reads what the program prints until it has ended, or to a limit.
Ending read_output(int from, const ProcessLimits& limits, std::string& output) {
  const Clock::time_point start = Clock::now();
  char buffer[1 << 14];
  for (;;) {
    int wait = -1;  // ms
    if (limits.seconds > 0) {
      const double left = limits.seconds - std::chrono::duration<double>(Clock::now() - start).count();
      if (left <= 0) return Ending::time;
      wait = static_cast<int>(std::ceil(1000 * std::min(left, 3600.0)));
    }
    pollfd ready{from, POLLIN, 0};
    if (poll(&ready, 1, wait) <= 0) continue;
    const ssize_t got = read(from, buffer, sizeof buffer);
    if (got > 0) output.append(buffer, static_cast<size_t>(got));
    else if (got == 0 || errno != EINTR) return Ending::its_own;
    if (limits.output > 0 && output.size() > limits.output) return Ending::output;
  }
}

/// Whether the output has what compilers, Yosys, ABC or the loader print when an allocation fails.
bool lacked_memory(const ProcessResult& result) {
  constexpr const char* texts[] = {"bad_alloc",        "out of memory",         "Out of memory",
                                   "memory exhausted", "annot allocate memory", "failed to map segment"};
  return result.exit_code != 0 &&
         std::ranges::any_of(texts, [&](const char* text) { return result.output.find(text) != std::string::npos; });
}

void check_limits(const std::string& program, Ending ending, const ProcessLimits& limits, const ProcessResult& result) {
  if (ending == Ending::time || (limits.seconds > 0 && result.exit_code == 128 + SIGXCPU))
    throw LimitError(
        fmt::format("{}: ended after {:g} s, its limit; $TRAM_TOOL_SECONDS sets another", program, limits.seconds));
  if (ending == Ending::output)
    throw LimitError(fmt::format("{}: ended after it had printed {}, its limit", program,
                                 format_quantity(static_cast<double>(limits.output), Dimension::size)));
  if (limits.memory > 0 && lacked_memory(result))
    throw LimitError(
        fmt::format("{}: failed for want of memory, of which {} is its limit; $TRAM_TOOL_MEMORY sets another", program,
                    format_quantity(static_cast<double>(limits.memory), Dimension::size)));
}

ProcessResult run(const std::vector<std::string>& arguments, const std::vector<std::string>& environment,
                  const std::filesystem::path& folder, const ProcessLimits& limits) {
  const Command command{pointers(arguments), pointers(environment), folder.c_str(), limits};
  int pipe_ends[2];
  if (pipe2(pipe_ends, O_CLOEXEC) != 0) throw RunError("cannot open a pipe to run " + arguments.at(0));
  const pid_t caller = getpid(), child = fork();
  if (child == 0) guard(command, pipe_ends[1], caller);
  close(pipe_ends[1]);
  ProcessResult result;
  const Ending ending = child < 0 ? Ending::its_own : read_output(pipe_ends[0], limits, result.output);
  close(pipe_ends[0]);
  if (child < 0) throw RunError("cannot start a process to run " + arguments.at(0));
  if (ending != Ending::its_own && kill(-child, SIGKILL) != 0) kill(child, SIGKILL);  // no group yet
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  result.exit_code = exit_code(status);
  check_limits(arguments[0], ending, limits, result);
  return result;
}

std::vector<std::string> own_environment() {
  std::vector<std::string> entries;
  for (char** entry = environ; *entry != nullptr; ++entry) entries.emplace_back(*entry);
  return entries;
}

double seconds_limit(const char* text) {
  double seconds = 0;
  const auto [end, error] = std::from_chars(text, text + std::strlen(text), seconds);
  if (error != std::errc{} || *end != '\0' || !(seconds > 0 && seconds <= 1e9))
    throw InputError("$TRAM_TOOL_SECONDS", fmt::format("'{}'; seconds above 0, such as 900, are expected", text));
  return seconds;
}

double memory_limit(const char* text) try {
  const double memory = parse_quantity(text, Dimension::size);
  if (memory >= 1 && memory < 1e18) return memory;
  throw std::invalid_argument(fmt::format("'{}'; a size above 0 is expected", text));
} catch (const std::invalid_argument& error) {
  throw InputError("$TRAM_TOOL_MEMORY", error.what());
}

}  // namespace

ProcessResult run_process(const std::vector<std::string>& arguments, const std::filesystem::path& folder,
                          const ProcessLimits& limits) {
  return run(arguments, own_environment(), folder, limits);
}

ProcessLimits tool_limits() {
  const auto text = [](const char* name, const char* otherwise) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0' ? value : otherwise;
  };
  return {.seconds = seconds_limit(text("TRAM_TOOL_SECONDS", "900")),
          .memory = static_cast<uint64_t>(memory_limit(text("TRAM_TOOL_MEMORY", "8 GB"))),
          .output = 64'000'000};
}

ProcessResult run_tool(const std::vector<std::string>& arguments, const std::filesystem::path& folder) {
  std::vector<std::string> environment = own_environment();
  std::erase_if(environment, [](const std::string& entry) { return entry.starts_with("TMPDIR="); });
  environment.push_back("TMPDIR=.");
  return run(arguments, environment, folder, tool_limits());
}

std::filesystem::path find_program(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::filesystem::path candidate = std::filesystem::path(folder) / program;
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return {};
}

}  // namespace tram
