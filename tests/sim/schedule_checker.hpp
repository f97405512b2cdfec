#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "sim/mapping/limits.hpp"
#include "sim/mapping/program.hpp"

namespace tram::test {

/// A stretch of a memory that a command touches.
struct Access {
  int space = 0;  ///< a Memory, or kDramSpace
  uint64_t first = 0, end = 0;
  bool write = false;
};
inline constexpr int kDramSpace = kMemories;

std::vector<Access> accesses_of(const Command& command);

/// What is wrong with a program's order, one line each; empty when all is well:
/// - a command waits for a command that is issued after it (the program could stop for ever);
/// - a command reaches beyond a memory;
/// - two commands touch the same bytes, one of them writing, and nothing orders them (checked for every pair, from
///   the units' own order and the waits alone).
std::vector<std::string> check_schedule(const Program& program, const Limits& limits);

}  // namespace tram::test
