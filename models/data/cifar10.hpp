#pragma once
#include <memory>

#include "models/data/dataset.hpp"
#include "models/support/mapped_file.hpp"

namespace tram {

/// CIFAR-10 from its official binary files (Krizhevsky 2009): records of one label byte and 3,072 pixels as three
/// 32x32 planes R, G, B; 10,000 records a file. Maps folder/cifar-10-batches-bin/test_batch.bin, or
/// data_batch_1.bin .. data_batch_5.bin for the 50,000 training images.
/// InputError names a file that is absent, has a size other than 30,730,000 bytes, or a label above 9.
class Cifar10 : public Dataset {
 public:
  Cifar10(const std::filesystem::path& folder, Split split);

  std::string name() const override { return "cifar10"; }
  int count() const override { return static_cast<int>(files_.size() * records_per_file); }
  FeatureShape shape() const override { return {32, 32, 3}; }
  std::vector<uint8_t> pixels(int index) const override;
  int label(int index) const override { return *record(index); }
  const std::vector<std::string>& class_names() const override;

  /// The image's three planes in the mapped file.
  const uint8_t* planes(int index) const { return record(index) + 1; }

 private:
  static constexpr size_t record_bytes = 3073, records_per_file = 10'000;
  void add_file(const std::filesystem::path& path);
  const uint8_t* record(int index) const {
    const auto i = static_cast<size_t>(index);
    return files_[i / records_per_file]->bytes().data() + i % records_per_file * record_bytes;
  }
  std::vector<std::unique_ptr<const MappedFile>> files_;
};

}  // namespace tram
