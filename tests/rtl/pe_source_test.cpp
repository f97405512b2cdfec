// Processing elements that users bring: the folder's files, their contract, and what is wrong with either in one line.
#include "rtl/pe_source.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "models/multiplier/array_multiplier.hpp"
#include "models/multiplier/catalogue.hpp"
#include "models/support/error.hpp"
#include "rtl/pe_design.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

class PeSourceTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name) << text; }

  /// What reading the folder, and mapping its PE for 8 rows, is refused with; without the folder's name.
  std::string refusal(const Netlist& multiplier = array_multiplier()) const {
    try {
      const auto library = read_liberty("/usr/share/qflow/tech/osu018/osu018_stdcells.lib");
      map_pe(multiplier, 8, library, {.source = read_pe(folder_)});
    } catch (const std::exception& error) {
      std::string text = error.what();
      if (const size_t at = text.find(folder_.string()); at == 0) text = text.substr(folder_.string().size());
      return text;
    }
    return "";
  }

  fs::path folder_;
};

const std::string ports =
    "(input logic clk, input logic load, input logic [7:0] w_in, input logic [7:0] x_in, input logic [19:0] sum_in,\n"
    "  output logic [7:0] w_out, output logic [7:0] x_out, output logic [19:0] sum_out);\n";
const std::string body =
    "  logic [15:0] product, product_q; logic [19:0] sum_q;\n"
    "  tram_multiplier multiplier (.a_i(w_out), .b_i(x_out), .product_o(product));\n"
    "  assign sum_out = sum_q + 20'(product_q);\n"
    "  always_ff @(posedge clk) begin\n"
    "    if (load) w_out <= w_in;\n    x_out <= x_in; product_q <= product; sum_q <= sum_in;\n  end\nendmodule\n";
const std::string contract =
    "top: my_pe  # the module\nclk: clock\nload: load\n\nw_in: weight held south\nx_in: activation streams east\n"
    "sum_in: sum streams south\nw_out: weight\nx_out: activation\nsum_out: sum\n";

TEST_F(PeSourceTest, ContractInAFile) {
  write("my_pe.sv", "module my_pe " + ports + body);
  write("contract.yaml", contract);
  const PeSource source = read_pe(folder_);
  EXPECT_EQ(source.top, "my_pe");
  EXPECT_EQ(source.roles.at("w_in"), "weight held south");
  EXPECT_EQ(refusal(), "");
}

TEST_F(PeSourceTest, TopIsTheModuleWithAttributes) {
  write(
      "a.sv",
      "// module no (* tram = \"clock\" *)\nmodule helper (input logic a, output logic b); assign b = a; endmodule\n");
  write("b.v",
        "module my_pe #(parameter int unsigned WEIGHT_BITS = 8, localparam int PRODUCT_LSB = 0)\n"
        "  ((* tram = \"clock\" *) input logic clk);\nendmodule\n");
  const PeSource source = read_pe(folder_);
  EXPECT_EQ(source.top, "my_pe");
  EXPECT_EQ(source.files.size(), 2U);
  EXPECT_TRUE(source.has_parameter("WEIGHT_BITS"));
  EXPECT_FALSE(source.has_parameter("PRODUCT_LSB"));
  EXPECT_FALSE(source.has_parameter("PSUM_BITS"));
}

TEST_F(PeSourceTest, NothingToRead) {
  EXPECT_EQ(refusal(), ": holds no .sv or .v file; the SystemVerilog of a processing element is expected");
  write("a.sv", "module a; endmodule\n");
  EXPECT_EQ(refusal(),
            ": no module has ports with attributes (* tram = \"...\" *), and there is no contract.yaml; one of "
            "them is expected");
}

TEST_F(PeSourceTest, WrongContracts) {
  write("my_pe.sv", "module my_pe " + ports + body);
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = contract;
    text.replace(text.find(from), from.size(), to);
    write("contract.yaml", text);
    return refusal();
  };
  EXPECT_EQ(with("top: my_pe ", "top: other "),
            "/contract.yaml: top 'other' is in no .sv or .v file of the folder; a module of them is expected");
  EXPECT_EQ(with("load: load", "load = load"),
            "/contract.yaml:3: 'load = load'; 'top: MODULE' or 'PORT: ROLE', as "
            "'weight_i: weight held south', is expected");
  EXPECT_EQ(with("load: load", "clk: load"), "/contract.yaml:3: 'clk' comes twice; once is expected");
  EXPECT_EQ(with("x_out: activation", "y_out: activation").substr(0, 50),
            "PE my_pe: port 'x_out' has the attribute tram = \"\"");
  EXPECT_EQ(with("w_in: weight held south", "w_in: weight streams south"),
            "PE my_pe: the weight has another motion or direction; 'weight held south' is expected");
}

TEST_F(PeSourceTest, WrongWidths) {
  write("my_pe.sv", "module my_pe " + ports + body);
  write("contract.yaml", contract);
  EXPECT_EQ(refusal(find_multiplier("exact_dadda_4x8")),
            "PE my_pe: port 'w_in' has 8 bits; 4, those of the multiplier's operand, are expected");
  std::string narrow = "module my_pe " + ports + body;
  for (size_t at = narrow.find("[19:0]"); at != std::string::npos; at = narrow.find("[19:0]"))
    narrow.replace(at, 6, "[16:0]");
  write("my_pe.sv", narrow);
  EXPECT_EQ(refusal(),
            "PE my_pe: port 'sum_in' has 17 bits; 19 or more, of a product and of its sum over all rows, are "
            "expected");
}

TEST_F(PeSourceTest, NoMultiplier) {
  std::string text = "module my_pe " + ports + body;
  const std::string instance = "tram_multiplier multiplier (.a_i(w_out), .b_i(x_out), .product_o(product));";
  text.replace(text.find(instance), instance.size(), "assign product = w_out * x_out;");
  write("my_pe.sv", text);
  write("contract.yaml", contract);
  EXPECT_EQ(refusal(),
            "PE my_pe: has no cells in an instance `multiplier`; an instance of tram_multiplier with that name "
            "is expected");
}

}  // namespace
}  // namespace tram
