#include "models/multiplier/import_multiplier.hpp"

#include <optional>
#include <sstream>
#include <utility>

#include "models/multiplier/blif_elaboration.hpp"
#include "models/multiplier/sign_reading.hpp"
#include "models/multiplier/table_file.hpp"
#include "models/multiplier/verilog_import.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"

namespace tram {

namespace fs = std::filesystem;

namespace {

/// The sign in the first comment line that to_blif or to_verilog writes.
std::optional<bool> declared_sign(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("# Multiplier ") && !line.starts_with("// Multiplier ")) continue;
    for (const auto& [word, is_signed] : {std::pair(", signed", true), std::pair(", unsigned", false)})
      if (line.find(word) != std::string::npos) return is_signed;
  }
  return std::nullopt;
}

/// Operands by position in the other order than their names suggest, where that matters.
bool looks_exchanged(const MultiplierFile& file) {
  if (!suggests_other_order(file.a_port, file.b_port)) return false;
  if (file.netlist.a.size() != file.netlist.b.size()) return true;
  if (file.netlist.a.size() > widest_table_operand) return true;
  const TruthTable table = truth_table(file.netlist);
  return transposed(table).values != table.values;
}

/// Reads the sign and says what the file leaves open.
void settle_open_points(MultiplierFile& file, const std::string& where, const MultiplierFileOptions& options,
                        const std::optional<bool>& declared) {
  const SignReading sign = find_sign(product_codes(file.netlist), options.is_signed, declared);
  file.netlist.is_signed = sign.is_signed;
  if (!sign.note.empty()) file.notes.push_back(fmt::format("{} {}", where, sign.note));
  if (!options.swap_operands && looks_exchanged(file))
    file.notes.push_back(fmt::format("{} {}", where, order_note(file.a_port, file.b_port)));
}

}  // namespace

bool is_netlist_file(const fs::path& path) {
  return path.extension() == ".blif" || path.extension() == ".v" || path.extension() == ".sv";
}

Netlist parse_blif(const std::string& text, const std::string& file) { return elaborate_blif(text, file).netlist; }

MultiplierFile read_multiplier_file(const fs::path& path, const MultiplierFileOptions& options) {
  if (options.a_bits || options.b_bits || options.offset_codes || options.wrapped_products)
    throw InputError(path.string(),
                     "widths, offset codes or wrapped products given for a netlist; they are for "
                     "tables, only sign and operand order are expected");
  const std::string text = read_file(path);
  std::optional<bool> declared = declared_sign(text);
  ElaboratedBlif elaborated =
      path.extension() == ".blif" ? elaborate_blif(text, path.string()) : read_verilog(path, options.is_signed);
  if (elaborated.netlist.is_signed) declared = true;
  MultiplierFile file{std::move(elaborated.netlist), elaborated.a_port, elaborated.b_port, elaborated.product_port, {}};
  file.netlist.name = path.stem().string();
  if (options.swap_operands) {
    std::swap(file.netlist.a, file.netlist.b);
    std::swap(file.a_port, file.b_port);
  }
  settle_open_points(file, path.filename().string(), options, declared);
  return file;
}

Netlist read_multiplier(const fs::path& path, const MultiplierFileOptions& options) {
  return read_multiplier_file(path, options).netlist;
}

}  // namespace tram
