#pragma once
#include <string>

#include "models/multiplier/structure/structure.hpp"

namespace tram::axm {

/// The structure that a name or a .axm.json file means: exact, exact_array, exact_wallace, exact_dadda, trunc<k>.
/// Throws InputError for a multiplier that is not given by a structure.
MultiplierStructure find_structure(const std::string& name_or_file);

}  // namespace tram::axm
