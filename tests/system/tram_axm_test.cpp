#include "tests/system/program_fixture.hpp"

namespace tram {
namespace {

using AxmTest = ProgramTest;

TEST_F(AxmTest, ExportsReadBackWithTheSameMetrics) {
  for (const char* format : {"sv", "blif"}) {
    const auto file = folder_ / (std::string("m.") + format);
    ASSERT_EQ(run_process({TRAM_AXM, "export", "trunc5", "--format", format, "--out", file.string()}).exit_code, 0);
    const auto exported = nlohmann::json::parse(run_process({TRAM_AXM, "metrics", "--json", file.string()}).output);
    const auto builtin = nlohmann::json::parse(run_process({TRAM_AXM, "metrics", "--json", "trunc5"}).output);
    EXPECT_EQ(exported[0]["mean_error"], builtin[0]["mean_error"]) << format;
    EXPECT_EQ(exported[0]["mse"], builtin[0]["mse"]) << format;
  }
}

TEST_F(AxmTest, LutIsRowByWeight) {
  const auto file = folder_ / "m.lut";
  ASSERT_EQ(run_process({TRAM_AXM, "export", "exact", "--format", "lut", "--out", file.string()}).exit_code, 0);
  const std::string bytes = read_file(file);
  ASSERT_EQ(bytes.size(), 65536u * 4);
  const size_t at = (3 * 256 + 200) * 4;  // 3 x 200 = 0x258
  EXPECT_EQ(bytes.substr(at, 4), std::string("\x58\x02\x00\x00", 4));
}

TEST_F(AxmTest, ListNamesEveryBuiltIn) {
  const std::string text = run_process({TRAM_AXM, "list"}).output;
  EXPECT_NE(text.find("exact"), std::string::npos);
  EXPECT_NE(text.find("trunc15"), std::string::npos);
}

TEST_F(AxmTest, BadUsageIsOneLine) {
  expect_refused(run_process({TRAM_AXM, "exprt"}), {"exprt", "export"});
  expect_refused(run_process({TRAM_AXM, "export", "exact"}), {"--out"});
  expect_refused(run_process({TRAM_AXM, "export", "exact", "--out", (folder_ / "x").string(), "--format", "png"}),
                 {"png", "blif"});
  expect_refused(run_process({TRAM_AXM, "metrics"}), {"no multiplier"});
  expect_refused(run_process({TRAM_AXM, "metrics", "trunk1"}), {"trunk1", "trunc1"});
  expect_refused(run_process({TRAM_AXM, "metrics", "exact", "--jsn"}), {"jsn"});
  expect_refused(run_process({TRAM_AXM, "prepare", "exact"}), {"--liberty"});
  EXPECT_EQ(run_process({TRAM_AXM, "--help"}).exit_code, 0);
}

}  // namespace
}  // namespace tram
