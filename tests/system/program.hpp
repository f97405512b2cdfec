#pragma once
#include <sys/types.h>

#include <csignal>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "models/support/temporary_folder.hpp"

namespace tram {

/// What a finished program left.
struct ProgramResult {
  int exit_code = 0;           ///< 128 + signal when a signal ended it
  std::string output, errors;  ///< stdout and stderr
};

/// tram_sim as a process. Without other wishes it runs in `folder`, writes to folder/out and finds no real data.
class TramSim {
 public:
  explicit TramSim(const std::filesystem::path& folder);
  ~TramSim();
  TramSim(const TramSim&) = delete;
  TramSim& operator=(const TramSim&) = delete;

  std::filesystem::path out;  ///< --out
  std::filesystem::path current_folder;
  std::map<std::string, std::string> environment;  ///< changes to this process's

  /// Runs the program to its end.
  ProgramResult run(const std::vector<std::string>& arguments);

  void start(const std::vector<std::string>& arguments);
  std::string errors_so_far() const;
  void interrupt(int signal = SIGINT);  ///< to the process
  pid_t process() const { return process_; }
  ProgramResult wait();

 private:
  [[noreturn]] void become_program(const std::vector<std::string>& arguments) const;
  std::filesystem::path output_, errors_;
  pid_t process_ = -1;
};

/// A run that is quick: a few images through 16 x 16 PEs, nothing on the terminal.
struct QuickRun {
  int images = 1, threads = 1;
  bool quiet = true;
};
std::vector<std::string> quick_run(const std::vector<std::string>& more = {}, const QuickRun& run = {});

}  // namespace tram
