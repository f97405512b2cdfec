#pragma once
#include <memory>

#include "sim/engines/engine.hpp"

namespace tram {

/// The engine `timing`: no values and no PE energy, shapes only; cycles and traffic are those of the other engines, as
/// these come from the platform. Products and sums are 0.
std::unique_ptr<Engine> make_timing_engine();

}  // namespace tram
