#pragma once
#include <string>
#include <vector>

#include "models/memory/dram_channel.hpp"

namespace tram::test {

/// What a trace of commands, in any order, does that the device does not allow, a line each, at most ten: distances of
/// DramTimes between any two commands, the fifth activation in a window of faw, commands to banks in the wrong state,
/// two commands on a bus or two bursts on the pins at once, refreshes more than nine refi apart up to clock `end`,
/// self-refresh entered with open rows or without a refresh before, left too early, or commands within it.
/// Knows nothing of how the commands came about.
std::vector<std::string> dram_violations(const DramDevice& device, std::vector<DramCommand> trace, int64_t end);

}  // namespace tram::test
