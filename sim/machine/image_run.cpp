#include "sim/machine/image_run.hpp"

#include <cstring>
#include <string>
#include <type_traits>

#include "models/support/error.hpp"

namespace tram {
namespace {

/// Appends values to bytes.
class Packer {
 public:
  template <typename T>
  void value(const T& v) {
    static_assert(std::is_trivially_copyable_v<T>);
    const auto* first = reinterpret_cast<const uint8_t*>(&v);
    bytes.insert(bytes.end(), first, first + sizeof v);
  }
  void text(const std::string& s) {
    value<uint64_t>(s.size());
    bytes.insert(bytes.end(), s.begin(), s.end());
  }
  template <typename T, typename Each>
  void list(const std::vector<T>& items, Each&& each) {
    value<uint64_t>(items.size());
    for (const T& item : items) each(item);
  }

  std::vector<uint8_t> bytes;
};

/// Takes them out again, in the same order.
class Unpacker {
 public:
  explicit Unpacker(std::span<const uint8_t> bytes) : rest_(bytes) {}

  template <typename T>
  void value(T& v) {
    static_assert(std::is_trivially_copyable_v<T>);
    std::memcpy(&v, take(sizeof v).data(), sizeof v);
  }
  void value(bool& v) {
    uint8_t byte = 0;
    value(byte);
    if (byte > 1) fail();
    v = byte == 1;
  }
  void text(std::string& s) {
    const auto bytes = take(length());
    s.assign(bytes.begin(), bytes.end());
  }
  template <typename T, typename Each>
  void list(std::vector<T>& items, Each&& each) {
    items.resize(length());
    for (T& item : items) each(item);
  }
  void expect_end() const {
    if (!rest_.empty()) fail();
  }

 private:
  [[noreturn]] static void fail() { throw RunError("a worker sent a result that cannot be read"); }
  std::span<const uint8_t> take(size_t count) {
    if (count > rest_.size()) fail();
    const auto taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }
  size_t length() {
    uint64_t count = 0;
    value(count);
    if (count > rest_.size()) fail();
    return count;
  }

  std::span<const uint8_t> rest_;
};

/// One description of the fields for both directions.
template <typename Archive, typename Layer>
void visit_layer(Archive& archive, Layer& layer) {
  archive.text(layer.name);
  archive.text(layer.kind);
  archive.text(layer.multiplier);
  archive.value(layer.m);
  archive.value(layer.k);
  archive.value(layer.n);
  archive.value(layer.macs);
  archive.value(layer.cycles);
  archive.value(layer.array_busy_cycles);
  archive.value(layer.fold_cycles);
  archive.value(layer.dram_bytes);
  archive.value(layer.sram_bytes);
  archive.value(layer.bank_wait_cycles);
  archive.value(layer.energy);
}

template <typename Archive, typename Run>
void visit_run(Archive& archive, Run& run) {
  auto& result = run.result;
  archive.value(result.index);
  archive.value(result.label);
  archive.value(result.top1);
  archive.value(result.golden_top1);
  archive.value(result.logits_equal);
  archive.list(result.logits, [&](auto& logit) { archive.value(logit); });
  archive.value(result.sampled_j);
  archive.value(result.sampled_variance);
  archive.value(result.sampled_pes);
  archive.value(result.sampled_of);
  archive.value(result.checked_folds);
  archive.value(result.cycles);
  archive.value(result.started_s);
  archive.list(result.layers, [&](auto& layer) { visit_layer(archive, layer); });
  archive.list(run.power, [&](auto& window) { archive.value(window); });
}

}  // namespace

std::vector<uint8_t> pack(const ImageRun& run) {
  Packer packer;
  visit_run(packer, run);
  return std::move(packer.bytes);
}

ImageRun unpack(std::span<const uint8_t> bytes) {
  Unpacker unpacker(bytes);
  ImageRun run;
  visit_run(unpacker, run);
  unpacker.expect_end();
  return run;
}

}  // namespace tram
