// Parameters that would drop bits without a word end elaboration, in Yosys and in Verilator.
#include <gtest/gtest.h>

#include "models/support/atomic_file.hpp"
#include "models/support/process.hpp"
#include "models/support/temporary_folder.hpp"
#include "tests/support/source_dir.hpp"

namespace tram {
namespace {

constexpr char multiplier[] = R"(module tram_multiplier #(parameter int unsigned LANES = 1) (
  input logic [8*LANES-1:0] a_i, b_i, output logic [16*LANES-1:0] product_o);
  assign product_o = {a_i, b_i};
endmodule
)";

using Parameters = std::vector<std::pair<std::string, int>>;

class RtlParameters : public testing::Test {
 protected:
  RtlParameters() {
    write_file(folder_.path() / "tram_multiplier.sv", multiplier);
    for (const std::filesystem::path file :
         {"tram_adder.sv", "arrays/weight_stationary/tram_pe.sv", "arrays/weight_stationary/tram_row.sv"})
      std::filesystem::copy(std::filesystem::path(TRAM_SOURCE_DIR "/rtl") / file, folder_.path() / file.filename());
  }

  /// Whether the tool takes the module with these parameters.
  bool yosys_takes(const std::string& top, const Parameters& parameters) {
    std::string script = "read_verilog -sv tram_multiplier.sv tram_adder.sv tram_pe.sv tram_row.sv; hierarchy -top ";
    script += top;
    for (const auto& [name, value] : parameters) script += fmt::format(" -chparam {} {}", name, value);
    return run_process({"yosys", "-q", "-p", script}, folder_.path()).exit_code == 0;
  }
  bool verilator_takes(const std::string& top, const Parameters& parameters) {
    std::vector<std::string> command = {"verilator", "--lint-only", "-Wno-lint", "--top-module", top};
    for (const auto& [name, value] : parameters) command.push_back(fmt::format("-G{}={}", name, value));
    for (const char* file : {"tram_multiplier.sv", "tram_adder.sv", "tram_pe.sv", "tram_row.sv"})
      command.push_back(file);
    return run_process(command, folder_.path()).exit_code == 0;
  }

  void expect(bool is_taken, const std::string& top, const Parameters& parameters) {
    EXPECT_EQ(yosys_takes(top, parameters), is_taken) << top;
    EXPECT_EQ(verilator_takes(top, parameters), is_taken) << top;
  }

  TemporaryFolder folder_;
};

TEST_F(RtlParameters, OfTheAdder) {
  expect(true, "tram_adder", {{"BITS", 9}, {"B_BITS", 9}});
  expect(false, "tram_adder", {{"BITS", 4}, {"B_BITS", 9}});
  expect(false, "tram_adder", {{"BITS", 8}, {"B_BITS", 9}});
}

TEST_F(RtlParameters, OfTheProcessingElementAndTheRow) {
  for (const char* top : {"tram_pe", "tram_row"}) {
    expect(true, top, {{"PSUM_BITS", 17}, {"LANES", 2}});
    expect(true, top, {{"PSUM_BITS", 11}, {"PRODUCT_LSB", 6}, {"LANES", 2}});
    expect(false, top, {{"PSUM_BITS", 10}, {"LANES", 2}});
    expect(false, top, {{"PSUM_BITS", 16}, {"LANES", 2}});
    expect(false, top, {{"PRODUCT_LSB", 16}, {"LANES", 2}});
  }
}

}  // namespace
}  // namespace tram
