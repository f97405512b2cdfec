#include "models/multiplier/structure/reduction_tree.hpp"

#include <algorithm>
#include <utility>

namespace tram {
namespace {

/// Dots and signals of a column while the tree is formed.
struct Column {
  std::vector<int> signals;  ///< oldest first
  int one = -1;              ///< the dot of its constant term, until used
  int adders = 0;

  int height() const { return static_cast<int>(signals.size()) + (one >= 0); }
};

class TreeFormer {
 public:
  TreeFormer(std::vector<TreeDot> dots, int columns) : columns_(columns) { tree_.dots = std::move(dots); }

  ReductionTree form(Accumulation accumulation) {
    for (size_t d = 0; d < tree_.dots.size(); ++d)
      if (tree_.dots[d].is_constant_term) columns_[tree_.dots[d].column].one = static_cast<int>(d);
    if (accumulation == Accumulation::array) {
      add_rows();
    } else if (accumulation == Accumulation::wallace) {
      reduce_as_wallace();
    } else {
      for (size_t d = 0; d < tree_.dots.size(); ++d)
        if (!tree_.dots[d].is_constant_term) columns_[tree_.dots[d].column].signals.push_back(static_cast<int>(d));
      reduce_to_dadda_heights();
    }
    ripple();
    return std::move(tree_);
  }

 private:
  /// Takes the oldest `count` signals of the column, and its constant term when they are two, into an adder. The sum
  /// is returned, the carry goes to `carries`, one list a column.
  int add(int c, int count, std::vector<std::vector<int>>& carries) {
    Column& column = columns_[c];
    TreeAdder adder{c, column.adders++, stage_, {-1, -1, -1}};
    std::copy_n(column.signals.begin(), count, adder.inputs.begin());
    column.signals.erase(column.signals.begin(), column.signals.begin() + count);
    if (count < 3 && column.one >= 0) adder.inputs[count] = std::exchange(column.one, -1);
    const int number = static_cast<int>(tree_.adders.size());
    tree_.adders.push_back(adder);
    if (c + 1 < size()) carries[c + 1].push_back(tree_.carry(number));
    return tree_.sum(number);
  }

  void append(const std::vector<std::vector<int>>& signals) {
    for (int c = 0; c < size(); ++c)
      columns_[c].signals.insert(columns_[c].signals.end(), signals[c].begin(), signals[c].end());
  }

  void add_rows() {
    int rows = 0;
    for (const TreeDot& dot : tree_.dots) rows = std::max(rows, dot.row + 1);
    for (int row = 0; row < rows; ++row) {
      std::vector<int> in_row(size(), -1);
      for (size_t d = 0; d < tree_.dots.size(); ++d)
        if (tree_.dots[d].row == row && !tree_.dots[d].is_constant_term)
          in_row[tree_.dots[d].column] = static_cast<int>(d);
      std::vector<std::vector<int>> carries(size());
      for (int c = 0; c < size(); ++c) add_row_dot(c, in_row[c], carries);
      append(carries);
      ++stage_;
    }
  }

  void add_row_dot(int c, int dot, std::vector<std::vector<int>>& carries) {
    std::vector<int>& signals = columns_[c].signals;
    if (dot >= 0) signals.insert(signals.begin(), dot);
    const int height = static_cast<int>(signals.size());
    if (height < 2 || (dot < 0 && height < 3)) return;
    signals.insert(signals.begin(), add(c, std::min(height, 3), carries));
  }

  void reduce_to_dadda_heights() {
    int tallest = 0;
    for (const Column& column : columns_) tallest = std::max(tallest, column.height());
    std::vector<int> heights = {2};
    while (heights.back() * 3 / 2 < tallest) heights.push_back(heights.back() * 3 / 2);
    for (auto limit = heights.rbegin(); limit != heights.rend(); ++limit) {
      std::vector<std::vector<int>> made(size());  // sums of this stage and carries into the column
      for (int c = 0; c < size(); ++c) {
        const auto height = [&] { return columns_[c].height() + static_cast<int>(made[c].size()); };
        while (height() > *limit && columns_[c].signals.size() >= 2) {
          const bool half = height() == *limit + 1 || columns_[c].one >= 0 || columns_[c].signals.size() == 2;
          made[c].push_back(add(c, half ? 2 : 3, made));
        }
      }
      append(made);
      ++stage_;
    }
  }

  /// Rows of signals, [row][column], -1 where a row has none.
  using Rows = std::vector<std::vector<int>>;

  void reduce_as_wallace() {
    Rows rows;
    for (size_t d = 0; d < tree_.dots.size(); ++d) {
      const TreeDot& dot = tree_.dots[d];
      if (dot.is_constant_term) continue;
      while (static_cast<int>(rows.size()) <= dot.row) rows.emplace_back(size(), -1);
      rows[dot.row][dot.column] = static_cast<int>(d);
    }
    std::erase(rows, std::vector<int>(size(), -1));
    while (rows.size() > 2) {
      Rows next;
      size_t r = 0;
      for (; r + 3 <= rows.size(); r += 3) compress_three_rows(rows, r, next);
      next.insert(next.end(), rows.begin() + static_cast<std::ptrdiff_t>(r), rows.end());
      rows = std::move(next);
    }
    for (const std::vector<int>& row : rows)
      for (int c = 0; c < size(); ++c)
        if (row[c] >= 0) columns_[c].signals.push_back(row[c]);
  }

  /// Rows r, r + 1, r + 2 to a row of sums and one of carries.
  void compress_three_rows(const Rows& rows, size_t r, Rows& next) {
    std::vector<int> sums(size(), -1), carry_row(size(), -1);
    std::vector<std::vector<int>> carries(size());
    for (int c = 0; c < size(); ++c) {
      std::vector<int>& signals = columns_[c].signals;
      for (size_t k = r; k < r + 3; ++k)
        if (rows[k][c] >= 0) signals.push_back(rows[k][c]);
      const int count = static_cast<int>(signals.size());
      if (count >= 2) sums[c] = add(c, count, carries);
      else if (count == 1) sums[c] = std::exchange(signals, {})[0];
      if (!carries[c].empty()) carry_row[c] = carries[c][0];
    }
    next.push_back(std::move(sums));
    next.push_back(std::move(carry_row));
  }

  /// The final adder: each column to one signal, its carries into the next.
  void ripple() {
    for (int c = 0; c < size(); ++c) {
      Column& column = columns_[c];
      std::vector<std::vector<int>> carries(size());
      while (column.height() > 1) {
        const int count = std::min<int>(3, static_cast<int>(column.signals.size()));
        column.signals.insert(column.signals.begin(), add(c, count, carries));
      }
      append(carries);
      tree_.product.push_back(column.signals.empty() ? column.one : column.signals[0]);
    }
  }

  int size() const { return static_cast<int>(columns_.size()); }

  ReductionTree tree_;
  std::vector<Column> columns_;
  int stage_ = 0;
};

/// The constant term's ones as dots, lowest column first.
void append_constant(std::vector<TreeDot>& dots, int64_t constant, int columns) {
  for (int c = 0; c < columns; ++c)
    if (constant >> c & 1) dots.push_back({c, 0, NetState::one, {}, true});
}

/// Baugh-Wooley's correction and the compensation, not yet modulo 2^columns.
int64_t constant_term(const MultiplierStructure& s) {
  int64_t constant = s.compensation;
  if (s.is_signed)
    constant +=
        (int64_t{1} << (s.a_bits - 1)) + (int64_t{1} << (s.b_bits - 1)) + (int64_t{1} << (s.a_bits + s.b_bits - 1));
  return constant;
}

/// One dot a partial product, OR groups joined in their first member; by index of the partial product.
std::vector<TreeDot> matrix_dots(const MultiplierStructure& s) {
  std::vector<TreeDot> dots;
  for (int i = 0; i < s.a_bits; ++i)
    for (int j = 0; j < s.b_bits; ++j) dots.push_back({i + j, j, s.partial_product(i, j), {i * s.b_bits + j}, false});
  for (const OrGroup& group : s.or_groups) {
    TreeDot& first = dots[group.rows[0] * s.b_bits + group.column - group.rows[0]];
    TreeDot joined{first.column, first.row, NetState::zero, {}, false};
    for (const int i : group.rows) {
      TreeDot& member = dots[i * s.b_bits + group.column - i];
      if (member.state == NetState::keep) joined.partial_products.push_back(member.partial_products[0]);
      if (member.state == NetState::one || (member.state == NetState::keep && joined.state == NetState::zero))
        joined.state = member.state;
      member.state = NetState::zero;
    }
    first = joined;
  }
  return dots;
}

}  // namespace

ReductionTree reduction_tree(std::vector<TreeDot> dots, int columns, Accumulation accumulation) {
  return TreeFormer(std::move(dots), columns).form(accumulation);
}

ReductionTree reduction_tree(const MultiplierStructure& s) {
  const int columns = s.a_bits + s.b_bits;
  int64_t constant = constant_term(s);
  std::vector<TreeDot> dots;
  for (TreeDot& dot : matrix_dots(s)) {
    if (s.tree == TreeForm::remaining && dot.state != NetState::keep) {
      if (dot.state == NetState::one) constant += int64_t{1} << dot.column;
    } else {
      dots.push_back(std::move(dot));
    }
  }
  append_constant(dots, constant, columns);
  return reduction_tree(std::move(dots), columns, s.accumulation);
}

std::vector<Net> sum_columns(NetlistBuilder& builder, const std::vector<std::vector<Net>>& columns,
                             Accumulation accumulation) {
  std::vector<TreeDot> dots;
  std::vector<Net> nets;
  int64_t constant = 0;
  for (size_t c = 0; c < columns.size(); ++c)
    for (size_t r = 0; r < columns[c].size(); ++r) {
      if (columns[c][r] == net_one) constant += int64_t{1} << c;
      if (columns[c][r] <= net_one) continue;
      dots.push_back({static_cast<int>(c), static_cast<int>(r), NetState::keep, {}, false});
      nets.push_back(columns[c][r]);
    }
  append_constant(dots, constant, static_cast<int>(columns.size()));
  nets.resize(dots.size(), net_one);
  const ReductionTree tree = reduction_tree(std::move(dots), static_cast<int>(columns.size()), accumulation);
  const auto net = [&](int signal) { return signal < 0 ? net_zero : nets[signal]; };
  for (const TreeAdder& adder : tree.adders) {
    const Net x = net(adder.inputs[0]), y = net(adder.inputs[1]);
    const auto [sum, carry] =
        adder.inputs[2] < 0 ? builder.half_adder(x, y) : builder.full_adder(x, y, net(adder.inputs[2]));
    nets.push_back(sum);
    nets.push_back(carry);
  }
  std::vector<Net> product;
  for (const int signal : tree.product) product.push_back(net(signal));
  return product;
}

}  // namespace tram
