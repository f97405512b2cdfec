#include "tests/fuzz/fuzz_targets.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numeric>

#include "models/cells/liberty/liberty.hpp"
#include "models/cells/mapping/mapping_liberty.hpp"
#include "models/multiplier/export_netlist.hpp"
#include "models/multiplier/export_table.hpp"
#include "models/multiplier/import_multiplier.hpp"
#include "models/multiplier/import_report.hpp"
#include "models/multiplier/operand_histogram.hpp"
#include "models/multiplier/structure/structure.hpp"
#include "models/multiplier/table_file.hpp"
#include "models/support/error.hpp"
#include "models/support/npy.hpp"

namespace tram {
namespace {

/// In every build type, unlike assert.
void require(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "broken property: %s\n", property);
  std::abort();
}

/// The message of a refused input is one line.
template <class Action>
void expect_input_error_at_most(const Action& action) {
  try {
    action();
  } catch (const InputError& error) {
    require(std::string(error.what()).find('\n') == std::string::npos, "an error is one line");
  }
}

void fuzz_structure(const std::string& bytes) {
  expect_input_error_at_most([&] {
    const MultiplierStructure structure = parse_structure(bytes, "fuzz.axm.json");
    require(parse_structure(to_json(structure), "json") == structure, "JSON reads back as the same structure");
    const TruthTable table = truth_table(build_multiplier(structure));
    require(table.values.size() == size_t{1} << (structure.a_bits + structure.b_bits), "a table of all pairs");
  });
}

void fuzz_blif(const std::string& bytes) {
  expect_input_error_at_most([&] {
    const Netlist netlist = parse_blif(bytes, "fuzz.blif");
    if (netlist.gates.size() > 5000) return;
    const Netlist again = parse_blif(to_blif(netlist), "export");
    require(truth_table(again).values == truth_table(netlist).values, "exported BLIF has the same table");
    require(again.is_signed == netlist.is_signed, "exported BLIF has the same sign");
  });
}

/// The first byte chooses the kind of file, the second the options.
void fuzz_table(const std::string& bytes) {
  static constexpr std::array names = {"f.i16", "f.u16", "f.i32", "f.u32", "f.bin", "f.h", "f.c", "f.txt", "f.csv"};
  if (bytes.size() < 2) return;
  const auto kind = static_cast<unsigned char>(bytes[0]), flags = static_cast<unsigned char>(bytes[1]);
  MultiplierFileOptions options;
  if (flags & 1) options.is_signed = (flags & 2) != 0;
  options.swap_operands = flags & 4;
  options.offset_codes = flags & 8;
  options.wrapped_products = flags & 16;
  if (flags & 32) {
    options.a_bits = 1 + (flags >> 6);
    options.b_bits = 2;
  }
  expect_input_error_at_most([&] {
    const TruthTable table = parse_table(bytes.substr(2), names[kind % names.size()], options);
    require(table.values.size() == size_t{1} << (table.a_bits + table.b_bits), "a table of all pairs");
    require(transposed(transposed(table)).values == table.values, "transposing twice changes nothing");
    if (table.values.size() > 4096) return;
    MultiplierFileOptions same;
    same.is_signed = table.is_signed;
    require(parse_table(to_npy(table), "x.npy", same).values == table.values, "npy reads back");
    require(parse_table(to_c_header(table, "m"), "x.h", same).values == table.values || table.a_bits != table.b_bits,
            "C header reads back");
    require(!to_text(report_table(table)).empty(), "a report");
  });
}

void fuzz_npy(const std::string& bytes) {
  expect_input_error_at_most([&] {
    const NpyArray array = parse_npy(bytes, "fuzz.npy");
    const NpyArray again = parse_npy(to_npy(array), "export");
    require(again.data == array.data && again.shape == array.shape, "the array reads back");
    require(array.values().size() == static_cast<size_t>(array.size()), "as many values as numbers");
    parse_table(bytes, "fuzz.npy");
  });
}

void fuzz_liberty(const std::string& bytes) {
  expect_input_error_at_most([&] {
    const auto library = parse_liberty(bytes, "fuzz.lib");
    for (const LibertyCell& cell : library->cells) {
      require(library->find(cell.name) != nullptr, "a cell is found by its name");
      for (const LibertyPin& pin : cell.pins)
        for (const TimingArc& arc : pin.timing) {
          require(static_cast<size_t>(arc.related_pin) < cell.pins.size(), "an arc's pin is one of the cell");
          arc.cell_rise.at(1e-11, 1e-14);
          arc.fall_transition.at(1e9, -1);
        }
    }
    require_mapping_cells(*library);
  });
}

/// The first byte holds the widths.
void fuzz_histogram(const std::string& bytes) {
  if (bytes.empty()) return;
  const int widths = static_cast<unsigned char>(bytes[0]), a_bits = 1 + (widths & 7), b_bits = 1 + (widths >> 3 & 7);
  expect_input_error_at_most([&] {
    const OperandHistogram histogram = parse_histogram_csv(bytes.substr(1), "fuzz.csv", a_bits, b_bits);
    const double sum = std::accumulate(histogram.weight.begin(), histogram.weight.end(), 0.0);
    require(std::abs(sum - 1) < 1e-9, "the weights sum to 1");
    const ErrorMetrics metrics = error_metrics(exact_table(a_bits, b_bits), histogram);
    require(metrics.error_rate == 0 && metrics.variance == 0, "an exact multiplier has no error");
  });
}

constexpr std::array targets = {
    FuzzTarget{"structure", fuzz_structure}, FuzzTarget{"blif", fuzz_blif},
    FuzzTarget{"table", fuzz_table},         FuzzTarget{"npy", fuzz_npy},
    FuzzTarget{"liberty", fuzz_liberty},     FuzzTarget{"histogram", fuzz_histogram},
};

}  // namespace

std::span<const FuzzTarget> fuzz_targets() { return targets; }

}  // namespace tram
