#include "models/quant/network_cache.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "models/support/archive.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/temporary_folder.hpp"
#include "tests/quant/random_dataset.hpp"
#include "tests/quant/small_graphs.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

/// Noise in which one image can be made another.
class Images : public RandomDataset {
 public:
  Images() : RandomDataset({12, 12, 3}, 8) {}
  std::vector<uint8_t> pixels(int index) const override {
    std::vector<uint8_t> pixels = RandomDataset::pixels(index);
    if (index == changed) pixels[100] ^= 1;
    return pixels;
  }
  int changed = -1;
};

std::string bytes_of(const IntegerNetwork& network) {
  ArchiveWriter writer;
  writer.put(network);
  return writer.bytes();
}

class NetworkCache : public testing::Test {
 protected:
  NetworkCache() { options_.images = 4; }

  IntegerNetwork cached() const { return quantise_cached(graph_, images_, options_, cache()); }
  fs::path cache() const { return folder_.path() / "a" / "cache"; }
  std::vector<fs::path> files() const {
    std::vector<fs::path> files;
    if (fs::exists(cache()))
      for (const auto& entry : fs::directory_iterator(cache())) files.push_back(entry.path());
    return files;
  }
  /// The network after a change is that without a cache, and takes a file of its own.
  void expect_miss() {
    const size_t before = files().size();
    EXPECT_EQ(bytes_of(cached()), bytes_of(quantise(graph_, images_, options_)));
    EXPECT_EQ(files().size(), before + 1);
  }

  TemporaryFolder folder_;
  NetworkGraph graph_ = small_transformer(1);
  Images images_;
  QuantiseOptions options_;
};

TEST_F(NetworkCache, WarmEqualsColdInEveryByte) {
  const std::string direct = bytes_of(quantise(graph_, images_, options_));
  EXPECT_EQ(bytes_of(cached()), direct);
  ASSERT_EQ(files().size(), 1u);
  const auto written = fs::last_write_time(files()[0]);
  EXPECT_EQ(bytes_of(cached()), direct);
  EXPECT_EQ(fs::last_write_time(files()[0]), written);
  EXPECT_EQ(files().size(), 1u);
}

/// What is read is what the file says: a network that no calibration gives, under the key of this one.
TEST_F(NetworkCache, ReadsTheFileInsteadOfCalibrating) {
  cached();
  const fs::path file = files().at(0);
  fs::remove(file);
  options_.images = 5;
  cached();
  const auto key = [](const fs::path& entry) {
    return entry.stem().string().substr(entry.stem().string().rfind('-') + 1);
  };
  std::string entry = read_file(files().at(0));
  entry.replace(entry.rfind(key(files().at(0))), key(file).size(), key(file));
  fs::remove(files().at(0));
  write_file(file, entry);
  const std::string other = bytes_of(quantise(graph_, images_, options_));
  options_.images = 4;
  EXPECT_EQ(bytes_of(cached()), other);
  EXPECT_NE(bytes_of(quantise(graph_, images_, options_)), other);
}

TEST_F(NetworkCache, AnyChangeOfInputsMisses) {
  expect_miss();
  std::get<LayerNormOp>(
      std::ranges::find_if(graph_.nodes,
                           [](const GraphNode& node) { return std::holds_alternative<LayerNormOp>(node.operation); })
          ->operation)
      .beta.data[3] += 1e-3F;
  expect_miss();
  images_.changed = 3;
  expect_miss();
  const QuantiseOptions before = options_;
  for (const auto& change : std::vector<std::function<void(QuantiseOptions&)>>{
           [](QuantiseOptions& o) { o.bits = 7; }, [](QuantiseOptions& o) { o.signed_codes = true; },
           [](QuantiseOptions& o) { o.stream_bits = 14; }, [](QuantiseOptions& o) { o.score_bits = 14; },
           [](QuantiseOptions& o) { o.equalise = false; },
           [](QuantiseOptions& o) { o.weights = WeightGranularity::per_tensor; },
           [](QuantiseOptions& o) { o.calibrate = CalibrationMethod::percentile; },
           [](QuantiseOptions& o) { o.percentile = 99; }, [](QuantiseOptions& o) { o.images = 5; }}) {
    options_ = before;
    change(options_);
    expect_miss();
  }
}

TEST_F(NetworkCache, ThreadsAndImagesThatAreNotUsedDoNotMiss) {
  cached();
  options_.threads = 2;
  images_.changed = 4;
  cached();
  EXPECT_EQ(files().size(), 1u);
}

TEST_F(NetworkCache, DamagedFilesAreComputedAgain) {
  const std::string direct = bytes_of(cached());
  const fs::path file = files().at(0);
  const std::string good = read_file(file);
  for (size_t at = 0; at < good.size(); at += good.size() / 37) {
    std::string flipped = good;
    flipped[at] = static_cast<char>(flipped[at] ^ 4);
    for (const std::string& bad : {good.substr(0, at), flipped, good + "x"}) {
      write_file(file, bad);
      EXPECT_EQ(bytes_of(cached()), direct);
      EXPECT_EQ(read_file(file), good);
    }
  }
}

TEST_F(NetworkCache, FolderThatCannotBeMadeIsNoError) {
  write_file(folder_.path() / "a", "a file where the folder should be");
  EXPECT_EQ(bytes_of(cached()), bytes_of(quantise(graph_, images_, options_)));
}

TEST_F(NetworkCache, InvalidOptionsAreErrorsAsWithoutCache) {
  options_.images = 9;
  EXPECT_THROW(cached(), InputError);
  EXPECT_TRUE(files().empty());
}

TEST_F(NetworkCache, CompensationIsKeptByMultiplierAndNetwork) {
  const IntegerNetwork network = quantise(graph_, images_, options_);
  TruthTable table = exact_table();
  for (int32_t& value : table.values) value &= ~63;
  const CompensationOptions few{.images = 2};
  const auto compensated = [&](const IntegerNetwork& of) {
    return bytes_of(compensate_cached(of, table, images_, few, cache()));
  };
  const std::string direct = bytes_of(compensate_mean_error(network, table, images_, few));
  EXPECT_EQ(compensated(network), direct);
  EXPECT_EQ(compensated(network), direct);
  EXPECT_EQ(files().size(), 1u);
  table.values[12345] += 64;
  EXPECT_EQ(compensated(network), bytes_of(compensate_mean_error(network, table, images_, few)));
  EXPECT_EQ(files().size(), 2u);
  options_.bits = 7;
  compensated(quantise(graph_, images_, options_));
  EXPECT_EQ(files().size(), 3u);
}

}  // namespace
}  // namespace tram
