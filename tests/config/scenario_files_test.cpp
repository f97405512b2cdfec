#include "sim/config/scenario_files.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "models/memory/dram_presets.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "sim/config/raw_scenario.hpp"
#include "sim/config/scenario_keys.hpp"
#include "tests/config/scratch_folder.hpp"
#include "tests/support/source_dir.hpp"

namespace tram {
namespace {

TEST(ScenarioFiles, ShippedOnesAreFoundFromAnyFolder) {
  std::filesystem::current_path("/");
  EXPECT_TRUE(std::filesystem::exists(find_scenario("resnet20_cifar10")));
  const std::vector<ScenarioListing> listing = list_scenarios(scenario_folder());
  ASSERT_GE(listing.size(), 3u);
  for (const ScenarioListing& scenario : listing) {
    EXPECT_FALSE(scenario.first_line.empty()) << scenario.name;
    EXPECT_EQ(message_of<InputError>([&] { load_scenario_file(find_scenario(scenario.name)); }), "");
  }
}

TEST(ScenarioFiles, NamesComeFromTheFolderOfTheEnvironment) {
  const ScratchFolder folder;
  folder.write("b.yaml", "engine: rtl\n");
  folder.write("alpha.yaml", "# What alpha is\nengine: rtl\n");
  folder.write("notes.txt", "# no scenario\n");
  setenv("TRAM_SCENARIOS", folder.path().c_str(), 1);
  const std::vector<ScenarioListing> listing = list_scenarios(scenario_folder());
  ASSERT_EQ(listing.size(), 2u);
  EXPECT_EQ(listing[0].name, "alpha");
  EXPECT_EQ(listing[0].first_line, "What alpha is");
  EXPECT_EQ(listing[1].first_line, "");
  EXPECT_EQ(find_scenario("b"), folder.path() / "b.yaml");
  EXPECT_EQ(message_of<InputError>([] { find_scenario("alhpa"); }),
            "--scenario: unknown scenario 'alhpa'; a .yaml file or one of alpha, b is expected; did you mean 'alpha'?");
  EXPECT_EQ(message_of<InputError>([] { find_scenario("no/such/file"); }),
            "--scenario: no file 'no/such/file'; a .yaml file or one of alpha, b is expected");
}

TEST(ScenarioFiles, FilesAreTakenAsTheyAre) {
  const ScratchFolder folder;
  const std::filesystem::path file = folder.write("mine.yml", "engine: rtl\n");
  EXPECT_EQ(find_scenario(file.string()), file);
  std::filesystem::current_path(folder.path());
  EXPECT_EQ(find_scenario("mine.yml"), "mine.yml");
}

TEST(ScenarioFiles, ReadmeDocumentsEveryKeyPresetAndScenario) {
  const std::string readme = read_file(TRAM_SOURCE_DIR "/scenarios/README.md");
  EXPECT_NE(readme.find(keys_as_markdown()), std::string::npos) << "scenarios/README.md should hold this table:\n"
                                                                << keys_as_markdown();
  EXPECT_NE(readme.find(dram_presets_as_markdown()), std::string::npos)
      << "scenarios/README.md should hold this table:\n"
      << dram_presets_as_markdown();
  EXPECT_NE(readme.find(dram_devices_as_markdown()), std::string::npos)
      << "scenarios/README.md should hold this table:\n"
      << dram_devices_as_markdown();
  for (const ScenarioListing& scenario : list_scenarios(TRAM_SOURCE_DIR "/scenarios"))
    EXPECT_NE(readme.find("`" + scenario.name + "`"), std::string::npos) << scenario.name;
}

}  // namespace
}  // namespace tram
