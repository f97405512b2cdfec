#include "models/cells/mapping/technology_mapping.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "models/cells/timing/static_timing.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/process.hpp"
#include "models/support/temporary_folder.hpp"
#include "tests/cells/netlist_simulation.hpp"
#include "tests/cells/test_library.hpp"
#include "tests/support/message_of.hpp"

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
      ASSERT_EQ(simulation.port("s"), ((a * b & mask) + c) & sum_mask)
          << netlist.library().name << " " << a << " " << b;
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

/// A file that still is a netlist, with a wire that is another: it is not taken.
void expect_other_wires_are_noticed(const MappingOptions& options, const std::shared_ptr<const Library>& library,
                                    const std::filesystem::path& file) {
  const std::string netlist = connections_text(map_to_library({source}, library, options));
  std::string json = read_file(file);
  const size_t digit = json.find_first_of("2345678", json.find("\"connections\""));
  ASSERT_NE(digit, std::string::npos);
  json[digit] = static_cast<char>(json[digit] + 1);
  write_file(file, json);
  EXPECT_EQ(connections_text(map_to_library({source}, library, options)), netlist);
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
  testing::internal::CaptureStderr();
  EXPECT_EQ(map_to_library({source}, library, cached).cells().size(), cells);
  EXPECT_NE(testing::internal::GetCapturedStderr().find(files()[0].string() + ": is damaged"), std::string::npos);
  EXPECT_EQ(map_to_library({source}, library, cached).cells().size(), cells);
  EXPECT_EQ(files().size(), 1u);
  expect_other_wires_are_noticed(cached, library, files()[0]);
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
  write_file(file,
             "module t (input a, b, output y, z);\n  wire n;\n  NAND2 u1 (.A(a), .B(b), .Y(n));\n"
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

TEST_F(RealMapping, NoNameOfAFolderIsPartOfAScript) {
  const TemporaryFolder folder;
  const std::filesystem::path place = folder.path() / "q\"; ! touch ran; '$(touch ran)` x";
  std::filesystem::create_directory(place);
  const char* before = std::getenv("TMPDIR");
  const std::string old = before ? before : "";
  setenv("TMPDIR", place.c_str(), 1);
  MappingOptions with_script = options("0");
  with_script.delay_target = 1;
  const auto library = read_liberty(real_libraries().front());
  expect_mac(map_to_library({source}, library, options("0")), 0xff);
  expect_mac(map_to_library({source}, library, with_script), 0xff);
  before ? setenv("TMPDIR", old.c_str(), 1) : unsetenv("TMPDIR");
  EXPECT_TRUE(std::filesystem::is_empty(place));
}

TEST_F(RealMapping, MappedVerilogReadsNoOtherFileAndHasNoUnknownPins) {
  const TemporaryFolder folder;
  const auto error_of = [&](const std::string& text) {
    write_file(folder.path() / "m.v", text);
    return message_of<InputError>([&] { read_mapped_verilog(folder.path() / "m.v", "t", test_library()); });
  };
  const std::string file = (folder.path() / "m.v").string();
  EXPECT_EQ(error_of("`include \"x.v\"\nmodule t(input a, output y); INV i(.A(a), .Y(y)); endmodule\n"),
            file + ":1: '`include' reads another file, or may; one file that holds the whole circuit is expected");
  EXPECT_EQ(error_of("module t(input a, output y); INV i(.A(1'bx), .Y(y)); endmodule\n"),
            file + ": pin A of cell 'i' is x; a net, 0 or 1 is expected");
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

}  // namespace
}  // namespace tram
