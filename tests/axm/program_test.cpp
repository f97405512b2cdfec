// The verbs on good input.
#include "tests/axm/axm_program.hpp"

namespace tram {
namespace {

class AxmVerbs : public AxmProgram {};

TEST_F(AxmVerbs, EveryVerbHasHelpInLinesOf80) {
  for (const char* verb :
       {"list", "metrics", "show", "map", "area", "power", "transitions", "compare", "import", "export", "prepare"}) {
    const std::string text = output({verb, "--help"});
    EXPECT_TRUE(text.starts_with(fmt::format("tram_axm {}", verb))) << text;
    EXPECT_NE(text.find("--json"), std::string::npos) << text;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
    EXPECT_NE(output({"--help"}).find(fmt::format("\n  {} ", verb)), std::string::npos) << verb;
  }
}

TEST_F(AxmVerbs, AFullDeviceIsAFailedRun) {
  for (const char* words : {"--help", "list", "list --json"}) {
    const ProcessResult result = run_process({"sh", "-c", fmt::format("{} {} > /dev/full", TRAM_AXM, words)});
    EXPECT_EQ(result.exit_code, 1) << words;
    EXPECT_EQ(result.output, "tram_axm: standard output cannot be written\n") << words;
  }
}

TEST_F(AxmVerbs, MetricsTable) {
  EXPECT_EQ(output({"metrics", "exact", "trunc6"}),
            "multiplier   ER %     bias     MED   NMED %  MRED %  WCRE %      MSE  variance  max\n"
            "exact        0.00    0.000   0.000  0.00000   0.000    0.00     0.00      0.00    0\n"
            "trunc6      93.75  -80.250  80.250  0.12245   2.638  100.00  9158.25   2718.19  321\n"
            "Weighed by: all operand pairs alike\n");
}

// Only (3, 3) and (1, 1) occur, 3 : 1. trunc1 drops a[0] b[0]: both are 1 short.
TEST_F(AxmVerbs, MetricsUnderAHistogram) {
  write("h.csv", "a,b,count\n3,3,3\n1,1,1\n");
  const auto metrics = json({"metrics", "trunc1", "--histogram", "h.csv"})[0];
  EXPECT_EQ(metrics["error_rate"], 1.0);
  EXPECT_EQ(metrics["mean_error"], -1.0);
  EXPECT_DOUBLE_EQ(metrics["mred"], 0.75 / 9 + 0.25);
  EXPECT_EQ(metrics["variance"], 0.0);
}

TEST_F(AxmVerbs, ExportedFormatsReadBackEqual) {
  for (const auto& [format, name] : {std::pair("sv", "m.sv"),
                                     {"verilog", "m.v"},
                                     {"blif", "m.blif"},
                                     {"lut", "m.lut.i32"},
                                     {"header", "m.h"},
                                     {"npy", "m.npy"}}) {
    if (find_program("yosys").empty() && std::string(name).ends_with("v")) continue;
    output({"export", "signed_trunc6", "--format", format, "--out", name});
    std::vector<std::string> words = {"import", name, "--reference", "signed_trunc6"};
    if (std::string(format) == "lut" || std::string(format) == "npy") words.push_back("--signed");
    EXPECT_EQ(json(words)["reference"], "equal") << format;
  }
}

TEST_F(AxmVerbs, ImportSaysWhatIsTransposed) {
  output({"export", "or_pairs6", "--format", "lut", "--out", "m.lut.i32"});
  EXPECT_EQ(json({"import", "m.lut.i32", "--reference", "or_pairs6", "--swap"})["reference"],
            "equal with the operands exchanged");
  output({"import", "m.lut.i32", "--swap", "--format", "npy", "--out", "t.npy"});
  EXPECT_EQ(json({"import", "t.npy", "--reference", "or_pairs6"})["reference"], "equal with the operands exchanged");
}

TEST_F(AxmVerbs, MapWritesAStructureThatOtherVerbsRead) {
  const auto mapped = json({"map", "--theta", "1,1,1,1,1,1", "--out", "m.axm.json"});
  const auto metrics = json({"metrics", "m.axm.json"})[0], trunc6 = json({"metrics", "trunc6"})[0];
  EXPECT_EQ(metrics["mse"], trunc6["mse"]);  // theta = 1 in six columns is their truncation
  EXPECT_EQ(mapped["mse"], trunc6["mse"]);
  EXPECT_LT(mapped["cost_share"], 1.0);
  EXPECT_EQ(json({"show", "m.axm.json"})["name"], "m");
}

TEST_F(AxmVerbs, WeightedMappingKeepsItsBudget) {
  const auto mapped =
      json({"map", "--method", "weighted", "--tree", "dadda", "--budget", "500", "--out", "w.axm.json"});
  EXPECT_LE(mapped["mse"], 500.0);
  EXPECT_LT(mapped["cost_share"], 0.95);
}

TEST_F(AxmVerbs, ShowDrawsTextAndSvg) {
  EXPECT_NE(output({"show", "dadda_trunc6"}).find("\nstage 1\n"), std::string::npos);
  output({"show", "dadda_trunc6", "--svg", "d.svg"});
  EXPECT_TRUE(file("d.svg").starts_with("<?xml"));
}

TEST_F(AxmVerbs, ListNamesFamiliesSourcesAndMembers) {
  const std::string text = output({"list"});
  for (const char* word : {"exact_dadda", "trunc15", "Source: ", "Momeni"})
    EXPECT_NE(text.find(word), std::string::npos) << word;
  for (const auto& family : json({"list"})) EXPECT_FALSE(family["source"].get<std::string>().empty());
}

TEST_F(AxmVerbs, PowerAreaTransitionsAndCompare) {
  if (!can_map()) GTEST_SKIP() << "yosys or osu018 is not installed";
  const auto area = json({"area", "exact_dadda_4x4", "--liberty", osu018});
  EXPECT_GT(area["area"], 0);
  EXPECT_EQ(area["path"].back()["arrival_s"], area["critical_path_s"]);
  const auto power = json({"power", "exact_dadda_4x4", "--liberty", osu018, "--pairs", "500", "--instances"});
  double sum = 0;
  for (const auto& instance : power["instances"]) sum += instance["total_w"].get<double>();
  EXPECT_NEAR(sum / power["total_w"].get<double>(), 1, 1e-9);
  EXPECT_GT(power["total_w"], power["zero_delay_total_w"]);
  const auto table = json({"transitions", "exact_dadda_4x4", "--liberty", osu018});
  EXPECT_EQ(table["entries"], 4096);
  EXPECT_EQ(table["mean_by_weight_class_j"][0], 0.0);  // w = 0: nothing moves behind the AND gates
  output({"compare", "exact_4x4", "dadda_trunc2_4x4", "--liberty", osu018, "--pairs", "500", "--out", "c"});
  EXPECT_TRUE(has_file("c.csv") && has_file("c.svg"));
}

// The halves of osu018, by cell, are the library; a cell with a fault that nothing needs changes nothing but a warning.
TEST_F(AxmVerbs, SeveralLibertyFilesAreOneLibrary) {
  if (!can_map()) GTEST_SKIP() << "yosys or osu018 is not installed";
  const std::string text = read_file(osu018);
  const size_t begin = text.find("\ncell ("), end = text.rfind('}');
  std::string halves[] = {text.substr(0, begin), text.substr(0, begin)};
  int half = 0;
  for (size_t cell = begin; cell < end; half = 1 - half) {
    const size_t next = std::min(text.find("\ncell (", cell + 1), end);
    halves[half] += text.substr(cell, next - cell);
    cell = next;
  }
  write("first.lib", halves[0] + "\ncell (BAD) { area : much; }\n}\n");
  write("second.lib", halves[1] + "\n}\n");
  const auto whole = json({"power", "exact_dadda_4x4", "--liberty", osu018, "--pairs", "200"});
  const ProcessResult joined = run(
      {"power", "exact_dadda_4x4", "--liberty", "first.lib", "--liberty", "second.lib", "--pairs", "200", "--json"});
  ASSERT_EQ(joined.exit_code, 0) << joined.output;
  const size_t brace = joined.output.find("\n{") + 1;
  EXPECT_NE(joined.output.substr(0, brace).find("tram_axm: warning: "), std::string::npos) << joined.output;
  EXPECT_NE(joined.output.substr(0, brace).find("'much' is not a number; cell BAD is left out"), std::string::npos);
  const auto power = nlohmann::json::parse(joined.output.substr(brace));
  EXPECT_DOUBLE_EQ(power["total_w"], whole["total_w"]);
  EXPECT_EQ(power["voltage_v"], whole["voltage_v"]);
  EXPECT_EQ(power["cells_left_out"][0]["cell"], "BAD");
  EXPECT_NE(output({"area", "exact_dadda_4x4", "--liberty", "first.lib,second.lib"}).find("conditions     1.8 V"),
            std::string::npos);
}

// A circuit of wires has no area, no path, no power: no figure is of nothing.
TEST_F(AxmVerbs, CircuitsOfWiresGiveNoNan) {
  if (!can_map()) GTEST_SKIP() << "yosys or osu018 is not installed";
  write("none.v", "module none(input [3:0] a, b, output [7:0] p); assign p = 0; endmodule\n");
  for (const std::vector<std::string>& verb :
       {std::vector<std::string>{"area"}, {"power", "--pairs", "50"}, {"transitions"}, {"compare", "--pairs", "50"}}) {
    std::vector<std::string> words = verb;
    for (const char* word : {"none.v", "--liberty", osu018}) words.emplace_back(word);
    EXPECT_EQ(output(words).find("nan"), std::string::npos) << verb[0];
    EXPECT_FALSE(json(words).empty());
  }
}

TEST_F(AxmVerbs, SignedFilesAreReadAsSuchEverywhere) {
  output({"export", "exact_signed_array_4x4", "--format", "blif", "--out", "m.blif"});
  const std::string text = file("m.blif");
  write("m.blif", text.substr(text.find('\n') + 1));
  const auto metrics = json({"metrics", "m.blif"})[0];
  EXPECT_EQ(metrics["mean_error_distance"], 0.0);
  EXPECT_NE(metrics["notes"][0].get<std::string>().find("read as signed"), std::string::npos);
  EXPECT_GT(json({"metrics", "m.blif", "--unsigned"})[0]["mean_error_distance"], 0.0);
  EXPECT_NE(output({"import", "m.blif"}).find("note: m.blif does not say whether it is signed"), std::string::npos);
  EXPECT_EQ(run({"metrics", "m.blif", "--unsigned", "--signed"}).exit_code, 2);
}

TEST_F(AxmVerbs, CompareSaysWhatMappingMoves) {
  if (!can_map()) GTEST_SKIP() << "yosys or osu018 is not installed";
  const auto comparison =
      json({"compare", "exact_array_4x4", "exact_dadda_4x4", "--liberty", osu018, "--pairs", "200"});
  for (const auto& row : comparison["libraries"][0]["multipliers"]) {
    EXPECT_GE(row["spread"], 0.0);
    EXPECT_FALSE(row["script"].get<std::string>().empty());
  }
  // The best exact one is one of those compared.
  EXPECT_NE(comparison["libraries"][0]["multipliers"][0]["not_ranked_against"].get<std::string>().find("exact_"),
            std::string::npos);
  const double best = json({"power", "exact_dadda_4x4", "--liberty", osu018, "--pairs", "10000"})["total_w"];
  for (const char* script : {"default", "dch", "syn3", "nf"})
    EXPECT_GE(json({"power", "exact_dadda_4x4", "--liberty", osu018, "--script", script})["total_w"].get<double>(),
              best * (1 - 1e-9))
        << script;
}

// Totals of the published reference, with the tolerances of its description.
/// The extremes of a search: no cell at all, or one gate.
TEST_F(AxmVerbs, CircuitsWithoutCellsHaveNoPathAndNoNan) {
  if (!can_map()) GTEST_SKIP() << "yosys or osu018 is not installed";
  const std::string head = "module m(input [7:0] A, B, output [15:0] O); assign O = ";
  write("zero.v", head + "0; endmodule\n");
  write("wires.v", head + "{A, 8'b0}; endmodule\n");
  write("gate.v", head + "{A[7] & B[7], 15'b0}; endmodule\n");
  for (const std::string name : {"zero.v", "wires.v"}) {
    const auto area = json({"area", name, "--liberty", osu018});
    EXPECT_EQ(area["area"], 0) << name;
    EXPECT_EQ(area["critical_path_s"], 0) << name;
    EXPECT_TRUE(area["opensta_critical_path_s"].is_null()) << name;
    EXPECT_NE(output({"area", name, "--liberty", osu018}).find("Critical path: none, as there is no cell"),
              std::string::npos);
    const auto power = json({"power", name, "--liberty", osu018, "--pairs", "100"});
    EXPECT_EQ(power["total_w"], 0) << name;
    EXPECT_TRUE(power["glitch_share"].is_null()) << name;  // a share of nothing
    EXPECT_EQ(output({"power", name, "--liberty", osu018, "--pairs", "100"}).find("nan"), std::string::npos) << name;
  }
  EXPECT_EQ(json({"area", "gate.v", "--liberty", osu018})["cells"], 1);
  const std::string compared = output({"compare", "zero.v", "gate.v", "--liberty", osu018, "--pairs", "100"});
  EXPECT_EQ(compared.find("nan"), std::string::npos) << compared;
}

TEST_F(AxmVerbs, ImportNamesPortsThatMayBeMistaken) {
  write("m.blif",
        ".model m\n.inputs b0 b1 a0 a1\n.outputs p0 p1\n.names a0 b0 p0\n11 1\n.names a1 b0 p1\n11 1\n.end\n");
  const std::string note = "has the operands b and a, in this order: the first is a, the weight";
  const std::string text = output({"import", "m.blif"});
  EXPECT_NE(text.find(note), std::string::npos) << text;
  EXPECT_NE(text.find("note: the product has 2 bits, a b has 4: those above are read as 0\n"), std::string::npos)
      << text;
  EXPECT_EQ(output({"import", "m.blif", "--swap"}).find(note), std::string::npos);
}

TEST_F(AxmVerbs, PowerReference) {
  const auto reference = data_folder() / "power_reference";
  const auto sg13g2 = data_folder() / "liberty/sg13g2_typ.lib";
  if (!std::filesystem::exists(reference) || !std::filesystem::exists(sg13g2) || !can_map())
    GTEST_SKIP() << "real data not found in $TRAM_DATA or ~/.cache/tram-data";
  struct Case {
    std::string folder, library, period;
    double zero, library_delays;  // uW
  };
  for (const Case& c :
       {Case{"sg13g2_star_u", sg13g2, "4ns", 263.63, 402.43}, {"osu018_star_u", osu018, "8ns", 1580.7, 2678.1}}) {
    std::vector<std::string> words = {
        "power",      reference / c.folder / "netlist.v", "--mapped", "--liberty", c.library,
        "--stimulus", reference / "stim10k.hex",          "--period", c.period,    "--convention",
        "opensta"};
    const auto power = json(words);
    EXPECT_NEAR(1e6 * power["zero_delay_total_w"].get<double>() / c.zero, 1, 0.005) << c.folder;
    EXPECT_NEAR(1e6 * power["total_w"].get<double>() / c.library_delays, 1, 0.05) << c.folder;
  }
}

}  // namespace
}  // namespace tram
