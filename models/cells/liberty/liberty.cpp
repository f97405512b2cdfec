#include "models/cells/liberty/liberty.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "models/cells/liberty/liberty_cell_reader.hpp"
#include "models/cells/liberty/liberty_file.hpp"
#include "models/cells/liberty/liberty_header.hpp"
#include "models/cells/liberty/liberty_syntax.hpp"
#include "models/cells/liberty/liberty_tables.hpp"
#include "models/cells/liberty/liberty_warnings.hpp"
#include "models/support/content_hash.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

// Version of the reader, raised whenever the same files are read in another way: whatever was computed from them is
// computed anew.
constexpr int reader_version = 2;

bool is_usable(const LibertyCell& cell) { return cell.kind != CellKind::other && !cell.dont_use; }

/// Joins library groups of one or several files.
class LibraryReader {
 public:
  void add(std::string text, const std::filesystem::path& path) {
    hashes_ += content_hash(text);
    const std::vector<LibertyGroup> groups = parse_liberty_syntax(text, path.string());
    std::replace(text.begin(), text.end(), '\n', ' ');  // of strings over several lines: a message is one line
    for (const LibertyGroup& group : groups) add_group(group, path);
  }

  std::shared_ptr<const Library> finish() {
    const std::vector<LibertyFile>& files = library_->files;
    library_->name = files[0].name;
    if (files.size() > 1) library_->name += fmt::format(" and {} more", files.size() - 1);
    library_->content_hash = content_hash(fmt::format("liberty {} {}", reader_version, hashes_));
    leave_out_other_voltages();
    library_->index_cells();
    for (const auto& lines : {left_out_warnings(library_->left_out), missing_quantities(*library_)})
      library_->warnings.insert(library_->warnings.end(), lines.begin(), lines.end());
    return std::move(library_);
  }

 private:
  void add_group(const LibertyGroup& group, const std::filesystem::path& path) {
    const std::string file = path.string();
    if (group.type != "library")
      throw InputError(file, group.line, fmt::format("'{}' group; expected library (name)", group.type));
    LibertyHeader header = read_liberty_header(group, file);
    if (!first_) first_ = header;
    library_->conditions = first_->conditions;
    const std::string name(group.arguments.empty() ? path.stem().string() : group.arguments[0]);
    library_->files.push_back({path, name, header.units});
    const size_t before = library_->cells.size();
    read_cells(group, header);
    check_one_library(
        *first_, header,
        std::any_of(library_->cells.begin() + static_cast<std::ptrdiff_t>(before), library_->cells.end(), is_usable));
    library_->warnings.insert(library_->warnings.end(), header.warnings.begin(), header.warnings.end());
  }

  void read_cells(const LibertyGroup& group, LibertyHeader& header) {
    LibertyTables tables(header.file, header.units.time, header.units.capacitance);
    size_t count = 0;
    for (const LibertyGroup& child : group.groups) {
      if (child.type == "lu_table_template" || child.type == "power_lut_template") tables.add_template(child);
      count += child.type == "cell";
    }
    if (count == 0) throw InputError(header.file, group.line, "library without cells");
    LibertyCellReader reader(header, tables, group);
    library_->cells.reserve(library_->cells.size() + count);
    bool leaks = false;
    for (const LibertyGroup& child : group.groups) {
      if (child.type == "cell") leaks |= read_cell(child, reader, header.file);
    }
    if (leaks && header.lacks_leakage_unit)
      header.warnings.push_back(
          fmt::format("{}:{}: library without leakage_power_unit; leakage is taken in nW", header.file, group.line));
  }

  // Whether the cell has leakage.
  bool read_cell(const LibertyGroup& group, LibertyCellReader& reader, const std::string& file) {
    try {
      library_->cells.push_back(reader.read(group));
    } catch (const InputError& error) {
      const std::string name(group.arguments.empty() ? "without a name" : group.arguments[0]);
      library_->left_out.push_back(left_out_cell(name, file, error.what()));
      return false;
    }
    LibertyCell& cell = library_->cells.back();
    cell.file = library_->files.size() - 1;
    return !cell.leakage.empty() || cell.cell_leakage_power.value_or(0) > 0;
  }

  // Cells of another voltage than the library's own are left out, unless it has no others.
  void leave_out_other_voltages() {
    const double voltage = library_->conditions.voltage;
    const auto differs = [&](const LibertyCell& cell) {
      return cell.kind != CellKind::other && cell.supply_voltage && !are_equal_voltages(*cell.supply_voltage, voltage);
    };
    std::vector<LibertyCell>& cells = library_->cells;
    const auto other = std::find_if(cells.begin(), cells.end(), differs);
    if (other == cells.end()) return;
    const std::string file = library_->files[other->file].path.string();
    const bool has_own = std::any_of(cells.begin(), cells.end(), [&](const LibertyCell& cell) {
      return cell.kind != CellKind::other && cell.supply_voltage && !differs(cell);
    });
    if (!has_own) {
      library_->warnings.push_back(
          fmt::format("{}:{}: the voltage_map gives cells such as {} {:g} V; switching power "
                      "is of {:g} V ({})",
                      file, other->line, other->name, *other->supply_voltage, voltage, library_->conditions.source));
      return;
    }
    for (const LibertyCell& cell : cells) {
      if (!differs(cell)) continue;
      library_->left_out.push_back(
          {cell.name, library_->files[cell.file].path.string(), cell.line,
           fmt::format("supplied with {:g} V, the library with {:g} V", *cell.supply_voltage, voltage)});
    }
    std::erase_if(cells, differs);
  }

  std::shared_ptr<Library> library_ = std::make_shared<Library>();
  std::optional<LibertyHeader> first_;
  std::string hashes_;
};

}  // namespace

int LibertyCell::pin_index(std::string_view pin_name) const {
  for (size_t i = 0; i < pins.size(); ++i) {
    if (pins[i].name == pin_name) return static_cast<int>(i);
  }
  return -1;
}

bool LibertyCell::is_counted(const std::string& pg_pin) const {
  return std::none_of(power_pins.begin(), power_pins.end(),
                      [&](const PowerPin& pin) { return pin.name == pg_pin && pin.is_ground; });
}

const LibertyCell* Library::find(std::string_view cell_name) const {
  const auto found = by_name_.find(cell_name);
  return found == by_name_.end() ? nullptr : &cells[found->second];
}

void Library::index_cells() {
  by_name_.clear();
  for (size_t i = 0; i < cells.size(); ++i) {
    const auto [place, is_new] = by_name_.emplace(cells[i].name, i);
    if (is_new) continue;
    const LibertyCell& first = cells[place->second];
    throw InputError(files[cells[i].file].path.string(), cells[i].line,
                     fmt::format("second cell '{}'; the first is in {}:{}", cells[i].name,
                                 files[first.file].path.string(), first.line));
  }
}

std::shared_ptr<const Library> parse_liberty(std::string text, const std::filesystem::path& path) {
  LibraryReader reader;
  reader.add(std::move(text), path);
  return reader.finish();
}

std::shared_ptr<const Library> read_liberty(const std::filesystem::path& path) {
  return read_liberty(std::vector{path});
}

std::shared_ptr<const Library> read_liberty(const std::vector<std::filesystem::path>& paths) {
  LibraryReader reader;
  for (const std::filesystem::path& path : paths) reader.add(read_liberty_text(path), path);
  return reader.finish();
}

}  // namespace tram
