#include "tests/support/most_threads.hpp"
#include "tests/train/program_runs.hpp"

namespace tram::train {
namespace {

using ThreadsOfTraining = ProgramRuns;

/// Four shards a batch; the first thread waits for those that learn.
TEST_F(ThreadsOfTraining, AreAsManyAsAskedFor) {
  for (const int threads : {1, 2, 3}) {
    const std::string number = std::to_string(threads);
    Arguments command = small(number, {"--threads", number}, "1");
    *std::next(std::ranges::find(command, "--batch")) = "64";
    command.insert(command.begin(), TRAM_TRAIN);
    EXPECT_EQ(most_threads(command), threads);
  }
}

}  // namespace
}  // namespace tram::train
