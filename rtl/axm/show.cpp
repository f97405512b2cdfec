#include <fmt/format.h>

#include <algorithm>

#include "models/multiplier/catalogue.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "rtl/axm/dot_diagram.hpp"
#include "rtl/axm/output.hpp"
#include "rtl/axm/verb.hpp"

namespace tram::axm {
namespace {

Json as_json(const DotDiagram& diagram) {
  constexpr const char* kinds[] = {"kept", "inverted", "zero", "one", "joined"};
  Json dots = Json::array(), stages = Json::array();
  for (const MatrixDot& dot : diagram.matrix)
    dots.push_back({{"column", dot.column}, {"row", dot.row}, {"kind", kinds[static_cast<size_t>(dot.kind)]}});
  for (const DotStage& stage : diagram.stages) {
    Json full = Json::array(), half = Json::array();
    for (const StageColumn& column : stage.columns) {
      full.push_back(std::ranges::count_if(column.adders, &StageAdder::is_full));
      half.push_back(column.adders.size() - full.back().get<size_t>());
    }
    stages.push_back({{"name", stage.name}, {"full_adders", full}, {"half_adders", half}});
  }
  return {{"name", diagram.name}, {"description", diagram.description},    {"columns", diagram.columns},
          {"dots", dots},         {"constant_columns", diagram.constants}, {"stages", stages}};
}

void run(const Arguments& arguments) {
  const std::string& name = arguments.one_word("multiplier");
  const std::optional<MultiplierStructure> structure = find_structure(name);
  if (!structure)
    throw InputError("show", fmt::format("'{}' is not made of partial products and adders; a structure is expected "
                                         "(tram_axm metrics and area describe any multiplier)",
                                         name));
  const DotDiagram diagram = dot_diagram(*structure);
  if (arguments.has("svg")) write_file(arguments.text("svg"), dot_svg(diagram));
  if (arguments.has("json")) return print_json(as_json(diagram));
  if (!arguments.has("svg")) fmt::print("{}", dot_text(diagram, {has_colours(), has_unicode()}));
}

}  // namespace

Verb show_verb() {
  return {"show",
          "NAME|FILE",
          "the dot diagram of a structure: partial products, what is removed, adders by stage",
          {option("svg", "FILE", text(), "write it as a vector drawing to this file instead")},
          run};
}

}  // namespace tram::axm
