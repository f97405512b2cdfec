#include "models/multiplier/import.hpp"

#include <unistd.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "models/multiplier/blif.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/process.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

/// A bus by its bits: names such as A[0] .. A[7], in the order of first appearance of the bus.
struct Bus {
  std::string name;
  std::map<int, std::string> bits;
};

std::vector<Bus> buses(const std::vector<std::string>& names, const std::string& file, long line) {
  std::vector<Bus> found;
  for (const std::string& name : names) {
    const size_t bracket = name.find('[');
    const bool indexed = bracket != std::string::npos && bracket > 0 && name.back() == ']' &&
                         name.find_first_not_of("0123456789", bracket + 1) == name.size() - 1 &&
                         name.size() - bracket - 2 >= 1 && name.size() - bracket - 2 <= 3;
    if (!indexed) throw InputError(file, line, fmt::format("port '{}'; a bus bit such as A[0] is expected", name));
    const std::string bus = name.substr(0, bracket);
    auto at = std::find_if(found.begin(), found.end(), [&](const Bus& b) { return b.name == bus; });
    if (at == found.end()) at = found.insert(found.end(), Bus{bus, {}});
    at->bits[std::stoi(name.substr(bracket + 1))] = name;
  }
  for (const Bus& bus : found)
    if (bus.bits.rbegin()->first + 1 != static_cast<int>(bus.bits.size()) || bus.bits.begin()->first != 0)
      throw InputError(file, line, fmt::format("bus '{}' has gaps; bits 0 to n-1 are expected", bus.name));
  return found;
}

/// Builds gates for the nets that the outputs need.
class Elaborator {
 public:
  Elaborator(const BlifModel& model, const std::string& file)
      : model_(model), file_(file), inputs_(buses(model.inputs, file, model.inputs_line)),
        builder_(model.name, width(0), width(1), false) {
    for (size_t i = 0; i < model.covers.size(); ++i)
      if (!driver_.emplace(model.covers[i].output, i).second)
        throw InputError(file, model.covers[i].line, fmt::format("net '{}' has a second driver", model.covers[i].output));
    for (int side = 0; side < 2; ++side)
      for (const auto& [bit, name] : inputs_[side].bits) nets_[name] = side == 0 ? builder_.a(bit) : builder_.b(bit);
  }

  Netlist build() {
    const std::vector<Bus> outputs = buses(model_.outputs, file_, model_.outputs_line);
    if (outputs.size() != 1)
      throw InputError(file_, model_.outputs_line, fmt::format("{} output buses; one, the product, is expected", outputs.size()));
    std::vector<Net> product;
    for (const auto& [bit, name] : outputs[0].bits) product.push_back(net(name, model_.outputs_line));
    return builder_.finish(std::move(product));
  }

 private:
  int width(size_t side) const {
    if (inputs_.size() != 2)
      throw InputError(file_, model_.inputs_line, fmt::format("{} input buses; two operands are expected", inputs_.size()));
    return static_cast<int>(inputs_[side].bits.size());
  }

  /// The net of this name, its driver built first; depth-first without recursion.
  Net net(const std::string& wanted, long line) {
    std::vector<std::pair<std::string, long>> pending = {{wanted, line}};
    while (!pending.empty()) {
      const auto [name, where] = pending.back();
      if (nets_.count(name)) {
        pending.pop_back();
        continue;
      }
      const auto found = driver_.find(name);
      if (found == driver_.end()) throw InputError(file_, where, fmt::format("net '{}' is not driven", name));
      const BlifCover& cover = model_.covers[found->second];
      std::vector<std::pair<std::string, long>> missing;
      for (const std::string& input : cover.inputs)
        if (!nets_.count(input)) missing.push_back({input, cover.line});
      if (missing.empty()) {
        nets_[name] = gate(cover);
        pending.pop_back();
      } else if (!open_.insert({name, true}).second) {
        throw InputError(file_, cover.line, fmt::format("net '{}' depends on itself; a combinational netlist is expected", name));
      } else {
        pending.insert(pending.end(), missing.begin(), missing.end());
      }
    }
    return nets_.at(wanted);
  }

  /// The gate of a cover; two-input functions become one gate.
  Net gate(const BlifCover& cover) {
    std::vector<Net> in;
    for (const std::string& input : cover.inputs) in.push_back(nets_.at(input));
    if (in.size() == 2) return two_input(cover.truth_table(), in[0], in[1]);
    Net any = net_zero;
    for (const std::string& cube : cover.cubes) {
      Net all = net_one;
      for (size_t i = 0; i < cube.size(); ++i)
        if (cube[i] != '-') all = builder_.and_(all, cube[i] == '1' ? in[i] : builder_.not_(in[i]));
      any = builder_.or_(any, all);
    }
    return cover.on_set ? any : builder_.not_(any);
  }

  /// Bit (2 y + x) of the table is the value for inputs x, y.
  Net two_input(unsigned table, Net x, Net y) {
    switch (table) {
      case 0b0000: return net_zero;
      case 0b1111: return net_one;
      case 0b1010: return x;
      case 0b1100: return y;
      case 0b0101: return builder_.not_(x);
      case 0b0011: return builder_.not_(y);
      case 0b0110: return builder_.xor_(x, y);
      case 0b1001: return builder_.xnor_(x, y);
      case 0b1000: return builder_.and_(x, y);
      case 0b0111: return builder_.nand_(x, y);
      case 0b1110: return builder_.or_(x, y);
      case 0b0001: return builder_.nor_(x, y);
      case 0b0010: return builder_.and_(x, builder_.not_(y));
      case 0b0100: return builder_.and_(builder_.not_(x), y);
      case 0b1011: return builder_.or_(x, builder_.not_(y));
      default: return builder_.or_(builder_.not_(x), y);  // 0b1101
    }
  }

  const BlifModel& model_;
  const std::string& file_;
  std::vector<Bus> inputs_;
  NetlistBuilder builder_;
  std::map<std::string, size_t> driver_;
  std::map<std::string, Net> nets_;
  std::map<std::string, bool> open_;
};

/// A folder that is removed with all it holds.
struct TemporaryFolder {
  fs::path path = fs::temp_directory_path() / fmt::format("tram_import_{}", getpid());
  TemporaryFolder() { fs::create_directories(path); }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
};

std::string verilog_to_blif(const fs::path& path) {
  read_file(path);
  if (find_program("yosys").empty())
    throw InputError("yosys", "not found on PATH; it reads Verilog: install it (Debian package yosys)");
  const TemporaryFolder folder;
  const std::string script = fmt::format(
      "read_verilog -sv \"{}\"; hierarchy -check -auto-top; proc; flatten; synth -run coarse:; abc -g simple; opt_clean; "
      "write_blif \"{}\"", fs::absolute(path).string(), (folder.path / "netlist.blif").string());
  const ProcessResult result = run_process({"yosys", "-q", "-p", script});
  if (result.exit_code != 0) {
    std::istringstream lines(result.output);
    std::string reason, line;
    while (std::getline(lines, line))
      if (line.find("ERROR") != std::string::npos) reason = line;
    throw InputError(path.string(), "Yosys cannot read it: " + (reason.empty() ? result.output.substr(0, 200) : reason));
  }
  return read_file(folder.path / "netlist.blif");
}

}  // namespace

bool is_netlist_file(const fs::path& path) {
  return path.extension() == ".blif" || path.extension() == ".v" || path.extension() == ".sv";
}

Netlist parse_blif(const std::string& text, const std::string& file) {
  const BlifModel model = parse_blif_model(text, file);
  Netlist netlist = Elaborator(model, file).build();
  if (netlist.a.size() > 8 || netlist.b.size() > 8 || netlist.product.size() > 32)
    throw InputError(file, model.inputs_line, fmt::format("operands of {} and {} bits; up to 8 bits each are expected",
                                                          netlist.a.size(), netlist.b.size()));
  return netlist;
}

Netlist read_multiplier(const fs::path& path) {
  Netlist netlist = parse_blif(path.extension() == ".blif" ? read_file(path) : verilog_to_blif(path), path.string());
  netlist.name = path.stem().string();
  return netlist;
}

}  // namespace tram
