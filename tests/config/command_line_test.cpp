#include "sim/config/command_line.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "models/support/error.hpp"
#include "sim/config/scenario_keys.hpp"
#include "tests/config/scratch_folder.hpp"

namespace tram {
namespace {

CommandLine parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "tram_sim");
  return parse_command_line(static_cast<int>(arguments.size()), arguments.data());
}

std::string refusal(std::vector<const char*> arguments) {
  return message_of<InputError>([&] { parse(std::move(arguments)); });
}

TEST(CommandLine, Defaults) {
  const CommandLine line = parse({"--scenario", "some/where/resnet20_cifar10.yaml"});
  EXPECT_EQ(line.action, CommandLine::Action::run);
  EXPECT_EQ(line.scenario, "some/where/resnet20_cifar10.yaml");
  EXPECT_EQ(line.out, "tram_out/resnet20_cifar10");
  EXPECT_EQ(line.threads, static_cast<int>(std::max(1u, std::thread::hardware_concurrency())));
  EXPECT_EQ(line.seed, 1u);
  EXPECT_FALSE(line.vcd);
  EXPECT_TRUE(line.exact_beside);
  EXPECT_FALSE(line.quiet);
  EXPECT_TRUE(line.overrides.empty());
}

TEST(CommandLine, EveryOption) {
  const CommandLine line =
      parse({"--scenario=x", "--images=7", "--first-image", "3",     "--engine",     "rtl",   "--multiplier",
             "trunc2",       "--liberty",  "osu018",        "--set", "array.rows=8", "--set", "array.columns=4",
             "--out",        "results",    "--threads",     "3",     "--seed",       "42",    "--vcd",
             "10:20",        "--no-exact", "--quiet"});
  EXPECT_EQ(line.out, "results");
  EXPECT_EQ(line.threads, 3);
  EXPECT_EQ(line.seed, 42u);
  ASSERT_TRUE(line.vcd);
  EXPECT_EQ(line.vcd->from, 10u);
  EXPECT_EQ(line.vcd->to, 20u);
  EXPECT_FALSE(line.exact_beside);
  EXPECT_TRUE(line.quiet);
  std::vector<std::string> keys;
  for (const RawValue& value : line.overrides) keys.push_back(value.key + "=" + value.text);
  EXPECT_EQ(keys, (std::vector<std::string>{"array.rows=8", "array.columns=4", "data.images=7", "data.first=3",
                                            "engine=rtl", "multiplier=trunc2", "technology.liberty=osu018"}));
}

TEST(CommandLine, LibertyRepeatedIsAList) {
  const CommandLine line = parse({"--liberty", "a.lib", "--scenario", "x", "--liberty=b.lib", "--liberty", "c.lib"});
  ASSERT_EQ(line.overrides.size(), 1u);
  EXPECT_EQ(line.overrides[0].text, "a.lib,b.lib,c.lib");
}

TEST(CommandLine, DefaultThenFileThenSetThenOption) {
  const ScratchFolder folder;
  folder.write("cells.lib", "library (cells) {}\n");
  const std::string file = folder.write("case.yaml", "technology.liberty: cells.lib\ndata: { images: 2 }\n").string();
  EXPECT_EQ(resolve(parse({"--scenario", file.c_str()})).data.images, 2);
  EXPECT_EQ(resolve(parse({"--scenario", file.c_str(), "--set", "data.images=3"})).data.images, 3);
  EXPECT_EQ(resolve(parse({"--images", "4", "--scenario", file.c_str(), "--set", "data.images=3"})).data.images, 4);
}

TEST(CommandLine, Refusals) {
  EXPECT_EQ(refusal({}), "--scenario: not given; --scenario NAME|FILE, names as --list shows them, is expected");
  EXPECT_EQ(refusal({"--scenraio", "x"}),
            "--scenraio: unknown option; one that tram_sim --help lists is expected; did you mean '--scenario'?");
  EXPECT_EQ(refusal({"--image", "3"}),
            "--image: unknown option; one that tram_sim --help lists is expected; did you mean '--images'?");
  EXPECT_EQ(refusal({"--scenario", "x", "--out"}), "--out: no value; DIR is expected");
  EXPECT_EQ(refusal({"--scenario", "x", "--quiet=yes"}), "--quiet: a value; none is expected");
  EXPECT_EQ(refusal({"--scenario", "x", "--scenario", "y"}), "--scenario: given more than once; once is expected");
  EXPECT_EQ(refusal({"resnet20_cifar10"}), "command line: stray 'resnet20_cifar10'; options only are expected");
  EXPECT_EQ(refusal({"--scenario", "x", "--threads", "4097"}),
            "--threads: '4097' is out of range; 0 to 4096 is expected");
  EXPECT_EQ(refusal({"--scenario", "x", "--seed", "abc"}),
            "--seed: 'abc' is not a whole number; 0 to 9223372036854775807 is expected");
  EXPECT_EQ(refusal({"--scenario", "x", "--vcd", "100"}),
            "--vcd: '100' has no ':'; FROM:TO in cycles, as 0:2000, is expected");
  EXPECT_EQ(refusal({"--scenario", "x", "--vcd", "9:9"}),
            "--vcd: '9:9' is an empty window; FROM before TO is expected");
  EXPECT_EQ(refusal({"--scenario", "x", "--set", "array.rwos=3"}),
            "--set: unknown key 'array.rwos'; did you mean 'array.rows'?");
}

TEST(CommandLine, OptionsOfAKeyAreNamedAsWritten) {
  const ScratchFolder folder;
  folder.write("cells.lib", "library (cells) {}\n");
  const std::string file = folder.write("case.yaml", "technology.liberty: cells.lib\n").string();
  const auto refused = [&](const char* option, const char* value) {
    return message_of<InputError>([&] { resolve(parse({"--scenario", file.c_str(), option, value})); });
  };
  EXPECT_EQ(refused("--images", "0"), "--images: '0' is out of range; 1 to 1000000 is expected");
  EXPECT_EQ(refused("--multiplier", "exat"),
            "--multiplier: unknown multiplier 'exat'; a built-in name (tram_axm list has them) "
            "or a .axm.json, .blif, .v or .sv file is expected; did you mean 'exact'?");
  EXPECT_EQ(refused("--liberty", "osu19").find("--liberty: unknown library 'osu19'; a Liberty file"), 0u);
}

TEST(CommandLine, InformationIsComplete) {
  const std::string help = information_text(parse({"--help"}));
  for (const char* option :
       {"scenario", "images", "first-image", "engine", "multiplier", "liberty", "set", "out", "threads", "seed", "vcd",
        "vcd-limit", "no-exact", "list", "keys", "quiet", "help", "version"})
    EXPECT_NE(help.find(std::string("--") + option), std::string::npos) << option;
  EXPECT_NE(help.find("default 10"), std::string::npos);
  const std::string keys = information_text(parse({"--keys"}));
  for (const ScenarioKey& key : scenario_keys()) EXPECT_NE(keys.find(key.name), std::string::npos) << key.name;
  EXPECT_NE(information_text(parse({"--list"})).find("resnet20_cifar10_trunc6"), std::string::npos);
  EXPECT_EQ(information_text(parse({"--version"})).substr(0, 9), "tram_sim ");
  EXPECT_EQ(information_text(parse({"--scenario", "x"})), "");
}

TEST(OutputFolder, IsMadeAndLeftEmpty) {
  const ScratchFolder folder;
  const std::filesystem::path out = folder.path() / "a/b";
  prepare_output_folder(out);
  EXPECT_TRUE(std::filesystem::is_directory(out));
  EXPECT_TRUE(std::filesystem::is_empty(out));
  prepare_output_folder(out);
}

TEST(OutputFolder, ThatCannotBeWrittenIsRefused) {
  const ScratchFolder folder;
  const std::string file = folder.write("file", "").string();
  EXPECT_EQ(message_of<InputError>([&] { prepare_output_folder(file + "/out"); }),
            "--out: '" + file + "/out' cannot be written: Not a directory; a folder to write to is expected");
  EXPECT_EQ(message_of<InputError>([] { prepare_output_folder("/proc"); }).substr(0, 38),
            "--out: '/proc' cannot be written: No s");
}

}  // namespace
}  // namespace tram
