#pragma once
#include <string>
#include <vector>

#include "models/multiplier/structure/reduction_tree.hpp"
#include "models/multiplier/structure/structure.hpp"

namespace tram::axm {

/// How a partial product, or a signal of the tree, is drawn.
enum class DotKind {
  kept,
  inverted,  ///< kept, of a signed multiplier: one sign bit
  zero,      ///< removed
  one,
  joined  ///< one of a group that an OR joins
};

/// A partial product in the matrix: row = bit of b.
struct MatrixDot {
  int column = 0, row = 0;
  DotKind kind = DotKind::kept;
  int group = -1;  ///< of joined ones: which OR group
};

/// A signal that a column holds when a stage begins.
struct StageDot {
  enum class Source { partial_product, sum, carry, constant } source = Source::partial_product;
  NetState state = NetState::keep;
};

/// An adder with those of its inputs that are there when its stage begins (the carries of the final adder are not).
struct StageAdder {
  bool is_full = false;
  std::vector<StageDot> inputs;
  AdderState outputs;
};

struct StageColumn {
  std::vector<StageAdder> adders;
  std::vector<StageDot> passed;  ///< what no adder of the stage takes
};

/// A row (array), stage, or the final ripple-carry adder.
struct DotStage {
  std::string name;
  std::vector<StageColumn> columns;
};

/// All that a drawing of a structure shows.
struct DotDiagram {
  std::string name, description;
  int columns = 0, rows = 0;
  std::vector<MatrixDot> matrix;
  std::vector<int> constants;     ///< columns where the constant term adds a one
  std::vector<DotStage> stages;   ///< those that have adders
  std::vector<NetState> product;  ///< keep: not constant by the tree's making
};

DotDiagram dot_diagram(const MultiplierStructure& structure);

struct DotTextStyle {
  bool has_colours = false;
  bool has_unicode = true;
};

/// The matrix of partial products, columns from the highest to the lowest, and the adders of each stage.
std::string dot_text(const DotDiagram& diagram, const DotTextStyle& style);

/// The same as a vector drawing: the matrix, then each stage with its adders around their inputs.
std::string dot_svg(const DotDiagram& diagram);

}  // namespace tram::axm
