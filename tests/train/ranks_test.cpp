#include "train/parallel/ranks.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <numeric>

#include "models/support/process.hpp"
#include "train/parallel/messages.hpp"

namespace tram::train {
namespace {

/// Cuts that cover all values, in order and without gaps.
TEST(Piece, CoverAllValues) {
  for (const size_t count : {0UL, 1UL, 2UL, 7UL, 1000UL})
    for (int size = 1; size <= 5; ++size) {
      size_t next = 0;
      for (int rank = 0; rank < size; ++rank) {
        const Piece piece = piece_of(count, rank, size);
        EXPECT_EQ(piece.first, next);
        EXPECT_LE(piece.count, count / static_cast<size_t>(size) + 1);
        next = piece.first + piece.count;
      }
      EXPECT_EQ(next, count);
    }
}

/// ranks_program on a number of ranks.
class RanksTest : public testing::Test {
 protected:
  void SetUp() override {
    if (find_program("mpirun").empty()) GTEST_SKIP() << "mpirun is not installed (openmpi-bin)";
    if (!TRAM_HAS_MPI) GTEST_SKIP() << "built without MPI (libopenmpi-dev)";
  }
  static ProcessResult run(int ranks, const std::string& name) {
    // Open MPI wants to be told that it may run as root, and several ranks on a core.
    return run_process({"env", "OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1", "timeout", "60",
                        "mpirun", "--oversubscribe", "-n", fmt::format("{}", ranks), TRAM_RANKS_PROGRAM, name});
  }
  static void expect_success(const std::string& name) {
    for (const int ranks : {1, 2, 3}) {
      const ProcessResult result = run(ranks, name);
      EXPECT_EQ(result.exit_code, 0) << ranks << " ranks: " << result.output;
    }
  }
  static size_t times(const std::string& text, const std::string& part) {
    size_t count = 0;
    for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
    return count;
  }
};

TEST_F(RanksTest, MpirunGivesAsManyRanks) { EXPECT_NE(run(2, "size").output.find("2 ranks\n"), std::string::npos); }
TEST_F(RanksTest, SumsAddInTheOrderOfRanks) { expect_success("sums"); }
TEST_F(RanksTest, BroadcastsGiveRank0s) { expect_success("broadcasts"); }
TEST_F(RanksTest, AllDecideAlike) { expect_success("answers"); }
TEST_F(RanksTest, EveryShardHasOneRank) { expect_success("shards"); }

TEST_F(RanksTest, BadInputOnOneRankEndsAllWithExitCode2) {
  const ProcessResult result = run(2, "bad input");
  EXPECT_EQ(result.exit_code, 2) << result.output;
  EXPECT_NE(result.output.find("rank 1: --epochs: 0; 1 or more is expected\n"), std::string::npos) << result.output;
}

TEST_F(RanksTest, AFaultOnOneRankEndsAllWithExitCode1) {
  const ProcessResult result = run(2, "fault");
  EXPECT_EQ(result.exit_code, 1) << result.output;
  EXPECT_NE(result.output.find("rank 1: loss is not finite\n"), std::string::npos) << result.output;
}

TEST_F(RanksTest, WhatAllRanksReportIsToldOnce) {
  const ProcessResult result = run(2, "same fault");
  EXPECT_EQ(result.exit_code, 2) << result.output;
  EXPECT_EQ(times(result.output, "--epochs: 0; 1 or more is expected"), 1U) << result.output;
}

TEST_F(RanksTest, AKilledRankEndsAll) { EXPECT_NE(run(2, "killed").exit_code, 0); }

TEST(RanksAlone, NeedNoMpirun) {
  Ranks ranks;
  EXPECT_EQ(ranks.rank(), 0);
  EXPECT_EQ(ranks.size(), 1);
  EXPECT_TRUE(ranks.has_shard(3));
  std::vector<float> values = {1, 2, 3};
  ranks.sum(std::span(values));
  ranks.broadcast(std::span(values));
  EXPECT_EQ(values, (std::vector<float>{1, 2, 3}));
  EXPECT_EQ(run_process({TRAM_RANKS_PROGRAM, "bad input"}).output,
            "ranks_program: --epochs: 0; 1 or more is expected\n");
  EXPECT_EQ(run_process({TRAM_RANKS_PROGRAM, "bad input"}).exit_code, 2);
  EXPECT_EQ(run_process({TRAM_RANKS_PROGRAM, "fault"}).exit_code, 1);
}

/// N processes that do not know of each other would all train, and write, the same.
TEST(RanksAlone, MpirunWithoutMpiInTheBuildIsRefused) {
  if (TRAM_HAS_MPI) GTEST_SKIP() << "built with MPI";
  const ProcessResult result = run_process({"env", "OMPI_COMM_WORLD_SIZE=2", TRAM_RANKS_PROGRAM, "sums"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_TRUE(result.output.starts_with("mpirun: ")) << result.output;
}

}  // namespace
}  // namespace tram::train
