#include "models/cells/energy/operand_stimulus.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "models/multiplier/operand_histogram.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/temporary_folder.hpp"

namespace tram {
namespace {

std::string message_of(const std::string& text, int a_bits = 8, int b_bits = 8) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "s.hex";
  write_file(file, text);
  try {
    read_stimulus(file, a_bits, b_bits);
  } catch (const InputError& error) {
    return std::string(error.what()).substr(folder.path().string().size() + 1);
  }
  return "";
}

TEST(OperandStimulus, ReadsHexadecimalLines) {
  const TemporaryFolder folder;
  write_file(folder.path() / "s.hex", "79c4\r\n\n  121F  // a comment\n// none\n0\n");
  const OperandStimulus stimulus = read_stimulus(folder.path() / "s.hex", 8, 8);
  EXPECT_EQ(stimulus.vectors, (std::vector<uint64_t>{0x79c4, 0x121f, 0}));
  EXPECT_EQ(stimulus.description, "s.hex");
}

TEST(OperandStimulus, NamesTheLineOfWhatIsWrong) {
  EXPECT_EQ(message_of("1\n12g\n"), "s.hex:2: '12g'; one hexadecimal number is expected");
  EXPECT_EQ(message_of("1\n-1\n"), "s.hex:2: '-1'; one hexadecimal number is expected");
  EXPECT_EQ(message_of("1\n2 3\n"), "s.hex:2: '2 3'; one hexadecimal number is expected");
  EXPECT_EQ(message_of("1\n10000\n"), "s.hex:2: 10000 has 17 bits; the operands have 16");
  EXPECT_EQ(message_of("1\n100\n", 4, 4), "s.hex:2: 100 has 9 bits; the operands have 8");
  EXPECT_EQ(message_of("1\n11111111111111111\n"), "s.hex:2: '11111111111111111'; one hexadecimal number is expected");
  EXPECT_EQ(message_of("7\n"), "s.hex: 1 vectors; the initial state and at least one more is expected");
  EXPECT_THROW(read_stimulus("/no/such/file", 8, 8), InputError);
}

TEST(OperandStimulus, UniformIsRepeatableAndInRange) {
  const OperandStimulus stimulus = uniform_stimulus(4, 6, 5000, 3);
  EXPECT_EQ(stimulus.vectors.size(), 5001u);
  EXPECT_EQ(stimulus.vectors, uniform_stimulus(4, 6, 5000, 3).vectors);
  EXPECT_NE(stimulus.vectors, uniform_stimulus(4, 6, 5000, 4).vectors);
  EXPECT_EQ(*std::max_element(stimulus.vectors.begin(), stimulus.vectors.end()), 1023u);
  EXPECT_EQ(*std::min_element(stimulus.vectors.begin(), stimulus.vectors.end()), 0u);
}

TEST(OperandStimulus, FollowsAHistogram) {
  std::vector<double> counts(256, 0);
  counts[0x12] = 3;
  counts[0xff] = 1;
  const OperandHistogram histogram = histogram_of_counts(counts, 4, 4, "test");
  const OperandStimulus stimulus = histogram_stimulus(histogram, 9999, 1);
  const auto first = std::count(stimulus.vectors.begin(), stimulus.vectors.end(), 0x12);
  EXPECT_EQ(first + std::count(stimulus.vectors.begin(), stimulus.vectors.end(), 0xff), 10000);
  EXPECT_NEAR(static_cast<double>(first), 7500, 200);  // four standard deviations: 173
}

}  // namespace
}  // namespace tram
