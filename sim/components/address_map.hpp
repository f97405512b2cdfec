#pragma once
#include <cstdint>

#include "sim/mapping/command.hpp"

namespace tram {

/// What the bus decodes. Each unit has one command register, a page wide, into which the host writes whole commands.
inline constexpr uint64_t kRegisterPage = 0x1000;
inline constexpr uint64_t kDramBase = 0x1'0000'0000;
constexpr uint64_t command_register(Unit unit) { return kRegisterPage * (1 + static_cast<uint64_t>(unit)); }

}  // namespace tram
