#pragma once
#include <string>
#include <vector>

#include "rtl/axm/arguments.hpp"

namespace tram::axm {

/// What tram_axm can do: one a file, all of them in the table of tram_axm.cpp. Every verb has --json and --help beside its
/// own options.
struct Verb {
  std::string name;
  std::string usage;    ///< what follows the name
  std::string summary;  ///< one line
  std::vector<Option> options;
  void (*run)(const Arguments&);
  std::string more = {};  ///< what --help says below the options
};

Verb list_verb();
Verb metrics_verb();
Verb map_verb();
Verb power_verb();
Verb area_verb();
Verb transitions_verb();
Verb export_verb();
Verb import_verb();
Verb show_verb();
Verb compare_verb();
Verb prepare_verb();

}  // namespace tram::axm
