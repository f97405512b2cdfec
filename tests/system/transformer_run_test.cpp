// Vision transformers end to end, without ImageNet: the embedded small one on drawn shapes.
#include "tests/system/program_fixture.hpp"

namespace tram {
namespace {

class TransformerRun : public ProgramTest {
 protected:
  ProcessResult simulate_vit(std::vector<std::string> options) const {
    options.insert(options.begin(), {"--scenario", "vit_imagenet", "--set", "array.rows=32", "--set",
                                     "array.columns=32", "--set", "quantise.images=8"});
    return simulate(options);
  }
};

TEST_F(TransformerRun, WithoutImageNetTheEmbeddedNetworkStandsInAndSaysSo) {
  const ProcessResult result = simulate_vit({});
  ASSERT_EQ(result.exit_code, 0) << result.output;
  EXPECT_NE(result.output.find("running the embedded set shapes with vit_shapes instead; "), std::string::npos)
      << result.output;
  const auto json = summary();
  EXPECT_EQ(json["network"], "vit_shapes");
  EXPECT_EQ(json["engine"], "rtl");
  EXPECT_EQ(json["logit_mismatches"], 0);
  EXPECT_EQ(json["circuits_note"], "");
}

/// Linear layers approximate, attention exact; then all approximate; then a layer of its own.
TEST_F(TransformerRun, ScopeAndLayersChooseTheMultipliers) {
  const std::string note = "; each layer's energy, leakage included, is that of an array of its own circuit";
  const auto note_of = [&](const std::vector<std::string>& options) {
    std::vector<std::string> all{"--multiplier", "trunc6", "--no-exact", "--engine", "table"};
    all.insert(all.end(), options.begin(), options.end());
    const ProcessResult result = simulate_vit(all);
    EXPECT_EQ(result.exit_code, 0) << result.output;
    EXPECT_EQ(summary()["logit_mismatches"], 0);
    return summary()["circuits_note"].get<std::string>();
  };
  EXPECT_EQ(note_of({}), "Multipliers by layer: trunc6 in 10 layers, exact in 4 layers" + note);
  EXPECT_EQ(note_of({"--set", "multiplier_scope=all"}), "");
  EXPECT_EQ(note_of({"--set", "multiplier_scope=all", "--set", "multiplier_layers=head=exact, *.fc1=trunc4"}),
            "Multipliers by layer: trunc6 in 11 layers, trunc4 in 2 layers, exact in 1 layer" + note);
  EXPECT_NE(read_file(out() / "layers.csv").find("\ntrunc6,blocks.0.mlp.fc1,linear,trunc4,65,32,64,"),
            std::string::npos);
}

/// Two's complement codes of 8 and of 4 bits; exact (attention included) is then the Baugh-Wooley multiplier.
TEST_F(TransformerRun, SignedCodes) {
  const auto run = [&](const std::string& engine, const std::string& multiplier, const std::string& bits) {
    std::vector<std::string> words = {"--engine",     engine,
                                      "--multiplier", multiplier,
                                      "--set",        "quantise.codes=signed",
                                      "--set",        "quantise.bits=" + bits,
                                      "--set",        "quantise.stream_bits=12",
                                      "--set",        "quantise.score_bits=8",
                                      "--set",        "quantise.equalise=no"};
    if (engine == "table") words.insert(words.end(), {"--cosim", "100"});
    const ProcessResult result = simulate_vit(words);
    ASSERT_EQ(result.exit_code, 0) << result.output;
    EXPECT_EQ(summary()["logit_mismatches"], 0);
    EXPECT_GT(summary()["images"], 0);
  };
  for (const std::string engine : {"rtl", "table"}) {
    SCOPED_TRACE(engine);
    run(engine, "signed_trunc6", "8");
    run(engine, "signed_trunc3_4x4", "4");
  }
}

/// Layers of other bits on one array and on arrays of their own, narrower codes with their sign where they have one.
TEST_F(TransformerRun, BitsByLayer) {
  const auto run = [&](const std::string& engine, const std::string& codes, const std::string& width) {
    SCOPED_TRACE(engine + ' ' + codes + ' ' + width);
    std::vector<std::string> words = {"--engine", engine, "--no-exact", "--set", "quantise.codes=" + codes};
    for (const std::string& setting :
         {std::string("quantise.bits=5"), std::string("quantise.layer_bits=first=8x6"), "array.width=" + width})
      words.insert(words.end(), {"--set", setting});
    if (engine == "table") words.insert(words.end(), {"--cosim", "100"});
    const ProcessResult result = simulate_vit(words);
    ASSERT_EQ(result.exit_code, 0) << result.output;
    EXPECT_EQ(summary()["logit_mismatches"], 0);
    EXPECT_NE(summary()["quantisation_note"].get<std::string>().find("8 x 6 in 1 layer, 5 x 5 in "), std::string::npos);
  };
  run("rtl", "signed", "network");
  run("table", "unsigned", "layer");
}

/// A file is read before its operands are known.
TEST_F(TransformerRun, AMultiplierFileThatDoesNotFitTheCodesIsNamed) {
  const auto refused = [&](const std::string& multiplier, std::vector<std::string> options, const std::string& text) {
    const std::string file = (folder_ / "file.blif").string();
    ASSERT_EQ(run_process({TRAM_AXM, "export", multiplier, "--format", "blif", "--out", file}, folder_).exit_code, 0);
    options.insert(options.begin(), {"--multiplier", file});
    expect_refused(simulate_vit(options), {"multiplier: 'file.blif' has " + text});
  };
  refused("trunc6", {"--set", "quantise.codes=signed"},
          "unsigned operands of 8 x 8 bits; signed ones of 8 bits, for quantise.codes: signed and "
          "quantise.bits: 8, are expected; quantise.codes: unsigned runs it so, multiplier_signed: yes reads it as "
          "signed\n");
  refused(
      "signed_trunc6", {},
      "signed operands of 8 x 8 bits; unsigned ones of 8 bits, for quantise.codes: "
      "unsigned and quantise.bits: 8, are expected; quantise.codes: signed runs it so, multiplier_signed: no reads it "
      "as unsigned\n");
  refused("signed_trunc3_4x4", {"--set", "quantise.codes=signed", "--set", "quantise.bits=6"},
          "signed operands of 4 x 4 bits; signed ones of 6 to 8 bits, for ");
  refused("exact_dadda_5x6", {"--set", "quantise.weight_bits=5", "--set", "quantise.activation_bits=7"},
          "unsigned operands of 5 x 6 bits; unsigned ones of 5 to 8 x 7 to 8 bits, for quantise.codes: unsigned and "
          "codes of "
          "5 x 7 bits, are expected");
  refused("exact_dadda_5x6", {"--set", "quantise.bits=6"},
          "unsigned operands of 5 x 6 bits; unsigned ones of 6 to 8 bits, for ");
}

TEST_F(TransformerRun, ALayerThatIsNotThereIsNamed) {
  const ProcessResult result = simulate_vit({"--no-exact", "--set", "multiplier_layers=blocks.9.mlp.fc1=trunc4"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.output.find("tram_sim: multiplier_scope: 'blocks.9.mlp.fc1'; linear, attention, all or layers of "
                               "vit_shapes that multiply are expected\n"),
            std::string::npos)
      << result.output;
}

TEST_F(TransformerRun, CompensationMovesTheBiasesOfApproximateLayersOnly) {
  for (const char* scope : {"linear", "head"}) {
    const ProcessResult result =
        simulate_vit({"--multiplier", "trunc6", "--no-exact", "--engine", "table", "--set",
                      "quantise.compensation=mean_error", "--set", std::string("multiplier_scope=") + scope});
    ASSERT_EQ(result.exit_code, 0) << result.output;
    EXPECT_EQ(summary()["logit_mismatches"], 0) << scope;
  }
}

}  // namespace
}  // namespace tram
