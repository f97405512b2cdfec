#include "models/multiplier/operand_histogram.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/npy.hpp"
#include "models/support/temporary_folder.hpp"

namespace tram {
namespace {

std::string error_of(const std::string& text, int a_bits = 8, int b_bits = 8) {
  try {
    parse_histogram_csv(text, "h.csv", a_bits, b_bits);
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

TEST(OperandHistogram, UniformIsAllAlike) {
  const OperandHistogram uniform = uniform_histogram(4, 8);
  EXPECT_EQ(uniform.weight.size(), 4096u);
  EXPECT_EQ(uniform.at(15, 255), 1.0 / 4096);
  EXPECT_THROW(uniform_histogram(9, 8), InputError);
}

TEST(OperandHistogram, ReadsCountsAndSignedCodes) {
  const OperandHistogram h =
      parse_histogram_csv("# layer 3\na,b,count\r\n0,0,1\n\n -1 , 255,2.5\n3,-128,0.5\n", "h.csv");
  EXPECT_EQ(h.at(0, 0), 0.25);
  EXPECT_EQ(h.at(255, 255), 0.625);
  EXPECT_EQ(h.at(3, 128), 0.125);
  EXPECT_DOUBLE_EQ(std::accumulate(h.weight.begin(), h.weight.end(), 0.0), 1);
}

TEST(OperandHistogram, ErrorsNameFileAndLine) {
  EXPECT_EQ(error_of(""), "h.csv:1: no header; a,b,count is expected");
  EXPECT_EQ(error_of("a,b\n"), "h.csv:1: 'a,b'; the header a,b,count is expected");
  EXPECT_EQ(error_of("a,b,count\n"), "h.csv: counts with the sum 0; a finite sum above 0 is expected");
  EXPECT_EQ(error_of("a,b,count\n1,2\n"), "h.csv:2: a,b,count is expected");
  EXPECT_EQ(error_of("a,b,count\n1,16,3\n", 8, 4), "h.csv:2: '16'; a code from -8 to 15 is expected");
  EXPECT_EQ(error_of("a,b,count\n1,x,3\n"), "h.csv:2: 'x'; a code from -128 to 255 is expected");
  EXPECT_EQ(error_of("a,b,count\n1,2,-3\n"), "h.csv:2: '-3'; a count, 0 or more, is expected");
  EXPECT_EQ(error_of("a,b,count\n1,2,nan\n"), "h.csv:2: 'nan'; a count, 0 or more, is expected");
  EXPECT_EQ(error_of("a,b,count\n1,2,3\n1,2,3\n"), "h.csv:3: the pair 1,2 stands there twice; once is expected");
  EXPECT_EQ(error_of("a,b,count\n255,0,1\n-1,0,1\n"), "h.csv:3: the pair 255,0 stands there twice; once is expected");
}

std::string npy_of(const std::vector<double>& values, const std::vector<int64_t>& shape) {
  return to_npy({'f', 8, shape, {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double)}});
}

/// Weights that add up to 1 are read as they are, to the last bit, from either form.
TEST(OperandHistogram, ReadsFilesOfWeights) {
  const TemporaryFolder folder;
  std::vector<double> counts(1 << 12);
  for (size_t i = 0; i < counts.size(); ++i) counts[i] = i % 3 ? std::sqrt(static_cast<double>(i)) : 0;
  const OperandHistogram h = histogram_of_counts(counts, 4, 8, "counts");
  std::string csv = "a,b,count\n";
  for (size_t i = 0; i < h.weight.size(); ++i)
    if (h.weight[i] > 0) csv += fmt::format("{},{},{}\n", i / 256, i % 256, h.weight[i]);
  write_file(folder.path() / "h.csv", csv);
  write_file(folder.path() / "h.npy", npy_of(h.weight, {16, 256}));
  for (const char* name : {"h.csv", "h.npy"})
    EXPECT_EQ(read_histogram(folder.path() / name, 4, 8).weight, h.weight) << name;
  EXPECT_THROW(read_histogram(folder.path() / "h.npy"), InputError);
  EXPECT_THROW(read_histogram(folder.path() / "none.npy"), InputError);
  write_file(folder.path() / "bad.npy",
             npy_of(std::vector<double>(65536, std::numeric_limits<double>::infinity()), {256, 256}));
  EXPECT_THROW(read_histogram(folder.path() / "bad.npy"), InputError);
}

}  // namespace
}  // namespace tram
