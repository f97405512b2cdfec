#include "models/support/npy.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/process.hpp"
#include "models/support/temporary_folder.hpp"

namespace tram {
namespace {

std::string npy(const std::string& descr, const std::string& order, const std::string& shape, const std::string& data) {
  const std::string header =
      fmt::format("{{'descr': '{}', 'fortran_order': {}, 'shape': {}, }}\n", descr, order, shape);
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes.push_back(static_cast<char>(header.size()));
  bytes.push_back('\0');
  return bytes.append(header).append(data);
}

TEST(NpyArray, EveryTypeIsRead) {
  const std::pair<const char*, int> types[] = {{"|i1", 1}, {"|u1", 1}, {"<i2", 2}, {"<u2", 2},
                                               {"<i4", 4}, {"<u4", 4}, {"<i8", 8}, {"<u8", 8}};
  for (const auto& [type, bytes] : types) {
    std::string data(2 * bytes, '\0');
    data[0] = 5;
    std::fill(data.begin() + bytes, data.end(), '\xff');
    const std::vector<double> values = parse_npy(npy(type, "False", "(2,)", data), "x").values();
    EXPECT_EQ(values[0], 5) << type;
    EXPECT_EQ(values[1], type[1] == 'i' ? -1.0 : std::ldexp(1.0, 8 * bytes) - (bytes == 8 ? 0 : 1)) << type;
  }
  EXPECT_EQ(parse_npy(npy("<f4", "False", "()", std::string("\x00\x00\x80\x3f", 4)), "x").values(),
            std::vector<double>{1});
}

TEST(NpyArray, FortranOrderIsTurned) {
  const NpyArray array = parse_npy(npy("|u1", "True", "(2, 3)", "\x01\x02\x03\x04\x05\x06"), "x");
  EXPECT_EQ(array.values(), (std::vector<double>{1, 3, 5, 2, 4, 6}));
  const NpyArray cube = parse_npy(npy("|u1", "True", "(2, 1, 2)", "\x01\x02\x03\x04"), "x");
  EXPECT_EQ(cube.values(), (std::vector<double>{1, 3, 2, 4}));
}

TEST(NpyArray, WrittenArraysReadBack) {
  const std::vector<int32_t> values = {1, -2, 3, 1 << 30, 0, 7};
  const NpyArray array = parse_npy(to_npy(values, {2, 3}), "x");
  EXPECT_EQ(array.shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(array.kind, 'i');
  EXPECT_EQ(array.values(), (std::vector<double>(values.begin(), values.end())));
}

TEST(NpyArray, NumPyReadsWhatIsWrittenAndTheOtherWayRound) {
  if (run_process({"python3", "-c", "import numpy"}).exit_code != 0)
    GTEST_SKIP() << "python3 with numpy is not installed";
  const TemporaryFolder folder;
  write_file(folder.path() / "in.npy", to_npy(std::vector<int32_t>{1, 2, 3, 4, 5, 6}, {2, 3}));
  const std::string script =
      "import numpy as n; x = n.load('in.npy'); n.save('out.npy', (2 * x).T); print(x[1, 0], x.dtype)";
  const ProcessResult result = run_process({"python3", "-c", script}, folder.path());
  EXPECT_EQ(result.output, "4 int32\n");
  EXPECT_EQ(read_npy_array(folder.path() / "out.npy").values(), (std::vector<double>{2, 8, 4, 10, 6, 12}));
}

TEST(NpyArray, OtherContentIsRefused) {
  const std::string bad[] = {"",
                             "\x93NUMPY",
                             npy(">i4", "False", "(1,)", "1234"),
                             npy("<i4", "None", "(1,)", "1234"),
                             npy("<c8", "False", "(1,)", "12345678"),
                             npy("<i4", "False", "(2,)", "1234"),
                             npy("<i4", "False", "1", "1234"),
                             npy("<i4", "False", "(1,", "1234"),
                             npy("<i4", "False", "(-1,)", "1234"),
                             npy("<f2", "False", "(2,)", "1234"),
                             npy("<i4", "False", "(999999999, 999999999, 999999999)", "1234"),
                             npy("O", "False", "(1,)", "1234")};
  for (const std::string& content : bad) EXPECT_THROW(parse_npy(content, "x"), InputError) << content;
}

}  // namespace
}  // namespace tram
