#pragma once
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "models/multiplier/truth_table.hpp"
#include "sim/mapping/limits.hpp"
#include "sim/mapping/program.hpp"

namespace tram::test {

/// What a program computed, and with how many products.
struct Interpretation {
  std::vector<int32_t> logits;
  int64_t products = 0;
};

/// Executes the commands without time: units in a random order that their own order and the waits allow. A wait that is
/// missing gives wrong logits in some of the orders. tables: by
/// circuit. Throws std::runtime_error when no unit can go on before the
/// program is complete, std::out_of_range when a command leaves a memory.
Interpretation interpret(const Program& program, const Limits& limits, std::span<const TruthTable> tables,
                         std::span<const uint8_t> image, size_t logits, std::mt19937& random);

}  // namespace tram::test
