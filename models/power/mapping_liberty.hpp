#pragma once
#include <string>

#include "models/power/liberty.hpp"

namespace tram {

/// The part of a library that ABC needs, as a small Liberty text in ns and pF: usable combinational cells with one
/// output and at least one input; their area, capacitances, function and delay tables (of arcs with `when` the
/// worst, point by point).
std::string mapping_liberty(const Library& library);

}  // namespace tram
