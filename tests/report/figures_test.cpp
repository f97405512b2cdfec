// The tables of figures: each said once, with a unit and a meaning, and told in scenarios/README.md.
#include "sim/results/figures.hpp"

#include <gtest/gtest.h>

#include <set>

#include "models/support/atomic_file.hpp"
#include "tests/report/sample_run.hpp"
#include "tests/support/source_dir.hpp"

namespace tram {
namespace {

TEST(Figures, ReadmeDocumentsThem) {
  const std::string readme = read_file(TRAM_SOURCE_DIR "/scenarios/README.md");
  EXPECT_NE(readme.find(figures_as_markdown()), std::string::npos) << "scenarios/README.md should hold this table:\n"
                                                                   << figures_as_markdown();
}

TEST(Figures, KeysAndRowsOfTheReportAreTheirOwn) {
  std::set<std::string> keys, columns;
  std::set<int> rows;
  for (const MachineFigure& figure : machine_figures()) {
    EXPECT_TRUE(!*figure.key || keys.insert(figure.key).second) << figure.key;
    EXPECT_TRUE(!*figure.label || rows.insert(figure.row).second) << figure.label;
  }
  for (const LayerFigure& figure : layer_figures()) {
    EXPECT_TRUE(columns.insert(figure.key).second) << figure.key;
    EXPECT_STRNE(figure.meaning, "") << figure.key;
  }
}

/// Every sum of a layer is in the table: a layer twice has twice each of its figures.
TEST(Figures, LayersAddUpInEveryFigure) {
  const MachineResult machine = sample_machine("exact", 1e-9);
  const LayerResult layer = machine.images[0].layers[0];
  LayerResult sum;
  add_layer(sum, layer);
  add_layer(sum, layer);
  EXPECT_EQ(sum.macs, 2 * layer.macs);
  EXPECT_EQ(sum.cycles, 2 * layer.cycles);
  EXPECT_EQ(sum.cycle_parts.vector, 2 * layer.cycle_parts.vector);
  EXPECT_EQ(sum.cycle_parts.total(), sum.cycles);
  EXPECT_EQ(sum.array_busy_cycles, 2 * layer.array_busy_cycles);
  EXPECT_EQ(sum.fold_cycles, 2 * layer.fold_cycles);
  EXPECT_EQ(sum.dram_bytes, 2 * layer.dram_bytes);
  EXPECT_EQ(sum.sram_bytes, 2 * layer.sram_bytes);
  EXPECT_EQ(sum.bank_wait_cycles, 2 * layer.bank_wait_cycles);
  EXPECT_EQ(sum.energy.total(), 2 * layer.energy.total());
}

}  // namespace
}  // namespace tram
