// Writes one SystemVerilog file with every multiplier under test and a top module that holds them side by side:
// inputs of 8 bit planes of 64 lanes, of which a multiplier takes the lowest it needs; product_o[k] is that of
// multiplier k. Usage: all_multipliers FILE
#include <cstdio>
#include <exception>

#include "models/multiplier/export_netlist.hpp"
#include "models/support/atomic_file.hpp"
#include "tests/equivalence/multipliers_under_test.hpp"

namespace tram {
namespace {

std::string top_module(const std::vector<Netlist>& multipliers) {
  std::string text = fmt::format(
      "module all_multipliers (\n  input  logic [511:0] a_i,\n  input  logic [511:0] b_i,\n"
      "  output logic [1023:0] product_o [{}]\n);\n",
      multipliers.size());
  for (size_t k = 0; k < multipliers.size(); ++k) {
    const size_t a = 64 * multipliers[k].a.size(), b = 64 * multipliers[k].b.size();
    const size_t product = 64 * multipliers[k].product.size();
    text += fmt::format(
        "  m{0} #(.LANES(64)) u{0} (.a_i(a_i[{1}:0]), .b_i(b_i[{2}:0]), "
        ".product_o(product_o[{0}][{3}:0]));\n",
        k, a - 1, b - 1, product - 1);
    if (product < 1024) text += fmt::format("  assign product_o[{}][1023:{}] = '0;\n", k, product);
  }
  return text + "endmodule\n";
}

std::string all_multipliers() {
  const std::vector<Netlist> multipliers = multipliers_under_test();
  std::string text;
  for (size_t k = 0; k < multipliers.size(); ++k) text += to_systemverilog(multipliers[k], fmt::format("m{}", k));
  return text + top_module(multipliers);
}

}  // namespace
}  // namespace tram

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: all_multipliers FILE\n");
    return 2;
  }
  try {
    tram::write_file(argv[1], tram::all_multipliers());
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "all_multipliers: %s\n", error.what());
    return 1;
  }
}
