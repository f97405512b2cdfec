// The array of gated PEs as SystemVerilog, latches of its clock gates included: sums of folds of random shapes, at the
// clocks that sim/engines/gated_clocks.hpp says, one fold after the other and, with a second weight register, overlapping.
#include <gtest/gtest.h>
#include <verilated.h>

#include <map>
#include <random>
#include <vector>

#include "Vgated_array_11x5.h"
#include "Vhidden_array_11x5.h"
#include "Vhidden_array_8x3.h"
#include "models/multiplier/truth_table.hpp"
#include "tests/rtl/planes.hpp"

namespace tram {
namespace {

constexpr int sum_bits = 22, block_rows = 8;

struct Fold {
  int rows, columns, m;
  int64_t load, stream;  // edges of the first weight at row 0 and of the first activation in row 0, column 0
  std::vector<int> weights, activations;  // [rows][columns], [m][rows]
  int sum(int v, int c) const {
    int total = 0;
    for (int k = 0; k < rows; ++k) total += weights[size_t(k * columns + c)] * activations[size_t(v * rows + k)];
    return total;
  }
};

/// Values of the array's inputs, by clock.
struct Drive {
  std::map<int64_t, std::map<int, int>> weight, activation, flag, swap, enable, load, used;
};

template <class Model, bool hidden, int array_rows, int array_columns>
class Bench {
 public:
  explicit Bench(unsigned seed) : random_(seed) {}

  void add(int rows, int columns, int m, int zeros_in_four) {
    Fold fold{rows, columns, m, 0, 0, {}, {}};
    for (int i = 0; i < rows * columns; ++i) fold.weights.push_back(int(random_() & 255));
    for (int i = 0; i < rows * m; ++i)
      fold.activations.push_back(int(random_() % 4) < zeros_in_four ? 0 : int(random_() & 255));
    fold.load = load_;
    fold.stream = std::max(stream_, load_ + (hidden ? array_rows + 1 : array_rows - 1));
    drive(fold);
    stream_ = fold.stream + m + 2;
    load_ = hidden ? fold.stream + block_rows - 2 : fold.stream + array_rows + array_columns + m + 1;
    folds_.push_back(fold);
  }

  /// Clocks everything, then compares every sum.
  void run() {
    std::vector<std::vector<uint32_t>> sums;
    const int64_t end = stream_ + array_rows + array_columns + 4;
    for (int64_t clock = -warm_up; clock < end; ++clock) {
      set_inputs(clock);
      edge();
      sums.emplace_back();
      for (int c = 0; c < array_columns; ++c) sums.back().push_back(sum(c));
    }
    for (const Fold& fold : folds_)
      for (int v = 0; v < fold.m; ++v)
        for (int c = 0; c < fold.columns; ++c)
          ASSERT_EQ(int(sums[size_t(warm_up + fold.stream + array_rows + v + c)][size_t(c)]), fold.sum(v, c))
              << "fold from edge " << fold.load << ", vector " << v << ", column " << c;
    for (int c = 0; c < array_columns; ++c) EXPECT_EQ(sum(c), 0U) << "column " << c << " is not at rest";
  }

 private:
  static constexpr int64_t warm_up = 2 * (array_rows + array_columns);

  void drive(const Fold& fold) {
    for (int k = 0; k < fold.rows; ++k) drive_row(fold, k);
    for (int row = 0; row < array_rows; row += block_rows) drive_block(fold, row);
    for (int64_t t = fold.load; t < fold.stream + array_rows + array_columns + fold.m + 2; ++t)
      for (int c = 0; c < fold.columns; ++c) in_.used[t][c] = 1;
  }

  void drive_row(const Fold& fold, int k) {
    const int row = array_rows - fold.rows + k;
    for (int c = 0; c < fold.columns; ++c)
      in_.weight[fold.load + array_rows - 1 - row + (hidden ? c : 0)][c] = fold.weights[size_t(k * fold.columns + c)];
    const int64_t first = fold.stream + row;
    if (hidden) in_.swap[first - 1][row] = 1;
    for (int v = 0; v < fold.m; ++v) {
      const int code = fold.activations[size_t(v * fold.rows + k)];
      in_.activation[first + v][row] = code;
      in_.flag[first + v][row] = code != 0;
    }
    in_.flag[first + fold.m][row] = 1;  // of code 0
  }

  /// Enables of a block's part in column 0.
  void drive_block(const Fold& fold, int row) {
    const int height = std::min(block_rows, array_rows - row), block = row / block_rows;
    for (int64_t t = fold.load + row; t < fold.load + array_rows; ++t) in_.load[t][block] = 1;
    if (row + height <= array_rows - fold.rows) return;
    const int64_t first = fold.stream + row - (hidden ? 1 : 0), last = fold.stream + row + height - 1 + fold.m + 2;
    for (int64_t t = first; t <= last; ++t) in_.enable[t][block] = 1;
  }

  static int at(const std::map<int64_t, std::map<int, int>>& drive, int64_t clock, int index) {
    const auto found = drive.find(clock);
    if (found == drive.end()) return 0;
    const auto value = found->second.find(index);
    return value == found->second.end() ? 0 : value->second;
  }

  /// Before the first fold every clock ticks with all inputs 0.
  void set_inputs(int64_t clock) {
    for (int c = 0; c < array_columns; ++c) {
      set_value(model_.weight_i, 8, c, at(in_.weight, clock, c));
      set_value(model_.used_i, 1, c, clock < 0 || at(in_.used, clock, c) != 0);
    }
    for (int r = 0; r < array_rows; ++r) {
      set_value(model_.activation_i, 8, r, at(in_.activation, clock, r));
      set_value(model_.flag_i, 1, r, at(in_.flag, clock, r));
      set_value(model_.swap_i, 1, r, at(in_.swap, clock, r));
    }
    for (int b = 0; b * block_rows < array_rows; ++b) {
      set_value(model_.enable_i, 1, b, clock < 0 || at(in_.enable, clock, b) != 0);
      set_value(model_.load_i, 1, b, clock < 0 || at(in_.load, clock, b) != 0);
    }
  }

  template <class Port>
  static void set_value(Port& port, int bits, int index, int value) {
    for (int i = 0; i < bits; ++i) set_port_bit(port, unsigned(index * bits + i), value >> i & 1);
  }

  uint32_t sum(int column) const {
    uint32_t value = 0;
    for (int i = 0; i < sum_bits; ++i) value |= uint32_t(port_bit(model_.psum_o, unsigned(column * sum_bits + i))) << i;
    return value;
  }

  void edge() {
    for (const int level : {0, 1}) {
      model_.clk_i = uint8_t(level);
      model_.eval();
    }
  }

  struct Context : VerilatedContext {
    Context() { randReset(2); }  // registers begin anyhow
  };

  Context context_;
  Model model_{&context_};
  std::mt19937 random_;
  Drive in_;
  std::vector<Fold> folds_;
  int64_t load_ = 0, stream_ = 0;
};

/// Shapes at the edges of the array, of its blocks and of the stream, then random ones.
template <class Model, bool hidden, int rows, int columns>
void check() {
  Bench<Model, hidden, rows, columns> bench(3);
  std::mt19937 random(5);
  for (const int m : {1, 2, rows - 1, rows, rows + 1, 13})
    for (const int used : {rows, 1, rows - 1, std::min(block_rows, rows)}) bench.add(used, columns, m, 2);
  for (int i = 0; i < 60; ++i)
    bench.add(1 + int(random() % rows), 1 + int(random() % columns), 1 + int(random() % 30), int(random() % 5));
  bench.run();
}

TEST(GatedArray, SumsOfFoldsOneAfterTheOther) { check<Vgated_array_11x5, false, 11, 5>(); }
TEST(GatedArray, SumsOfFoldsThatOverlap) { check<Vhidden_array_11x5, true, 11, 5>(); }
TEST(GatedArray, SumsOfFoldsThatOverlapInOneBlock) { check<Vhidden_array_8x3, true, 8, 3>(); }

}  // namespace
}  // namespace tram
