#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "models/support/error.hpp"

namespace tram {

struct ProcessResult {
  int exit_code = 0;   ///< 127 when the program could not be started, 128 + n when ended by signal n
  std::string output;  ///< stdout and stderr, interleaved
};

/// Resource limits of a program; 0 is no limit. Time and output are those of the program and all that it starts
/// together, memory is that of each of these processes.
struct ProcessLimits {
  double seconds = 0;   ///< s of wall time
  uint64_t memory = 0;  ///< bytes of address space
  size_t output = 0;    ///< bytes printed
};

/// A program was ended at a limit, or failed for want of the memory that it may have. The message names the program,
/// the limit and what sets it.
class LimitError : public RunError {
 public:
  using RunError::RunError;
};

/// Runs a program (found on PATH) to its end in the folder given, without a shell and with no standard input, in a process
/// group of its own, all of which is killed when this process ends first. It ignores the signals that ask a program to end
/// (signals.hpp) where this process handles them itself. Throws LimitError at a limit.
ProcessResult run_process(const std::vector<std::string>& arguments, const std::filesystem::path& folder = ".",
                          const ProcessLimits& limits = {});

/// Limits of the tools that the programs call: $TRAM_TOOL_SECONDS, else 900; $TRAM_TOOL_MEMORY, a size such as "8 GB",
/// which is its default; 64 MB printed. Throws InputError naming the variable.
ProcessLimits tool_limits();

/// run_process under tool_limits(), with the tool's own temporary files (TMPDIR) in the folder: give it one that goes.
ProcessResult run_tool(const std::vector<std::string>& arguments, const std::filesystem::path& folder);

/// Path of program, found on PATH; empty when it is not there.
std::filesystem::path find_program(const std::string& program);

}  // namespace tram
