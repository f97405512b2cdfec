// The adder of the mapped PE, cell by cell as map_pe returns it, proved equal to rtl/tram_adder.sv by Yosys' SAT
// solver.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "models/multiplier/array_multiplier.hpp"
#include "models/multiplier/catalogue.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/process.hpp"
#include "rtl/pe_design.hpp"
#include "tests/support/source_dir.hpp"

namespace tram {
namespace {

constexpr char osu018[] = "/usr/share/qflow/tech/osu018/osu018_stdcells.lib";

/// `assign n<net> = name[i];` for the nets of the register name[0], name[1], ..; count is how many there are.
std::string register_nets(const MappedNetlist& pe, const std::string& name, const std::string& input, int& count) {
  std::string text;
  for (count = 0;; ++count) {
    NetId net = 0;
    while (net < pe.net_count() && pe.net_name(net) != fmt::format("{}[{}]", name, count)) ++net;
    if (net == pe.net_count()) return text;
    text += fmt::format("assign n{} = {}[{}];\n", net, input, count);
  }
}

/// Verilog of the cells of the part "adder" as instances: module gate with the ports of tram_adder.
std::string adder_cells(const MappedNetlist& pe, int& bits, int& b_bits) {
  std::string body = register_nets(pe, "psum_q", "a_i", bits) + register_nets(pe, "product_q", "b_i", b_bits);
  for (const MappedCell& cell : pe.cells()) {
    if (cell.part != "adder") continue;
    std::string pins;
    for (size_t pin = 0; pin < cell.pins.size(); ++pin)
      if (cell.pins[pin] != no_net)
        pins += fmt::format("{}.{}(n{})", pins.empty() ? "" : ", ", cell.type->pins[pin].name, cell.pins[pin]);
    body += fmt::format("{} u{} ({});\n", cell.type->name, &cell - pe.cells().data(), pins);
  }
  std::string wires = fmt::format("wire n{} = 1'b0;\nwire n{} = 1'b1;\n", constant_zero, constant_one);
  for (NetId net = constant_one + 1; net < pe.net_count(); ++net) wires += fmt::format("wire n{};\n", net);
  const std::vector<NetId>& sum = pe.find_port("psum_o")->bits;
  for (size_t i = 0; i < sum.size(); ++i) body += fmt::format("assign sum_o[{}] = n{};\n", i, sum[i]);
  return fmt::format("module gate (input [{0}:0] a_i, input [{1}:0] b_i, output [{0}:0] sum_o);\n{2}{3}endmodule\n",
                     bits - 1, b_bits - 1, wires, body);
}

class MappedAdderProof : public testing::Test {
 protected:
  void SetUp() override {
    if (find_program("yosys").empty()) GTEST_SKIP() << "yosys is not installed";
    folder_ = std::filesystem::temp_directory_path() / fmt::format("tram_adder_proof_{}", getpid());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override {
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
  }

  /// Whether gate equals the RTL for all operands; cells have the functions that Yosys reads in the Liberty file.
  ProcessResult prove(const std::string& gate, int bits, int b_bits, bool is_signed) const {
    write_file(folder_ / "gate.v", gate);
    return run_process(
        {"yosys", "-q", "-p",
         fmt::format("read_verilog -sv {0}/rtl/tram_adder.sv; hierarchy -top tram_adder -chparam BITS {1} "
                     "-chparam B_BITS {2} -chparam B_SIGNED {4}; proc; flatten; rename -top gold; design -stash rtl; "
                     "read_liberty -ignore_miss_func {3}; read_verilog gate.v; hierarchy -check -top gate; flatten; "
                     "design -stash cells; design -copy-from rtl gold; design -copy-from cells gate; "
                     "miter -equiv -flatten -make_outputs gold gate miter; sat -verify -prove trigger 0 miter",
                     TRAM_SOURCE_DIR, bits, b_bits, osu018, is_signed ? 1 : 0)},
        folder_);
  }

  void check(const Netlist& multiplier, int columns) const {
    const PeDesign pe = map_pe(multiplier, 64, read_liberty(osu018));
    int bits = 0, b_bits = 0;
    const std::string gate = adder_cells(pe.netlist, bits, b_bits);
    ASSERT_EQ(bits, pe.psum_planes);
    ASSERT_EQ(b_bits, 16 - columns);
    const ProcessResult proof = prove(gate, bits, b_bits, pe.is_signed);
    EXPECT_EQ(proof.exit_code, 0) << proof.output;

    const std::string last = fmt::format("assign sum_o[{}] = n", bits - 1);  // one inverted bit must be found
    std::string wrong = gate;
    wrong.replace(wrong.find(last), last.size(), fmt::format("assign sum_o[{}] = ~n", bits - 1));
    const ProcessResult refuted = prove(wrong, bits, b_bits, pe.is_signed);
    EXPECT_NE(refuted.exit_code, 0);
    EXPECT_NE(refuted.output.find("proof did fail"), std::string::npos) << refuted.output;
  }

  std::filesystem::path folder_;
};

TEST_F(MappedAdderProof, OfExact) { check(array_multiplier(), 0); }
TEST_F(MappedAdderProof, OfTrunc6) { check(array_multiplier(8, 6), 6); }
TEST_F(MappedAdderProof, OfSignedExact) { check(find_multiplier("exact_signed_array"), 0); }

}  // namespace
}  // namespace tram
