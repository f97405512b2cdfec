#pragma once
#include <string>
#include <vector>

#include "models/cells/liberty/liberty.hpp"

namespace tram {

/// A cell that could not be read, from the message "file:line: reason" of the InputError.
LeftOutCell left_out_cell(const std::string& name, const std::string& file, const std::string& message);

/// Lines on cells that were left out: one a reason, with the names of the first five cells; after five lines the
/// number of those that remain.
std::vector<std::string> left_out_warnings(const std::vector<LeftOutCell>& cells);

/// Lines on what the usable cells lack and what therefore counts as 0: area, internal power, leakage.
std::vector<std::string> missing_quantities(const Library& library);

}  // namespace tram
