#include "models/power/technology_mapping.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "models/power/static_timing.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/process.hpp"
#include "tests/power/test_library.hpp"
#include "tests/power/netlist_simulation.hpp"

namespace tram {
namespace {

const SourceText source{"mac.sv", R"(
module product #(parameter int W = 4, parameter int CUT = 0) (input logic [W-1:0] a, b, output logic [2*W-1:0] p);
  assign p = ((a * b) >> CUT) << CUT;
endmodule
module sum #(parameter int W = 4) (input logic [2*W-1:0] x, y, output logic [2*W-1:0] s);
  assign s = x + y;
endmodule
module mac #(parameter int W = 2, parameter int CUT = 0) (
    input logic clk, input logic [W-1:0] a, b, input logic [2*W-1:0] c, output logic [2*W-1:0] s);
  logic [W-1:0] a_q, b_q;
  logic [2*W-1:0] p, p_q, s_d;
  product #(.W(W), .CUT(CUT)) multiplier (.a(a_q), .b(b_q), .p(p));
  sum #(.W(W)) adder (.x(p_q), .y(c), .s(s_d));
  always_ff @(posedge clk) begin
    a_q <= a;
    b_q <= b;
    p_q <= p;
    s <= s_d;
  end
endmodule
)"};

MappingOptions options(const std::string& cut) {
  MappingOptions options;
  options.top = "mac";
  options.parameters = {{"W", "4"}, {"CUT", cut}};
  options.use_cache = false;
  return options;
}

// Multiplier of bits x bits between registers: every pair of operands, against arithmetic.
void expect_mac(const MappedNetlist& netlist, uint64_t mask, int bits = 4) {
  const uint64_t codes = uint64_t{1} << bits, sum_mask = codes * codes - 1;
  NetlistSimulation simulation(netlist);
  simulation.settle();
  EXPECT_EQ(simulation.port("s"), 0u) << "registers start at 0";
  for (uint64_t a = 0; a < codes; ++a) {
    for (uint64_t b = 0; b < codes; ++b) {
      const uint64_t c = (37 * a + 11 * b) & sum_mask;
      simulation.set_port("a", a);
      simulation.set_port("b", b);
      simulation.set_port("c", c);
      simulation.settle();
      for (int cycle = 0; cycle < 3; ++cycle) simulation.clock();
      ASSERT_EQ(simulation.port("s"), ((a * b & mask) + c) & sum_mask) << netlist.library().name << " " << a << " " << b;
    }
  }
}

class RealMapping : public testing::Test {
 protected:
  void SetUp() override {
    if (find_program("yosys").empty()) GTEST_SKIP() << "yosys is not installed";
    if (real_libraries().empty()) GTEST_SKIP() << "no Liberty file found";
  }
};

TEST_F(RealMapping, MacEqualsItsSourceInEveryLibrary) {
  for (const auto& file : real_libraries()) {
    const auto library = read_liberty(file);
    const MappedNetlist netlist = map_to_library({source}, library, options("0"));
    expect_mac(netlist, 0xff);
    EXPECT_EQ(netlist.flip_flops().size(), 24u) << file;
    EXPECT_GT(netlist.area("multiplier"), netlist.area("adder")) << file;
    EXPECT_NEAR(netlist.area("multiplier") + netlist.area("adder") + netlist.area(""), netlist.area(),
                1e-9 * netlist.area());
    const double path = static_timing(netlist).critical_path;
    EXPECT_GT(path, 1e-11) << file;
    EXPECT_LT(path, 2e-8) << file;
    std::set<std::string> parts;
    for (const MappedCell& cell : netlist.cells()) parts.insert(cell.part);
    EXPECT_EQ(parts, (std::set<std::string>{"", "adder", "multiplier"})) << file;
  }
}

TEST_F(RealMapping, TruncationSurvivesTheHierarchy) {
  const auto library = read_liberty(real_libraries().back());
  const MappedNetlist exact = map_to_library({source}, library, options("0"));
  const MappedNetlist cut = map_to_library({source}, library, options("3"));
  expect_mac(cut, 0xf8);
  EXPECT_LT(cut.area("multiplier"), exact.area("multiplier"));
  MappingOptions flat = options("3");
  flat.keep_hierarchy = false;
  const MappedNetlist one = map_to_library({source}, library, flat);
  expect_mac(one, 0xf8);
  EXPECT_DOUBLE_EQ(one.area(""), one.area());
}

TEST_F(RealMapping, DelayTargetBuysSpeedWithArea) {
  const auto library = read_liberty(real_libraries().back());
  MappingOptions fast = options("0");
  fast.parameters["W"] = "5";  // of the sizes that are quick to check, the one in which osu018 has most to gain
  fast.delay_target = 1e-12;
  MappingOptions slow = fast;
  slow.delay_target = 1e-6;
  const MappedNetlist quick = map_to_library({source}, library, fast);
  const MappedNetlist small = map_to_library({source}, library, slow);
  expect_mac(quick, 0x3ff, 5);
  expect_mac(small, 0x3ff, 5);
  const double quick_path = static_timing(quick).critical_path, small_path = static_timing(small).critical_path;
  EXPECT_LT(small.area(), 0.98 * quick.area());
  EXPECT_LT(quick_path, 0.95 * small_path);
  // A target between the two is met, and not for more area than the fastest.
  MappingOptions between = fast;
  between.delay_target = (quick_path + small_path) / 2;
  const MappedNetlist middle = map_to_library({source}, library, between);
  expect_mac(middle, 0x3ff, 5);
  EXPECT_LE(static_timing(middle).critical_path, *between.delay_target);
  EXPECT_LE(middle.area(), quick.area());
}

TEST_F(RealMapping, CacheIsKeyedByContentAndHealsItself) {
  const auto library = read_liberty(real_libraries().back());
  MappingOptions cached = options("0");
  cached.use_cache = true;
  cached.cache_folder = std::filesystem::path(testing::TempDir()) / "tram-mapping-cache";
  std::filesystem::remove_all(cached.cache_folder);
  const auto files = [&] {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(cached.cache_folder)) found.push_back(entry.path());
    return found;
  };
  const size_t cells = map_to_library({source}, library, cached).cells().size();
  ASSERT_EQ(files().size(), 1u);
  write_file(files()[0], "{ damaged");
  EXPECT_EQ(map_to_library({source}, library, cached).cells().size(), cells);
  EXPECT_EQ(map_to_library({source}, library, cached).cells().size(), cells);
  EXPECT_EQ(files().size(), 1u);
  cached.parameters["CUT"] = "2";
  map_to_library({source}, library, cached);
  EXPECT_EQ(files().size(), 2u);
  std::filesystem::remove_all(cached.cache_folder);
}

TEST_F(RealMapping, FailuresNameTheirCause) {
  const auto library = read_liberty(real_libraries().back());
  MappingOptions wrong = options("0");
  wrong.top = "nothing";
  EXPECT_THROW(map_to_library({source}, library, wrong), RunError);
  try {
    map_to_library({{"bad.sv", "module mac (input a; endmodule"}}, library, options("0"));
    FAIL();
  } catch (const RunError& error) {
    EXPECT_NE(std::string(error.what()).find("syntax error"), std::string::npos) << error.what();
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
  }
  wrong.top = "a; shell";
  EXPECT_THROW(map_to_library({source}, library, wrong), InputError);
}

TEST_F(RealMapping, MappedVerilogIsTakenAsItIs) {
  const auto file = std::filesystem::path(testing::TempDir()) / "mapped.v";
  write_file(file, "module t (input a, b, output y, z);\n  wire n;\n  NAND2 u1 (.A(a), .B(b), .Y(n));\n"
                   "  INV u2 (.A(n), .Y(y));\n  assign z = n;\nendmodule\n");
  const MappedNetlist netlist = read_mapped_verilog(file, "t", test_library());
  ASSERT_EQ(netlist.cells().size(), 2u);
  EXPECT_EQ(netlist.cells()[0].name, "u1");
  EXPECT_EQ(netlist.find_port("z")->bits[0], netlist.cells()[0].pins[2]);
  EXPECT_THROW(read_mapped_verilog(file, "other", test_library()), InputError);
  write_file(file, "module t (input a, output y);\n  BUF u1 (.A(a), .Y(y));\nendmodule\n");
  EXPECT_THROW(read_mapped_verilog(file, "t", test_library()), InputError);
  write_file(file, "module t (");
  EXPECT_THROW(read_mapped_verilog(file, "t", test_library()), InputError);
  EXPECT_THROW(read_mapped_verilog("/no/such/file.v", "t", test_library()), InputError);
  std::filesystem::remove(file);
}

TEST(TechnologyMapping, MissingYosysIsNamed) {
  ASSERT_EQ(setenv("PATH", "/nowhere", 1), 0);
  try {
    map_to_library({source}, test_library(), options("0"));
    FAIL();
  } catch (const InputError& error) {
    EXPECT_EQ(std::string(error.what()), "yosys: not found on PATH; install it (Debian package yosys)");
  }
}

TEST(TechnologyMapping, CacheFolderFollowsTheEnvironment) {
  ASSERT_EQ(setenv("TRAM_CACHE", "/c", 1), 0);
  EXPECT_EQ(default_cache_folder(), "/c");
  ASSERT_EQ(unsetenv("TRAM_CACHE"), 0);
  ASSERT_EQ(setenv("XDG_CACHE_HOME", "/x", 1), 0);
  EXPECT_EQ(default_cache_folder(), "/x/tram");
  ASSERT_EQ(unsetenv("XDG_CACHE_HOME"), 0);
  ASSERT_EQ(setenv("HOME", "/h", 1), 0);
  EXPECT_EQ(default_cache_folder(), "/h/.cache/tram");
}

}  // namespace
}  // namespace tram
