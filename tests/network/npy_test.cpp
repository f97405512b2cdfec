#include "tests/network/tensor_npy.hpp"

#include <gtest/gtest.h>

#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "tests/network/temporary_file.hpp"

namespace tram {
namespace {

const std::filesystem::path& path() {
  static const TemporaryFile file("case.npy");
  return file.path();
}

std::string npy(const std::string& descr, const std::string& order, const std::string& shape, const std::string& data) {
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': {}, 'shape': {}, }}", descr, order, shape);
  header.resize(118, ' ');
  return std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header + data;
}

const std::string three = std::string("\x00\x00\x80\x3f\x00\x00\x00\x40\x00\x00\x40\x40", 12);

TEST(Npy, ReadsFloats) {
  write_file(path(), npy("<f4", "False", "(3, 1)", three));
  EXPECT_EQ(read_npy(path()), (Tensor{{3, 1}, {1, 2, 3}}));
  write_file(path(), npy("<f4", "False", "(3,)", three));
  EXPECT_EQ(read_npy(path()).shape, (Shape{3}));
}

TEST(Npy, RefusesOtherContent) {
  const std::string cases[] = {"",
                               "garbage that is long enough",
                               npy("<f8", "False", "(3,)", three),
                               npy("<f4", "Maybe", "(3,)", three),
                               npy("<f4", "False", "(4,)", three),
                               npy("<f4", "False", "(99999999999,)", three),
                               npy("<f4", "False", "3", three),
                               npy("<f4", "False", "(999999999, 999999999, 999999999)", three),
                               npy("<f4", "False", "(3,)", three).substr(0, 60)};
  for (const std::string& content : cases) {
    write_file(path(), content);
    EXPECT_THROW(read_npy(path()), InputError) << content;
  }
}

}  // namespace
}  // namespace tram
