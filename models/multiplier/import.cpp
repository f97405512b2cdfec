#include "models/multiplier/import.hpp"

#include <utility>

#include "models/multiplier/blif_elaboration.hpp"
#include "models/multiplier/verilog_import.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"

namespace tram {

namespace fs = std::filesystem;

bool is_netlist_file(const fs::path& path) {
  return path.extension() == ".blif" || path.extension() == ".v" || path.extension() == ".sv";
}

Netlist parse_blif(const std::string& text, const std::string& file) {
  return elaborate_blif(text, file).netlist;
}

MultiplierFile read_multiplier_file(const fs::path& path, const MultiplierFileOptions& options) {
  if (options.a_bits || options.b_bits || options.offset_codes || options.wrapped_products)
    throw InputError(path.string(), "widths, offset codes or wrapped products given for a netlist; they are for "
                                    "tables, only sign and operand order are expected");
  ElaboratedBlif elaborated = path.extension() == ".blif" ? elaborate_blif(read_file(path), path.string())
                                                          : read_verilog(path, options.is_signed);
  MultiplierFile file{std::move(elaborated.netlist), elaborated.a_port, elaborated.b_port, elaborated.product_port};
  file.netlist.name = path.stem().string();
  file.netlist.is_signed = options.is_signed.value_or(file.netlist.is_signed);
  if (options.swap_operands) {
    std::swap(file.netlist.a, file.netlist.b);
    std::swap(file.a_port, file.b_port);
  }
  return file;
}

Netlist read_multiplier(const fs::path& path, const MultiplierFileOptions& options) {
  return read_multiplier_file(path, options).netlist;
}

}  // namespace tram
