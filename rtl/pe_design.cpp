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

/// The multiplier that tram_pe instantiates, of cells already; its a_i is the operand that the PE holds.
std::string multiplier_wrapper(const Netlist& multiplier, bool exchanged) {
  const char *const held = exchanged ? "b_i" : "a_i", *const streamed = exchanged ? "a_i" : "b_i";
  return fmt::format(R"(
module tram_multiplier #(parameter int unsigned LANES = 1) (
  input  logic [{}:0] a_i,
  input  logic [{}:0] b_i,
  output logic [{}:0] product_o
);
  multiplier_cells cells (.{}(a_i), .{}(b_i), .product_o(product_o));
endmodule
)",
                     (exchanged ? multiplier.b : multiplier.a).size() - 1,
                     (exchanged ? multiplier.a : multiplier.b).size() - 1, multiplier.product.size() - 1, held,
                     streamed);
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

/// Of a PE, the bits of its operands and what a partial sum needs.
struct PeWidths {
  int held = 0, streamed = 0;
  int product = 0, product_lsb = 0;
  int growth = 0;  ///< of a sum of as many products as the array has rows

  PeWidths(const Netlist& multiplier, int rows, bool exchanged)
      : held(static_cast<int>((exchanged ? multiplier.b : multiplier.a).size())),
        streamed(static_cast<int>((exchanged ? multiplier.a : multiplier.b).size())),
        product(static_cast<int>(multiplier.product.size())), product_lsb(constant_low_bits(multiplier)),
        growth(std::max(1, static_cast<int>(std::bit_width(static_cast<unsigned>(rows - 1))))) {}

  int sum() const { return product - product_lsb + growth; }
};

std::map<std::string, std::string> parameters_of(const PeSource& source, const Netlist& multiplier,
                                                 const PeWidths& widths) {
  std::map<std::string, std::string> parameters = {
      {"WEIGHT_BITS", std::to_string(widths.held)},     {"ACTIVATION_BITS", std::to_string(widths.streamed)},
      {"PRODUCT_BITS", std::to_string(widths.product)}, {"PRODUCT_LSB", std::to_string(widths.product_lsb)},
      {"PSUM_BITS", std::to_string(widths.sum())},      {"LANES", "1"}};
  if (multiplier.is_signed) parameters.emplace("PRODUCT_SIGNED", "1");
  if (multiplier.sign_magnitude) parameters.emplace("PRODUCT_SIGN_MAGNITUDE", "1");
  std::erase_if(parameters, [&](const auto& parameter) { return !source.has_parameter(parameter.first); });
  return parameters;
}

void check_operands(const MappedNetlist& pe, const PeContract& contract, const PeWidths& widths) {
  const auto check = [&](Operand operand, Motion motion, Direction direction, int bits) {
    const OperandPorts& ports = contract[operand];
    if (ports.motion != motion || ports.direction != direction)
      throw InputError("PE " + pe.name(), fmt::format("the {0} has another motion or direction; '{0} {1}' is expected",
                                                      to_string(operand), roles_text(motion, direction)));
    if (ports.bits() != bits && (operand != Operand::sum || ports.bits() < bits))
      throw InputError("PE " + pe.name(),
                       fmt::format("port '{}' has {} bits; {}{} are expected", ports.input.name, ports.bits(), bits,
                                   operand == Operand::sum ? " or more, of a product and of its sum over all rows,"
                                                           : ", those of the multiplier's operand,"));
  };
  check(Operand::weight, Motion::held, Direction::south, widths.held);
  check(Operand::activation, Motion::streams, Direction::east, widths.streamed);
  check(Operand::sum, Motion::streams, Direction::south, widths.sum());
}

MappedNetlist map_source(const PeSource& source, const MappedNetlist& multiplier_cells, const Netlist& multiplier,
                         std::shared_ptr<const Library> library, const PeWidths& widths, const PeOptions& pe_options) {
  MappingOptions options;
  options.top = source.top;
  options.parameters = parameters_of(source, multiplier, widths);
  options.cache_folder = pe_options.cache_folder;
  options.kept_cells = cell_types(multiplier_cells);
  std::vector<SourceText> sources = {{"multiplier_cells.v", to_verilog(multiplier_cells, "multiplier_cells")},
                                     {"tram_multiplier.sv", multiplier_wrapper(multiplier, pe_options.exchanged)},
                                     {"tram_adder.sv", embedded::tram_adder_sv}};
  sources.insert(sources.end(), source.files.begin(), source.files.end());
  return map_to_library(sources, std::move(library), options);
}

}  // namespace

PeKind kind_of(const PeContract& contract) {
  if (contract.has(Operand::swap)) return PeKind::hidden;
  return contract.is_gated() ? PeKind::gated : PeKind::plain;
}

PeDesign map_pe(const Netlist& multiplier, int rows, std::shared_ptr<const Library> library, const PeOptions& options) {
  check_widths(multiplier);
  if (rows < 1 || rows > 4096) throw InputError("array.rows", fmt::format("{}; 1 to 4096 are expected", rows));
  PeWidths widths(multiplier, rows, options.exchanged);
  if (!options.source.has_parameter("PRODUCT_LSB")) widths.product_lsb = 0;
  MultiplierMappingOptions multiplier_options;
  multiplier_options.adders = options.adders;
  multiplier_options.script = options.script;
  multiplier_options.cache_folder = options.cache_folder;
  const MappedNetlist cells = map_multiplier(multiplier, library, multiplier_options);
  MappedNetlist pe = map_source(options.source, cells, multiplier, std::move(library), widths, options);
  PeContract contract = pe_contract(pe, options.source.roles);
  check_operands(pe, contract, widths);
  if (std::ranges::none_of(pe.cells(), [](const MappedCell& cell) { return cell.part == "multiplier"; }))
    throw InputError("PE " + pe.name(),
                     "has no cells in an instance `multiplier`; an instance of tram_multiplier with that name is "
                     "expected");
  const int psum_planes = contract[Operand::sum].bits();
  const bool has_sign = multiplier.is_signed || multiplier.sign_magnitude;
  return {widths.product_lsb, psum_planes, has_sign, std::move(pe), std::move(contract)};
}

}  // namespace tram
