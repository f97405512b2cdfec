// Replays the corpus of every fuzz target: inputs that once crashed a reader, and those that reach its branches.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <ostream>
#include <vector>

#include "models/support/atomic_file.hpp"
#include "tests/fuzz/fuzz_targets.hpp"
#include "tests/support/source_dir.hpp"

namespace tram {

void PrintTo(const FuzzTarget& target, std::ostream* out) { *out << target.name; }  // by GoogleTest

namespace {

class FuzzCorpus : public testing::TestWithParam<FuzzTarget> {};

TEST_P(FuzzCorpus, EveryInputIsReadOrRefused) {
  const auto folder = std::filesystem::path(TRAM_SOURCE_DIR) / "tests/fuzz/corpus" / GetParam().name;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  ASSERT_GE(files.size(), 5u);
  for (const auto& file : files) {
    SCOPED_TRACE(file.filename().string());
    const std::string bytes = read_file(file);
    EXPECT_NO_THROW(GetParam().run(bytes));
    for (size_t i = 1; i <= 16; ++i) EXPECT_NO_THROW(GetParam().run(bytes.substr(0, bytes.size() * i / 17)));
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, FuzzCorpus, testing::ValuesIn(fuzz_targets().begin(), fuzz_targets().end()),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace tram
