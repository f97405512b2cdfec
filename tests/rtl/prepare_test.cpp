// tram_axm prepare and help, run as a user runs them.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/process.hpp"

namespace tram {
namespace {

constexpr char osu018[] = "/usr/share/qflow/tech/osu018/osu018_stdcells.lib";

class PrepareTest : public testing::Test {
 protected:
  void SetUp() override {
    cache_ = std::filesystem::temp_directory_path() / fmt::format("tram_prepare_{}", getpid());
    setenv("TRAM_CACHE", cache_.c_str(), 1);
  }
  void TearDown() override {
    std::error_code ignored;
    std::filesystem::remove_all(cache_, ignored);
  }
  ProcessResult prepare() const {
    return run_process({TRAM_AXM, "prepare", "trunc12", "--liberty", osu018, "--rows", "2"});
  }
  std::filesystem::path compiled() const {
    for (const auto& file : std::filesystem::directory_iterator(cache_))
      if (file.path().extension() == ".so") return file.path();
    ADD_FAILURE() << "no compiled row in " << cache_;
    return {};
  }

  std::filesystem::path cache_;
};

TEST_F(PrepareTest, CompilesOnceAndSaysWhatItMade) {
  const ProcessResult first = prepare();
  ASSERT_EQ(first.exit_code, 0) << first.output;
  EXPECT_TRUE(first.output.starts_with("trunc12: ")) << first.output;
  EXPECT_NE(first.output.find(" nets counted, "), std::string::npos) << first.output;
  EXPECT_NE(first.output.find("\nnote: mapped with ABC's script "), std::string::npos) << first.output;
  EXPECT_EQ(std::count(first.output.begin(), first.output.end(), '\n'), 2) << first.output;
  const std::filesystem::path row = compiled();
  const auto time = last_write_time(row);
  EXPECT_EQ(prepare().exit_code, 0);
  EXPECT_EQ(last_write_time(row), time);

  const std::string whole = read_file(row);
  write_file(row, whole.substr(0, whole.size() / 2));  // loading it would end the program by SIGBUS
  const ProcessResult again = prepare();
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_TRUE(again.output.starts_with("warning: " + row.string() + ": is damaged; it is made anew\n")) << again.output;
  EXPECT_EQ(std::filesystem::file_size(row), whole.size());
}

/// Without a cache the row is compiled all the same; the way out is told once.
TEST_F(PrepareTest, ACacheThatCannotBeWrittenIsToldOnce) {
  setenv("TRAM_CACHE", "/proc/cache", 1);
  const ProcessResult result = prepare();
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_TRUE(result.output.starts_with("warning: the cache /proc/cache cannot be written (")) << result.output;
  EXPECT_EQ(std::count(result.output.begin(), result.output.end(), '\n'), 3) << result.output;
}

TEST_F(PrepareTest, BadUsageIsOneLineWithCode2) {
  const std::vector<std::vector<std::string>> bad = {{"exact", "--liberty", "/no/such/file.lib"},
                                                     {"exact", "--liberty", osu018, "--rows", "0"},
                                                     {"exact", "--liberty", osu018, "--rows", "many"},
                                                     {"--liberty", osu018}};
  for (const std::vector<std::string>& words : bad) {
    std::vector<std::string> command = {TRAM_AXM, "prepare"};
    command.insert(command.end(), words.begin(), words.end());
    const ProcessResult result = run_process(command);
    EXPECT_EQ(result.exit_code, 2) << result.output;
    EXPECT_EQ(std::count(result.output.begin(), result.output.end(), '\n'), 1) << result.output;
  }
}

TEST(AxmHelp, EveryVerbHasItsOwn) {
  for (const auto& [verb, text] :
       {std::pair("list", "--help"), {"metrics", "--json"}, {"export", "--format"}, {"prepare", "--liberty"}}) {
    const ProcessResult result = run_process({TRAM_AXM, verb, "--help"});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_TRUE(result.output.starts_with(fmt::format("tram_axm {}", verb))) << result.output;
    EXPECT_NE(result.output.find(text), std::string::npos) << result.output;
  }
}

TEST(AxmOutput, AFullDeviceIsAFailedRun) {
  const ProcessResult result = run_process({"sh", "-c", TRAM_AXM " list > /dev/full"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.output, "tram_axm: standard output cannot be written\n");
}

}  // namespace
}  // namespace tram
