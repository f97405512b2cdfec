// The programs as installed: below any prefix, with nothing of the folders that they were made in.
#include "tests/system/program_fixture.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;
using InstallationTest = ProgramTest;

TEST_F(InstallationTest, ScenariosAreThoseBesideTheInstalledProgram) {
  const fs::path prefix = folder_ / "some prefix";
  fs::create_directories(prefix / "bin");
  fs::create_directories(prefix / "share/tram/scenarios");
  fs::copy_file(TRAM_SIM, prefix / "bin/tram_sim");
  write_file(prefix / "share/tram/scenarios/own.yaml", "# A scenario of this test\nnetwork: resnet8_shapes\n");
  const ProcessResult result = run_process({(prefix / "bin/tram_sim").string(), "--list"}, folder_);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_NE(result.output.find((prefix / "share/tram/scenarios").string()), std::string::npos) << result.output;
  EXPECT_NE(result.output.find("A scenario of this test"), std::string::npos) << result.output;
  EXPECT_EQ(result.output.find("vit_imagenet"), std::string::npos) << result.output;
}

TEST_F(InstallationTest, EveryProgramSaysItsVersion) {
  for (const char* program : {TRAM_SIM, TRAM_AXM, TRAM_TRAIN}) {
    const ProcessResult result = run_process({program, "--version"});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(result.output, fs::path(program).filename().string() + " " TRAM_VERSION "\n");
  }
}

}  // namespace
}  // namespace tram
