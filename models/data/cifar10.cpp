#include "models/data/cifar10.hpp"

#include <cstring>
#include <fstream>

#include "models/support/error.hpp"

namespace tram {
namespace {

constexpr size_t plane = size_t{32} * 32;
constexpr size_t records_per_file = 10'000;

}  // namespace

Cifar10::Cifar10(const std::filesystem::path& folder, Split split) {
  const std::filesystem::path files = folder / "cifar-10-batches-bin";
  if (split == Split::test) {
    append_file(files / "test_batch.bin");
    return;
  }
  for (int batch = 1; batch <= 5; ++batch) append_file(files / fmt::format("data_batch_{}.bin", batch));
}

void Cifar10::append_file(const std::filesystem::path& path) {
  constexpr size_t expected = records_per_file * record_bytes;
  std::error_code error;
  const uintmax_t found = std::filesystem::file_size(path, error);
  if (error) throw InputError(path.string(), fmt::format("{}; a CIFAR-10 binary file is expected", error.message()));
  if (found != expected) throw InputError(path.string(), fmt::format("{} bytes; {} are expected", found, expected));
  const size_t begin = records_.size();
  records_.resize(begin + expected);
  std::ifstream in(path, std::ios::binary);
  if (!in.read(reinterpret_cast<char*>(records_.data() + begin), expected))
    throw InputError(path.string(),
                     fmt::format("cannot be read: {}; a readable file is expected", std::strerror(errno)));
  for (size_t r = 0; r < records_per_file; ++r) {
    const int label = records_[begin + r * record_bytes];
    if (label > 9) throw InputError(path.string(), fmt::format("record {} has label {}; 0 .. 9 is expected", r, label));
  }
}

std::vector<uint8_t> Cifar10::pixels(int index) const {
  const uint8_t* planes = records_.data() + static_cast<size_t>(index) * record_bytes + 1;
  std::vector<uint8_t> interleaved(3 * plane);
  for (size_t i = 0; i < plane; ++i)
    for (size_t channel = 0; channel < 3; ++channel) interleaved[3 * i + channel] = planes[channel * plane + i];
  return interleaved;
}

const std::vector<std::string>& Cifar10::class_names() const {
  static const std::vector<std::string> names = {"airplane", "automobile", "bird",  "cat",  "deer",
                                                 "dog",      "frog",       "horse", "ship", "truck"};
  return names;
}

}  // namespace tram
