#include "tests/system/program.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include "models/support/atomic_file.hpp"

namespace tram {

namespace fs = std::filesystem;

TramSim::TramSim(const fs::path& folder)
    : out(folder / "out"), current_folder(folder), environment{{"TRAM_DATA", "/nonexistent"}},
      output_(folder / "stdout.txt"), errors_(folder / "stderr.txt") {}

TramSim::~TramSim() {
  if (process_ <= 0) return;
  kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
}

void TramSim::become_program(const std::vector<std::string>& arguments) const {
  for (const auto& [file, descriptor] : {std::pair{output_, STDOUT_FILENO}, {errors_, STDERR_FILENO}})
    dup2(open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), descriptor);
  for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
  if (chdir(current_folder.c_str()) != 0) _exit(126);
  std::vector<std::string> words{TRAM_SIM};
  words.insert(words.end(), arguments.begin(), arguments.end());
  if (!out.empty()) words.insert(words.end(), {"--out", out.string()});
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  execv(TRAM_SIM, pointers.data());
  _exit(127);
}

void TramSim::start(const std::vector<std::string>& arguments) {
  process_ = fork();
  if (process_ == 0) become_program(arguments);
  if (process_ < 0) throw std::runtime_error("no process for tram_sim");
}

std::string TramSim::errors_so_far() const { return fs::exists(errors_) ? read_file(errors_) : std::string(); }

void TramSim::interrupt(int signal) { kill(process_, signal); }

ProgramResult TramSim::wait() {
  int status = 0;
  while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {}
  process_ = -1;
  const int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return {code, read_file(output_), read_file(errors_)};
}

ProgramResult TramSim::run(const std::vector<std::string>& arguments) {
  start(arguments);
  return wait();
}

std::vector<std::string> quick_run(const std::vector<std::string>& more, const QuickRun& run) {
  std::vector<std::string> arguments{"--scenario", "resnet20_cifar10",         "--set",    "array.rows=16",
                                     "--set",      "array.columns=16",         "--images", std::to_string(run.images),
                                     "--threads",  std::to_string(run.threads)};
  if (run.quiet) arguments.push_back("--quiet");
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

}  // namespace tram
