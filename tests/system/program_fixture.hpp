#pragma once
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/process.hpp"

namespace tram {

/// Runs the programs in a folder of its own, without real data unless a test asks for it.
class ProgramTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / fmt::format("tram_system_{}", getpid());
    std::filesystem::create_directories(folder_);
    setenv("TRAM_DATA", (folder_ / "no_data").c_str(), 1);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  /// tram_sim on the embedded set with a small array, results in folder_/out.
  ProcessResult simulate(std::vector<std::string> options) const {
    std::vector<std::string> words = {TRAM_SIM, "--quiet", "--out", out().string()};
    words.insert(words.end(), options.begin(), options.end());
    return run_process(words, folder_);
  }
  static std::vector<std::string> small(std::vector<std::string> options = {}) {
    options.insert(options.begin(), {"--scenario", "resnet20_cifar10", "--images", "2", "--set", "array.rows=16",
                                     "--set", "array.columns=16"});
    return options;
  }
  nlohmann::json summary() const { return nlohmann::json::parse(read_file(out() / "summary.json")); }
  std::filesystem::path out() const { return folder_ / "out"; }
  std::filesystem::path write(const std::string& name, const std::string& text) const {
    write_file(folder_ / name, text);
    return folder_ / name;
  }

  /// Exit code 2, one line that holds each of the texts, and no result.
  void expect_refused(const ProcessResult& result, const std::vector<std::string>& texts) const {
    EXPECT_EQ(result.exit_code, 2) << result.output;
    EXPECT_EQ(std::count(result.output.begin(), result.output.end(), '\n'), 1) << result.output;
    EXPECT_TRUE(result.output.starts_with("tram_")) << result.output;
    for (const std::string& text : texts)
      EXPECT_NE(result.output.find(text), std::string::npos) << text << " in " << result.output;
    if (!std::filesystem::exists(out())) return;
    for (const auto& file : std::filesystem::directory_iterator(out())) ADD_FAILURE() << "left behind: " << file.path();
  }

  std::filesystem::path folder_;
};

}  // namespace tram
