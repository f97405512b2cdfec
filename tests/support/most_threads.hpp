#pragma once
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "models/support/atomic_file.hpp"
#include "models/support/process.hpp"
#include "models/support/temporary_folder.hpp"

namespace tram {

/// Most threads that the program has started and not yet joined at a time; its first thread is not among them.
inline int most_threads(std::vector<std::string> command) {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "threads";
  command.insert(command.begin(), {"env", "LD_PRELOAD=" TRAM_THREAD_COUNTER, "TRAM_THREADS_FILE=" + file.string()});
  const ProcessResult result = run_process(command, folder.path());
  EXPECT_EQ(result.exit_code, 0) << result.output;
  return std::stoi(read_file(file));
}

}  // namespace tram
