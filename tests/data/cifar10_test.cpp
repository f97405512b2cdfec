#include "models/data/cifar10.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>

#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

constexpr size_t file_bytes = 30'730'000, record_bytes = 3073, plane = 1024;

/// A data folder of its own, removed at the end.
class Cifar10File : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(file().parent_path()); }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path file(const std::string& name = "test_batch.bin") const {
    return folder_ / "cifar-10-batches-bin" / name;
  }

  std::string error(Split split = Split::test) const {
    try {
      const Cifar10 data(folder_, split);
    } catch (const InputError& problem) {
      return problem.what();
    }
    return "none";
  }

  std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) /
      fmt::format("tram_{}_{}", getpid(), testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(Cifar10File, PlanesBecomeInterleavedPixels) {
  std::string bytes(file_bytes, '\0');
  const size_t record = 7 * record_bytes;
  bytes[record] = 9;
  bytes[record + 1 + 5] = '\x10';              // red of pixel 5
  bytes[record + 1 + plane + 5] = '\x20';      // green
  bytes[record + 1 + 2 * plane + 5] = '\xff';  // blue
  write_file(file(), bytes);
  const Cifar10 data(folder_, Split::test);
  ASSERT_EQ(data.count(), 10'000);
  EXPECT_EQ(data.label(7), 9);
  EXPECT_EQ(data.label(8), 0);
  const std::vector<uint8_t> pixels = data.pixels(7);
  ASSERT_EQ(pixels.size(), 3072U);
  EXPECT_EQ(pixels[15], 0x10);
  EXPECT_EQ(pixels[16], 0x20);
  EXPECT_EQ(pixels[17], 0xff);
  EXPECT_FLOAT_EQ(data.image(7).data[17], (1.0F - 0.406F) / 0.225F);
  EXPECT_FLOAT_EQ(data.image(7).data[0], -0.485F / 0.229F);
}

TEST_F(Cifar10File, TruncatedFileNamesBothSizes) {
  write_file(file(), std::string(100, '\0'));
  EXPECT_EQ(error(), file().string() + ": 100 bytes; 30730000 are expected");
}

TEST_F(Cifar10File, AbsentFileIsNamed) {
  EXPECT_EQ(error().find(file().string()), 0U);
  EXPECT_EQ(error(Split::train).find(file("data_batch_1.bin").string()), 0U);
}

TEST_F(Cifar10File, LabelOutOfRangeIsNamed) {
  std::string bytes(file_bytes, '\0');
  bytes[42 * record_bytes] = 10;
  write_file(file(), bytes);
  EXPECT_EQ(error(), file().string() + ": record 42 has label 10; 0 .. 9 is expected");
}

/// Gives the environment back as it was.
class Environment {
 public:
  explicit Environment(const char* name) : name_(name) {
    if (const char* value = std::getenv(name)) value_ = value;
  }
  ~Environment() { value_ ? setenv(name_, value_->c_str(), 1) : unsetenv(name_); }

 private:
  const char* name_;
  std::optional<std::string> value_;
};

TEST(DataFolder, IsTheEnvironmentsOrTheCache) {
  const Environment data("TRAM_DATA"), home("HOME");
  setenv("TRAM_DATA", "/some/where", 1);
  EXPECT_EQ(data_folder(), "/some/where");
  setenv("TRAM_DATA", "", 1);
  setenv("HOME", "/home/user", 1);
  EXPECT_EQ(data_folder(), "/home/user/.cache/tram-data");
}

TEST(Cifar10Data, RealFiles) {
  if (!std::filesystem::exists(data_folder() / "cifar-10-batches-bin"))
    GTEST_SKIP() << "real data not found in $TRAM_DATA or ~/.cache/tram-data";
  const Cifar10 test(data_folder(), Split::test), train(data_folder(), Split::train);
  EXPECT_EQ(test.count(), 10'000);
  EXPECT_EQ(train.count(), 50'000);
  EXPECT_EQ(test.class_names()[static_cast<size_t>(test.label(0))], "cat");  // as in the publisher's batches
  EXPECT_EQ(train.class_names()[static_cast<size_t>(train.label(0))], "frog");
  std::vector<int> of_class(10);
  for (int i = 0; i < test.count(); ++i) ++of_class[static_cast<size_t>(test.label(i))];
  EXPECT_EQ(of_class, std::vector<int>(10, 1000));
}

}  // namespace
}  // namespace tram
