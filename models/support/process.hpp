#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace tram {

struct ProcessResult {
  int exit_code = 0;   ///< 127 when the program could not be started, 128 + n when ended by signal n
  std::string output;  ///< stdout and stderr, interleaved
};

/// Runs a program (found on PATH) to its end in the folder given, without a shell and with no standard input. It ignores
/// the signals that ask a program to end (signals.hpp) where this process handles them itself.
ProcessResult run_process(const std::vector<std::string>& arguments, const std::filesystem::path& folder = ".");

/// Where program is on PATH; empty when it is not.
std::filesystem::path find_program(const std::string& program);

}  // namespace tram
