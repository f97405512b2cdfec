#pragma once
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "models/support/atomic_file.hpp"
#include "models/support/data_folder.hpp"
#include "models/support/error.hpp"
#include "models/support/process.hpp"
#include "models/support/temporary_folder.hpp"

namespace tram {

/// Runs tram_axm in a folder of its own.
class AxmProgram : public testing::Test {
 protected:
  ProcessResult run(std::vector<std::string> words) const {
    words.insert(words.begin(), TRAM_AXM);
    return run_process(words, folder_.path());
  }
  /// What it prints on success.
  std::string output(const std::vector<std::string>& words) const {
    const ProcessResult result = run(words);
    EXPECT_EQ(result.exit_code, 0) << result.output;
    return result.output;
  }
  nlohmann::json json(std::vector<std::string> words) const {
    words.push_back("--json");
    return nlohmann::json::parse(output(words));
  }
  std::string file(const std::string& name) const { return read_file(folder_.path() / name); }
  bool has_file(const std::string& name) const { return std::filesystem::exists(folder_.path() / name); }
  void write(const std::string& name, const std::string& text) const { write_file(folder_.path() / name, text); }

  TemporaryFolder folder_;
};

inline constexpr char osu018[] = "/usr/share/qflow/tech/osu018/osu018_stdcells.lib";

/// Mapping needs Yosys and Debian's osu018.
inline bool can_map() { return !find_program("yosys").empty() && std::filesystem::exists(osu018); }

}  // namespace tram
