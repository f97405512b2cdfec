// What a Verilog file cannot make Yosys do: read other files, call programs, or change the script by its name.
#include "models/multiplier/verilog_source.hpp"

#include <gtest/gtest.h>

#include "models/multiplier/array_multiplier.hpp"
#include "models/multiplier/import_multiplier.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/process.hpp"
#include "models/support/temporary_folder.hpp"
#include "tests/support/message_of.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

std::string error_of(const std::string& text) {
  return message_of<InputError>([&] { checked_verilog(text, "m.v"); });
}

TEST(VerilogSource, WhatReadsOtherFilesOrCallsProgramsIsRefusedByLine) {
  EXPECT_EQ(error_of("module m;\n`include \"x.v\"\n"),
            "m.v:2: '`include' reads another file, or may; one file that holds the whole circuit is expected");
  EXPECT_EQ(error_of("/* two\nlines */ initial $readmemh(\"t.hex\", t);"),
            "m.v:2: '$readmemh' in a circuit; logic that needs no file and no system task is expected");
  for (const char* task : {"$readmemb", "$fopen", "$system", "$random", "$dumpfile"})
    EXPECT_NE(error_of(task), "") << task;
  EXPECT_EQ(error_of("\nimport \"DPI-C\" function int system(string c);"),
            "m.v:2: a DPI import, which calls a program; logic is expected");
}

/// Each of these makes Yosys' preprocessor, or its scanner, put a forbidden word together.
TEST(VerilogSource, PiecesThatMacrosCouldJoinAreRefused) {
  for (const char* text :
       {"`define M() `in\n`M()clude \"x.v\"", "`define T() `\n`T()include \"x.v\"",
        "`define J(x) `in``x\n`J(clude) \"x.v\"", "`define R read\ninitial $`R``memh(\"x\", t);",
        "`define R() read\ninitial $`R()memh(\"x\", t);", "`define D $\ninitial `D`R(\"x\", t);",
        "initial \\$readmemh (\"x\", t);", "`define R memh\ninitial \\$read`R (\"x\", t);", "`define E \\$read\n",
        "`define J(x) x\ninitial `J(\\$read)memh (\"x\", t);", "`define M\ninitial `M$readmemh(\"x\", t);",
        "`define Q() \"D\n`Q()PI-C\" function", "wire [3:0] w = 4'h1$readmemh;"})
    EXPECT_NE(error_of(text), "") << text;
}

TEST(VerilogSource, WhatCircuitsHoldIsKept) {
  const std::string text =
      "`timescale 1ns/1ps\n`define W 8\n`define LOW(x) x[3:0]\n(* src = \"a/b.v:1\" *)\n"
      "module m(input signed [`W-1:0] a, output n$1, \\$abc$12$n3 , \\u/q[0] );\n"
      "assign n$1 = $signed(`LOW(a)) > $clog2(3); // synthesis translate_off\n"
      "initial $display(\"100 %% // no comment\");\n// synopsys translate_on\nendmodule\n";
  EXPECT_EQ(checked_verilog(text, "m.v"), text);
  EXPECT_EQ(checked_verilog("a // `include\nb /* $readmemh\n */ c /* synopsys full_case */", "m.v"),
            "a  \nb  \n c /* synopsys full_case */");
}

class VerilogNames : public testing::Test {
 protected:
  void SetUp() override {
    if (find_program("yosys").empty()) GTEST_SKIP() << "yosys is not installed";
  }
  fs::path write(const std::string& name, const std::string& product) {
    const fs::path file = folder_.path() / name;
    fs::create_directories(file.parent_path());
    write_file(file, "module m(input [7:0] a, b, output [15:0] p); assign p = " + product + "; endmodule\n");
    return file;
  }
  TemporaryFolder folder_;
};

TEST_F(VerilogNames, AFilesNameIsNoPattern) {
  write("mul1.v", "a + b");
  for (const char* name :
       {"mul[1].v", "mul?.v", "two words.v", "quo\"te.v", "semi;colon.v", "-v.v", "line\nbreak.v", "$(x)`y`.v"})
    EXPECT_EQ(truth_table(read_multiplier(write(name, "a * b"))).values, exact_table().values) << name;
}

TEST_F(VerilogNames, NoFolderIsPartOfAScript) {
  const fs::path place = folder_.path() / "q\"; ! touch ran; '$(touch ran)` x";
  const fs::path file = write((place / "m.v").string(), "a * b");
  const char* before = std::getenv("TMPDIR");
  const std::string old = before ? before : "";
  setenv("TMPDIR", place.c_str(), 1);
  const fs::path working = fs::current_path();
  fs::current_path(place);
  const TruthTable table = truth_table(read_multiplier("m.v"));
  fs::current_path(working);
  before ? setenv("TMPDIR", old.c_str(), 1) : unsetenv("TMPDIR");
  EXPECT_EQ(table.values, exact_table().values);
  EXPECT_EQ(std::distance(fs::directory_iterator(place), {}), 1) << "the file alone";
}

TEST_F(VerilogNames, ALimitThatIsHitIsNamedWithTheFile) {
  const fs::path file = write("m.v", "a * b");
  setenv("TRAM_TOOL_SECONDS", "0.001", 1);
  EXPECT_EQ(message_of<InputError>([&] { read_multiplier(file); }),
            file.string() + ": yosys: ended after 0.001 s, its limit; $TRAM_TOOL_SECONDS sets another");
  unsetenv("TRAM_TOOL_SECONDS");
}

}  // namespace
}  // namespace tram
