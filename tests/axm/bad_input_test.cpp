// Exact messages for bad usage and input: one line, exit code 2, nothing written.
#include "tests/axm/axm_program.hpp"

namespace tram {
namespace {

class AxmBadInput : public AxmProgram {
 protected:
  void expect(const std::vector<std::string>& words, const std::string& message) {
    const ProcessResult result = run(words);
    EXPECT_EQ(result.exit_code, 2) << message;
    EXPECT_EQ(result.output, "tram_axm: " + message + "\n");
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path())) << message;
  }
};

TEST_F(AxmBadInput, VerbsAndOptions) {
  expect({"exprt"}, "verb: unknown 'exprt'; one that tram_axm --help lists is expected; did you mean 'export'?");
  expect({"metrics", "exact", "--jsn"},
         "--jsn: unknown option; one that tram_axm metrics --help lists is expected; did you mean '--json'?");
  expect({"metrics", "exact", "--json=1"}, "--json: a value; none is expected");
  expect({"metrics", "exact", "--histogram"}, "--histogram: no value; FILE is expected");
  expect({"metrics", "exact", "--histogram", "a", "--histogram", "b"},
         "--histogram: given more than once; once is expected");
  expect({"export", "exact", "--out", "x", "--format", "png"},
         "--format: 'png'; one of sv, verilog, blif, lut, header, npy is expected");
  expect({"export", "exact"}, "export: no --out; --out FILE is expected");
  expect({"export", "exact", "--out", "x", "--name", "1x"}, "--name: '1x'; letters, digits and _ are expected");
}

TEST_F(AxmBadInput, Words) {
  expect({"metrics"}, "metrics: no multiplier; at least one multiplier is expected");
  expect({"show"}, "show: no multiplier; one multiplier is expected");
  expect({"show", "exact", "trunc6"}, "show: stray 'trunc6' after 'exact'; one multiplier is expected");
  expect({"list", "exact"}, "list: stray 'exact'; options only are expected");
}

TEST_F(AxmBadInput, FilesAndNames) {
  expect({"metrics", "no.blif"}, "no.blif: cannot be read: No such file or directory; an existing file is expected");
  expect({"show", "no.axm.json"},
         "no.axm.json: cannot be read: No such file or directory; an existing file is expected");
  expect({"export", "exact", "--out", "no/x.sv"},
         "no/x.sv: cannot be written: No such file or directory; a writable place is expected");
  expect({"show", "drum6"},
         "show: 'drum6' is not made of partial products and adders; a structure is expected (tram_axm metrics and area "
         "describe any multiplier)");
}

TEST_F(AxmBadInput, Mapping) {
  expect({"map"}, "map: no --out; --out FILE.axm.json is expected");
  expect({"map", "--theta", "1,2", "--out", "x.axm.json"}, "--theta: '2' is out of range; 0 to 1 is expected");
  expect({"map", "--theta", "1,,1", "--out", "x.axm.json"},
         "--theta: '1,,1' has an empty entry; values between commas are expected");
  expect({"map", "--theta", "1", "--out", "x.json"}, "--out: 'x.json'; a name that ends in .axm.json is expected");
  expect({"map", "--theta", "1", "--budget", "4", "--out", "x.axm.json"},
         "--budget: does nothing with --method published; leave it out");
  expect({"map", "--method", "weighted", "--out", "x.axm.json"},
         "map: no budget; --budget MSE or --cost SHARE is expected");
  expect({"map", "--theta", "1", "--bits", "8,8,8", "--out", "x.axm.json"},
         "--bits: 3 widths; one or two are expected");
}

TEST_F(AxmBadInput, Power) {
  if (!can_map()) GTEST_SKIP() << "yosys or osu018 is not installed";
  expect({"power", "exact"}, "power: no --liberty; --liberty NAME|FILE is expected");
  expect({"power", "exact", "--liberty", osu018, "--delays", "some"},
         "--delays: 'some'; one of library, zero is expected");
  expect({"power", "exact", "--liberty", osu018, "--period", "4"},
         "--period: '4' has no unit; a time such as 60 ns is expected");
  expect({"power", "exact", "--liberty", osu018, "--period", "0ns"},
         "--period: '0ns' is out of range; 1 fs to 1 s is expected");
  expect({"power", "exact", "--liberty", osu018, "--pairs", "0"},
         "--pairs: '0' is out of range; 1 to 10000000 is expected");
  expect({"power", "exact", "--liberty", osu018, "--top", "m"},
         "--top: given without --mapped; both or none are expected");
  expect({"compare", "exact", "exact_signed_dadda", "--liberty", osu018},
         "compare: 'exact' is 8 x 8 bits unsigned, 'exact_signed_dadda' is 8 x 8 bits signed; equal operands are "
         "expected");
  expect({"compare", "exact", "--liberty", "osu018,"},
         "--liberty: 'osu018,' has an empty entry; values between commas are expected");
}

}  // namespace
}  // namespace tram
