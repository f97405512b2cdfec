#pragma once
#include "models/data/dataset.hpp"

namespace tram {

/// CIFAR-10 from its official binary files (Krizhevsky 2009): records of one label byte and 3,072 pixels as three
/// 32x32 planes R, G, B; 10,000 records a file. Reads folder/cifar-10-batches-bin/test_batch.bin, or
/// data_batch_1.bin .. data_batch_5.bin for the 50,000 training images.
/// InputError names a file that is absent, has a size other than 30,730,000 bytes, or a label above 9.
class Cifar10 : public Dataset {
 public:
  Cifar10(const std::filesystem::path& folder, Split split);

  std::string name() const override { return "cifar10"; }
  int count() const override { return static_cast<int>(records_.size() / record_bytes); }
  FeatureShape shape() const override { return {32, 32, 3}; }
  std::vector<uint8_t> pixels(int index) const override;
  int label(int index) const override { return records_[static_cast<size_t>(index) * record_bytes]; }
  const std::vector<std::string>& class_names() const override;

 private:
  static constexpr size_t record_bytes = 3073;
  void append_file(const std::filesystem::path& path);
  std::vector<uint8_t> records_;
};

}  // namespace tram
