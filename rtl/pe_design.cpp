#include "rtl/pe_design.hpp"

#include <algorithm>
#include <bit>
#include <set>
#include <utility>

#include "models/cells/mapping/technology_mapping.hpp"
#include "models/cells/netlist/mapped_verilog.hpp"
#include "models/support/error.hpp"
#include "rtl_sources.hpp"

namespace tram {
namespace {

/// Top modules by PeKind, and their texts.
struct PeSource {
  const char* top;
  const char* text;
};
constexpr PeSource pe_sources[] = {{"tram_pe", embedded::tram_pe_sv},
                                   {"tram_gated_pe", embedded::tram_gated_pe_sv},
                                   {"tram_hidden_pe", embedded::tram_hidden_pe_sv}};

/// The multiplier that tram_pe instantiates, of cells already.
std::string multiplier_wrapper(const Netlist& multiplier) {
  return fmt::format(R"(
module tram_multiplier #(parameter int unsigned LANES = 1) (
  input  logic [{}:0] a_i,
  input  logic [{}:0] b_i,
  output logic [{}:0] product_o
);
  multiplier_cells cells (.a_i(a_i), .b_i(b_i), .product_o(product_o));
endmodule
)",
                     multiplier.a.size() - 1, multiplier.b.size() - 1, multiplier.product.size() - 1);
}

std::vector<std::string> cell_types(const MappedNetlist& netlist) {
  std::set<std::string> names;
  for (const MappedCell& cell : netlist.cells()) names.insert(cell.type->name);
  return {names.begin(), names.end()};
}

/// Product bits, from the lowest, that are constant 0; one bit at least stays.
int constant_low_bits(const Netlist& multiplier) {
  const auto live =
      std::find_if(multiplier.product.begin(), multiplier.product.end() - 1, [](Net net) { return net != net_zero; });
  return static_cast<int>(live - multiplier.product.begin());
}

void check_widths(const Netlist& multiplier) {
  const size_t a = multiplier.a.size(), b = multiplier.b.size();
  if (std::min(a, b) < 2 || std::max(a, b) > 8 || multiplier.product.size() != a + b)
    throw InputError("multiplier " + multiplier.name,
                     fmt::format("has {} x {} operand and {} product bits; the PE takes 2 to 8 bits an operand, and "
                                 "their sum in the product",
                                 a, b, multiplier.product.size()));
}

}  // namespace

PeDesign map_pe(const Netlist& multiplier, int rows, std::shared_ptr<const Library> library, AdderCells adders,
                const std::filesystem::path& cache_folder, const std::string& script, PeKind kind) {
  check_widths(multiplier);
  if (rows < 1 || rows > 4096) throw InputError("array.rows", fmt::format("{}; 1 to 4096 are expected", rows));
  const int product_lsb = constant_low_bits(multiplier);
  const int growth = std::max(1, static_cast<int>(std::bit_width(static_cast<unsigned>(rows - 1))));
  const auto product_bits = static_cast<int>(multiplier.product.size());
  const int psum_planes = product_bits - product_lsb + growth;
  const PeSource& pe_source = pe_sources[static_cast<size_t>(kind)];
  MappingOptions options;
  options.top = pe_source.top;
  options.parameters = {{"WEIGHT_BITS", std::to_string(multiplier.a.size())},
                        {"ACTIVATION_BITS", std::to_string(multiplier.b.size())},
                        {"PRODUCT_BITS", std::to_string(product_bits)},
                        {"PRODUCT_LSB", std::to_string(product_lsb)},
                        {"PSUM_BITS", std::to_string(psum_planes)}};
  if (kind == PeKind::plain) options.parameters.emplace("LANES", "1");
  if (multiplier.is_signed) options.parameters.emplace("PRODUCT_SIGNED", "1");
  if (multiplier.sign_magnitude) options.parameters.emplace("PRODUCT_SIGN_MAGNITUDE", "1");
  options.cache_folder = cache_folder;
  MultiplierMappingOptions multiplier_options;
  multiplier_options.adders = adders;
  multiplier_options.script = script;
  multiplier_options.cache_folder = cache_folder;
  const MappedNetlist cells = map_multiplier(multiplier, library, multiplier_options);
  options.kept_cells = cell_types(cells);
  const std::vector<SourceText> sources = {{"multiplier_cells.v", to_verilog(cells, "multiplier_cells")},
                                           {"tram_multiplier.sv", multiplier_wrapper(multiplier)},
                                           {"tram_adder.sv", embedded::tram_adder_sv},
                                           {std::string(pe_source.top) + ".sv", pe_source.text}};
  MappedNetlist pe = map_to_library(sources, std::move(library), options);
  PeContract contract = pe_contract(pe);
  const bool has_sign = multiplier.is_signed || multiplier.sign_magnitude;
  return {product_lsb, psum_planes, has_sign, std::move(pe), std::move(contract)};
}

}  // namespace tram
