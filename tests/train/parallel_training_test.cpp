#include <cmath>
#include <sstream>

#include "models/support/atomic_file.hpp"
#include "tests/train/program_runs.hpp"

namespace tram::train {
namespace {

/// The real program under mpirun.
class ParallelTraining : public ProgramRuns {
 protected:
  void SetUp() override {
    if (find_program("mpirun").empty()) GTEST_SKIP() << "mpirun is not installed (openmpi-bin)";
    if (!TRAM_HAS_MPI) GTEST_SKIP() << "built without MPI (libopenmpi-dev)";
  }
  ProcessResult run_on(int ranks, const Arguments& arguments) const {
    Arguments command = {"env",
                         "OMPI_ALLOW_RUN_AS_ROOT=1",
                         "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1",
                         "timeout",
                         "100",
                         "mpirun",
                         "--oversubscribe",
                         "-n",
                         fmt::format("{}", ranks),
                         TRAM_TRAIN,
                         "--threads",
                         "1"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return run_process(command);
  }
  /// One column of a log.
  std::vector<double> column(const std::string& log, size_t wanted) const {
    std::istringstream lines(read_file(folder_ / log));
    std::string line, field;
    std::vector<double> values;
    for (std::getline(lines, line); std::getline(lines, line);) {
      std::istringstream fields(line);
      for (size_t i = 0; i <= wanted; ++i) std::getline(fields, field, ',');
      values.push_back(std::stod(field));
    }
    return values;
  }
  void expect_same_curve(const std::string& log) const {
    const std::vector<double> one = column("one/" + log, 2), two = column("two/" + log, 2);
    ASSERT_EQ(one.size(), two.size());
    ASSERT_FALSE(one.empty());
    for (size_t i = 0; i < one.size(); ++i) EXPECT_NEAR(two[i], one[i], 2e-3 * one[i]) << log << ", epoch " << i + 1;
  }
};

/// The same global batch: the same loss curve but for the order of fp32 additions.
TEST_F(ParallelTraining, TwoRanksHaveTheLossCurveOfOne) {
  const Arguments method = {"--method", "tram", "--explore-epochs", "2", "--recover-epochs", "2", "--calibrate", "32"};
  const ProcessResult one = run(small("one", method, "2")), two = run_on(2, small("two", method, "2"));
  ASSERT_EQ(one.exit_code, 0) << one.output;
  ASSERT_EQ(two.exit_code, 0) << two.output;
  for (const char* log : {"fp32/log.csv", "explore/log.csv", "recover/log.csv"}) expect_same_curve(log);
  EXPECT_EQ(two.output.find("phase 1"), two.output.rfind("phase 1")) << two.output;
}

TEST_F(ParallelTraining, ResumesFromTheFirstRanksCheckpoints) {
  ASSERT_EQ(run_on(2, small("two")).exit_code, 0);
  std::filesystem::remove(folder_ / "two" / "weights.safetensors");
  const ProcessResult again = run_on(2, {"--resume", "--out", (folder_ / "two").string()});
  EXPECT_EQ(again.exit_code, 0) << again.output;
  EXPECT_TRUE(std::filesystem::exists(folder_ / "two" / "weights.safetensors"));
}

TEST_F(ParallelTraining, MoreRanksThanShardsAreRefused) {
  const ProcessResult result = run_on(3, small("a"));
  EXPECT_EQ(result.exit_code, 2) << result.output;
  EXPECT_NE(result.output.find("mpirun: 3 ranks; at most 2 are expected"), std::string::npos) << result.output;
}

}  // namespace
}  // namespace tram::train
