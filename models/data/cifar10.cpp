#include "models/data/cifar10.hpp"

#include "models/support/error.hpp"

namespace tram {
namespace {

constexpr size_t plane = size_t{32} * 32;

}  // namespace

Cifar10::Cifar10(const std::filesystem::path& folder, Split split) {
  const std::filesystem::path files = folder / "cifar-10-batches-bin";
  if (split == Split::test) {
    add_file(files / "test_batch.bin");
    return;
  }
  for (int batch = 1; batch <= 5; ++batch) add_file(files / fmt::format("data_batch_{}.bin", batch));
}

void Cifar10::add_file(const std::filesystem::path& path) {
  constexpr size_t expected = records_per_file * record_bytes;
  files_.push_back(std::make_unique<MappedFile>(path));
  const std::span<const uint8_t> bytes = files_.back()->bytes();
  if (bytes.size() != expected)
    throw InputError(path.string(), fmt::format("{} bytes; {} are expected", bytes.size(), expected));
  for (size_t r = 0; r < records_per_file; ++r) {
    const int label = bytes[r * record_bytes];
    if (label > 9) throw InputError(path.string(), fmt::format("record {} has label {}; 0 .. 9 is expected", r, label));
  }
}

std::vector<uint8_t> Cifar10::pixels(int index) const {
  const uint8_t* const from = planes(index);
  std::vector<uint8_t> interleaved(3 * plane);
  for (size_t i = 0; i < plane; ++i)
    for (size_t channel = 0; channel < 3; ++channel) interleaved[3 * i + channel] = from[channel * plane + i];
  return interleaved;
}

const std::vector<std::string>& Cifar10::class_names() const {
  static const std::vector<std::string> names = {"airplane", "automobile", "bird",  "cat",  "deer",
                                                 "dog",      "frog",       "horse", "ship", "truck"};
  return names;
}

}  // namespace tram
