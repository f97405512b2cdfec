#include "models/network/safetensors.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <ctime>
#include <random>

#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "tests/network/temporary_file.hpp"

namespace tram {
namespace {

const std::filesystem::path& path() {
  static const TemporaryFile file("case.safetensors");
  return file.path();
}

/// A file with this header and this many bytes of data.
std::string file_bytes(const std::string& header, size_t data_bytes) {
  const uint64_t length = header.size();
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  return bytes + header + std::string(data_bytes, '\0');
}

/// The error of opening this content, without the path; "none" when it opens.
std::string error_of(const std::string& content) {
  write_file(path(), content);
  try {
    SafeTensors file(path());
    for (const std::string& name : file.names()) file.read(name);
  } catch (const InputError& error) {
    const std::string what = error.what();
    EXPECT_EQ(what.find(path().string()), 0U) << what;
    EXPECT_EQ(what.find('\n'), std::string::npos) << what;
    return what.substr(path().string().size());
  }
  return "none";
}

TEST(SafeTensors, WrittenFilesAreReadBack) {
  const NamedTensors tensors = {{"b", {{2, 3}, {1, -2, 3.5F, 0, 1e-30F, 7}}}, {"a", {{}, {4}}}, {"none", {{0, 5}, {}}}};
  write_safetensors(path(), tensors, {{"made_by", "test"}});
  const SafeTensors file(path());
  EXPECT_EQ(file.metadata().at("made_by"), "test");
  EXPECT_EQ(file.names(), (std::vector<std::string>{"a", "b", "none"}));
  for (const auto& [name, tensor] : tensors) EXPECT_EQ(file.read(name), tensor) << name;
}

TEST(SafeTensors, BytesAreTheFormatsOwn) {
  write_safetensors(path(), {{"x", {{1}, {1.0F}}}});
  const std::string header = R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
  const std::string padded = header + std::string((8 - header.size() % 8) % 8, ' ');
  EXPECT_EQ(read_file(path()), file_bytes(padded, 0) + std::string("\x00\x00\x80\x3f", 4));
}

TEST(SafeTensors, FilesOfOtherKindsAreCalledByTheirName) {
  const std::string rest(1000, 'x');
  const std::string torch =
      ": a PyTorch checkpoint, which scripts/torch_weights.py converts (torch_weights.py FILE "
      "NAME.safetensors); a safetensors file is expected";
  EXPECT_EQ(error_of("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19." + rest), torch);
  EXPECT_EQ(error_of(std::string("PK\3\4\0\0\10\10", 8) + "resnet/data.pkl" + rest), torch);
  EXPECT_EQ(error_of("\x80\x04\x95" + rest), ": a Python pickle; a safetensors file is expected");
  EXPECT_EQ(error_of("PK\3\4" + rest), ": a zip archive; a safetensors file is expected");
  EXPECT_EQ(error_of("\x89HDF\r\n" + rest), ": an HDF5 file; a safetensors file is expected");
}

TEST(SafeTensors, IntegersAndDoublesBecomeFloats) {
  const std::string header = R"({"d":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},)"
                             R"("i":{"dtype":"I64","shape":[1],"data_offsets":[8,16]}})";
  std::string bytes = file_bytes(header, 16);
  const double d = 0.25;
  const int64_t i = -3;
  std::memcpy(bytes.data() + bytes.size() - 16, &d, 8);
  std::memcpy(bytes.data() + bytes.size() - 8, &i, 8);
  write_file(path(), bytes);
  EXPECT_EQ(SafeTensors(path()).read("d").data, (std::vector<float>{0.25F}));
  EXPECT_EQ(SafeTensors(path()).read("i").data, (std::vector<float>{-3}));
}

TEST(SafeTensors, BadHeadersAreNamed) {
  const auto entry = [](const std::string& fields) { return "{\"w\":{" + fields + "}}"; };
  EXPECT_NE(error_of("abc").find("3 bytes"), std::string::npos);
  EXPECT_NE(error_of(file_bytes("not json", 0)).find("not a JSON object"), std::string::npos);
  EXPECT_NE(error_of(std::string(8, '\xff') + "{}").find("header of"), std::string::npos);
  const std::pair<std::string, std::string> cases[] = {
      {R"("dtype":"F33","shape":[1],"data_offsets":[0,4])", "dtype \"F33\""},
      {R"("shape":[1],"data_offsets":[0,4])", "dtype null"},
      {R"("dtype":"F32","shape":[-1],"data_offsets":[0,4])", "shape [-1]"},
      {R"("dtype":"F32","shape":[1.5],"data_offsets":[0,4])", "shape [1.5]"},
      {R"("dtype":"F32","shape":[1],"data_offsets":[0])", "data_offsets [0]"},
      {R"("dtype":"F32","shape":[1],"data_offsets":[4,0])", "data_offsets [4, 0]"},
      {R"("dtype":"F32","shape":[2],"data_offsets":[0,8])", "data_offsets [0, 8] in 4 bytes"},
      {R"("dtype":"F32","shape":[2],"data_offsets":[0,4])", "4 bytes for F32 [2]"},
      {R"("dtype":"F32","shape":[4611686018427387905,4],"data_offsets":[0,4])", "4 bytes for F32"},
      {R"("dtype":"F16","shape":[2],"data_offsets":[0,4])", "dtype F16"}};
  for (const auto& [fields, expected] : cases) {
    const std::string error = error_of(file_bytes(entry(fields), 4));
    EXPECT_NE(error.find(expected), std::string::npos) << error;
    EXPECT_NE(error.find("tensor"), std::string::npos) << error;
    EXPECT_NE(error.find("w"), std::string::npos) << error;
  }
}

TEST(SafeTensors, GapsAndOverlapsAreRefused) {
  const auto two = [](int begin) {
    return fmt::format(R"({{"a":{{"dtype":"F32","shape":[2],"data_offsets":[0,8]}},)"
                       R"("b":{{"dtype":"F32","shape":[1],"data_offsets":[{},{}]}}}})",
                       begin, begin + 4);
  };
  EXPECT_EQ(error_of(file_bytes(two(8), 12)), "none");
  EXPECT_NE(error_of(file_bytes(two(4), 12)).find("begins at byte 4; 8 is expected"), std::string::npos);
  EXPECT_NE(error_of(file_bytes(two(12), 16)).find("begins at byte 12; 8 is expected"), std::string::npos);
  EXPECT_NE(error_of(file_bytes(two(8), 13)).find("13 bytes of data; 12 are expected"), std::string::npos);
}

TEST(SafeTensors, EveryTruncationIsRefused) {
  write_safetensors(path(), {{"w", {{3}, {1, 2, 3}}}});
  const std::string whole = read_file(path());
  for (size_t size = 0; size < whole.size(); ++size) EXPECT_NE(error_of(whole.substr(0, size)), "none") << size;
}

TEST(SafeTensors, CorruptBytesNeverCrash) {
  write_safetensors(path(), {{"a", {{2}, {1, 2}}}, {"b", {{1, 3}, {1, 2, 3}}}}, {{"key", "value"}});
  const std::string whole = read_file(path());
  std::mt19937 generator(1);
  int refused = 0;
  for (int trial = 0; trial < 3000; ++trial) {
    std::string bytes = whole;
    for (int change = 0; change <= trial % 3; ++change)
      bytes[generator() % (whole.size() - 20)] = static_cast<char>(generator());
    if (error_of(bytes) != "none") ++refused;
  }
  EXPECT_GT(refused, 2000);  // what passes has other names or metadata
}

TEST(SafeTensors, DeepNestingIsRefused) {
  const std::string deep(1'000'000, '[');
  EXPECT_NE(error_of(file_bytes("{\"w\":" + deep + std::string(deep.size(), ']') + "}", 4)), "none");
  EXPECT_NE(error_of(file_bytes(deep, 4)), "none");
}

TEST(SafeTensors, MissingNameAndWrongShapeAreNamed) {
  write_safetensors(path(), {{"conv1.weight", {{2, 1}, {1, 2}}}});
  const SafeTensors file(path());
  const auto message = [](const auto& action) -> std::string {
    try {
      action();
    } catch (const InputError& error) {
      return error.what();
    }
    return "none";
  };
  EXPECT_EQ(message([&] { file.read("conv1.wieght"); }),
            path().string() + ": no tensor conv1.wieght; it is expected; did you mean 'conv1.weight'?");
  EXPECT_EQ(message([&] {
              file.read("conv1.weight", {1, 2});
            }),
            path().string() + ": tensor conv1.weight: shape [2, 1]; [1, 2] is expected");
}

/// Parsing looked at all entries before each one.
TEST(SafeTensors, ManyTensorsTakeTimeInProportion) {
  std::string header = "{";
  for (int i = 0; i < 300'000; ++i)
    header += fmt::format(R"({}"t{}":{{"dtype":"F32","shape":[0],"data_offsets":[0,0]}})", i > 0 ? "," : "", i);
  const std::clock_t start = std::clock();
  const SafeTensors file("many.safetensors", file_bytes(header + "}", 0));
  EXPECT_EQ(file.names().size(), 300'000U);
  EXPECT_THROW(file.shape("t3000000"), InputError);
  EXPECT_LT(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC, 15);
}

}  // namespace
}  // namespace tram
