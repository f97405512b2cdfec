#include "models/cells/energy/operand_stimulus.hpp"

#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <random>
#include <sstream>

#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

std::string without_comment(const std::string& line) {
  const std::string text = line.substr(0, line.find("//"));
  const size_t begin = text.find_first_not_of(" \t\r"), end = text.find_last_not_of(" \t\r");
  return begin == std::string::npos ? "" : text.substr(begin, end - begin + 1);
}

uint64_t parse_vector(const std::string& text, int bits, const std::string& file, long line) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw InputError(file, line, fmt::format("'{}'; one hexadecimal number is expected", text.substr(0, 40)));
  }
  if ((value >> bits) != 0) {
    const int width = static_cast<int>(std::bit_width(value));
    throw InputError(file, line, fmt::format("{} has {} bits; the operands have {}", text, width, bits));
  }
  return value;
}

}  // namespace

OperandStimulus read_stimulus(const std::filesystem::path& file, int a_bits, int b_bits) {
  OperandStimulus stimulus{a_bits, b_bits, {}, file.filename().string()};
  std::istringstream stream(read_file(file));
  long number = 0;
  for (std::string line; std::getline(stream, line);) {
    ++number;
    const std::string text = without_comment(line);
    if (!text.empty()) stimulus.vectors.push_back(parse_vector(text, a_bits + b_bits, file.string(), number));
  }
  if (stimulus.vectors.size() < 2) {
    throw InputError(file.string(), fmt::format("{} vectors; the initial state and at least one more is expected",
                                                stimulus.vectors.size()));
  }
  return stimulus;
}

OperandStimulus uniform_stimulus(int a_bits, int b_bits, size_t transitions, uint64_t seed) {
  OperandStimulus stimulus{a_bits, b_bits, {}, fmt::format("{} uniform random pairs, seed {}", transitions, seed)};
  std::mt19937_64 random(seed);
  for (size_t i = 0; i <= transitions; ++i) stimulus.vectors.push_back(random() >> (64 - a_bits - b_bits));
  return stimulus;
}

}  // namespace tram
