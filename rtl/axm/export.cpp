#include "models/multiplier/export_netlist.hpp"

#include <fmt/format.h>

#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "rtl/axm/export_format.hpp"
#include "rtl/axm/output.hpp"
#include "rtl/axm/verb.hpp"
#include "rtl/axm/verb_options.hpp"

namespace tram::axm {
namespace {

void run(const Arguments& arguments) {
  const std::string& multiplier = arguments.one_word("multiplier");
  const auto format = arguments.get<ExportFormat>("format");
  const std::string out = arguments.text("out"), name = arguments.text("name");
  Notes notes;
  const std::string content = netlist_as(read_netlist(arguments, multiplier, notes), format, name);
  write_file(out, content);
  if (arguments.has("json"))
    return print_json(with_notes(
        {{"multiplier", multiplier}, {"format", name_of(format)}, {"file", out}, {"bytes", content.size()}}, notes));
  fmt::print("{}", notes_text(notes));
}

}  // namespace

Verb export_verb() {
  return {"export",
          "NAME|FILE --out FILE",
          "a multiplier as RTL, netlist or table",
          join({{out_option("file to write")}, format_options(), file_options()}),
          run,
          format_help()};
}

}  // namespace tram::axm
