#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tram {

struct OperandHistogram;

/// A sequence of operand pairs (a << b_bits) | b; the first is the initial state, each other one transition.
struct OperandStimulus {
  int a_bits = 8;
  int b_bits = 8;
  std::vector<uint64_t> vectors;
  std::string description;  ///< such as "10000 uniform random pairs, seed 1"
};

/// Reads one vector {a, b} a line in hexadecimal, as Verilog's $readmemh takes them (comments // and blank lines
/// allowed). Throws InputError(file, line, what) for other text and values too wide, InputError(file, what) when
/// there are fewer than two vectors.
OperandStimulus read_stimulus(const std::filesystem::path& file, int a_bits, int b_bits);

/// `transitions` + 1 uniform random pairs from std::mt19937_64.
OperandStimulus uniform_stimulus(int a_bits, int b_bits, size_t transitions, uint64_t seed);

/// Stimulus of pairs drawn independently from a histogram.
OperandStimulus histogram_stimulus(const OperandHistogram& histogram, size_t transitions, uint64_t seed);

}  // namespace tram
