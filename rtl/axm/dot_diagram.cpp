#include "rtl/axm/dot_diagram.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/support/printable.hpp"

namespace tram::axm {
namespace {

DotKind kind_of(const MultiplierStructure& s, int i, int j) {
  switch (s.partial_product(i, j)) {
    case NetState::zero: return DotKind::zero;
    case NetState::one: return DotKind::one;
    case NetState::keep: break;
  }
  const bool one_sign_bit = (i == s.a_bits - 1) != (j == s.b_bits - 1);
  return s.is_signed && one_sign_bit ? DotKind::inverted : DotKind::kept;
}

std::vector<MatrixDot> matrix_of(const MultiplierStructure& s) {
  std::vector<MatrixDot> dots;
  for (int i = 0; i < s.a_bits; ++i)
    for (int j = 0; j < s.b_bits; ++j) dots.push_back({i + j, j, kind_of(s, i, j), -1});
  for (size_t g = 0; g < s.or_groups.size(); ++g)
    for (const int i : s.or_groups[g].rows) {
      MatrixDot& dot = dots[i * s.b_bits + s.or_groups[g].column - i];
      dot.group = static_cast<int>(g);
      if (dot.kind == DotKind::kept || dot.kind == DotKind::inverted) dot.kind = DotKind::joined;
    }
  return dots;
}

/// The signals of a tree with the stages between which they live.
class TreeSignals {
 public:
  TreeSignals(const MultiplierStructure& structure, const ReductionTree& tree)
      : structure_(structure), tree_(tree), last_(tree.adders.empty() ? 0 : tree.adders.back().stage) {
    for (const TreeDot& dot : tree.dots) {
      const auto source = dot.is_constant_term ? StageDot::Source::constant : StageDot::Source::partial_product;
      const bool by_rows = structure.accumulation == Accumulation::array;
      signals_.push_back({dot.column, by_rows ? dot.row : 0, last_ + 1, {source, dot.state}});
    }
    for (size_t k = 0; k < tree.adders.size(); ++k) {
      const TreeAdder& adder = tree.adders[k];
      signals_.push_back({adder.column, adder.stage + 1, last_ + 1, {StageDot::Source::sum, outputs(k).sum}});
      signals_.push_back({adder.column + 1, adder.stage + 1, last_ + 1, {StageDot::Source::carry, outputs(k).carry}});
    }
    for (const TreeAdder& adder : tree.adders)
      for (const int input : adder.inputs)
        if (input >= 0) signals_[input].used = adder.stage;
  }

  std::vector<DotStage> stages(int columns) const {
    std::vector<DotStage> all;
    for (int stage = 0; stage <= last_; ++stage) all.push_back({name(stage), std::vector<StageColumn>(columns)});
    for (size_t k = 0; k < tree_.adders.size(); ++k) {
      const TreeAdder& adder = tree_.adders[k];
      StageAdder drawn{adder.inputs[2] >= 0, {}, outputs(k)};
      for (const int input : adder.inputs)
        if (input >= 0 && signals_[input].made <= adder.stage) drawn.inputs.push_back(signals_[input].dot);
      all[adder.stage].columns[adder.column].adders.push_back(std::move(drawn));
    }
    for (const Signal& signal : signals_)
      for (int stage = signal.made; stage < std::min(signal.used, last_ + 1); ++stage)
        if (signal.column < columns) all[stage].columns[signal.column].passed.push_back(signal.dot);
    std::erase_if(all, [](const DotStage& stage) {
      return std::ranges::all_of(stage.columns, [](const StageColumn& column) { return column.adders.empty(); });
    });
    return all;
  }

  std::vector<NetState> product() const {
    std::vector<NetState> states;
    for (const int signal : tree_.product) states.push_back(signal < 0 ? NetState::zero : signals_[signal].dot.state);
    return states;
  }

 private:
  struct Signal {
    int column;
    int made;  // first stage at whose beginning it is there
    int used;  // stage of the adder that takes it
    StageDot dot;
  };

  std::string name(int stage) const {
    if (stage == last_) return "ripple-carry adder";
    return structure_.accumulation == Accumulation::array ? fmt::format("row b[{}]", stage)
                                                          : fmt::format("stage {}", stage + 1);
  }

  AdderState outputs(size_t adder) const {
    return adder < structure_.adders.size() ? structure_.adders[adder] : AdderState{};
  }

  const MultiplierStructure& structure_;
  const ReductionTree& tree_;
  int last_;
  std::vector<Signal> signals_;
};

std::string describe(const MultiplierStructure& s) {
  constexpr const char* trees[] = {"array", "Wallace tree", "Dadda tree"};
  return fmt::format("{} x {} bits, {}, {}{}", s.a_bits, s.b_bits, s.is_signed ? "signed" : "unsigned",
                     trees[static_cast<size_t>(s.accumulation)],
                     s.compensation == 0 ? "" : fmt::format(", compensation {:+}", s.compensation));
}

}  // namespace

DotDiagram dot_diagram(const MultiplierStructure& structure) {
  const ReductionTree tree = reduction_tree(structure);
  DotDiagram diagram{printable(structure.name),
                     describe(structure),
                     structure.a_bits + structure.b_bits,
                     structure.b_bits,
                     matrix_of(structure),
                     {},
                     {},
                     {}};
  for (const TreeDot& dot : tree.dots)
    if (dot.is_constant_term) diagram.constants.push_back(dot.column);
  const TreeSignals signals(structure, tree);
  diagram.stages = signals.stages(diagram.columns);
  diagram.product = signals.product();
  return diagram;
}

}  // namespace tram::axm
