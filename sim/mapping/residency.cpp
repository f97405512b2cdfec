#include "sim/mapping/residency.hpp"

#include <algorithm>
#include <numeric>

#include "sim/mapping/memory_map.hpp"

namespace tram {
namespace {

constexpr int64_t aligned(int64_t bytes) {
  constexpr auto step = static_cast<int64_t>(kMapAlignment);
  return (bytes + step - 1) / step * step;
}

/// What the choice of places knows of a tensor.
struct Use {
  Lifetime lifetime{INT32_MAX, -1};
  int64_t bytes = 0;
  int reads = 0;
  bool is_written = false;

  /// Bytes that need not cross the bus when it has a place; what no step writes is brought there once.
  int64_t saved() const { return bytes * (reads + (is_written ? 1 : -1)); }
  double saved_a_byte_and_step() const {
    return static_cast<double>(saved()) / (static_cast<double>(bytes) * (lifetime.last - lifetime.first + 1));
  }
};

std::vector<Use> uses_of(const IntegerNetwork& network) {
  std::vector<Use> uses(network.tensors.size());
  for (size_t i = 0; i < uses.size(); ++i) uses[i].bytes = network.tensors[i].bytes();
  for (size_t index = 0; index < network.steps.size(); ++index) {
    const auto step = static_cast<int>(index);
    const auto touch = [&](int tensor) -> Use& {
      Use& use = uses[static_cast<size_t>(tensor)];
      use.lifetime = {std::min(use.lifetime.first, step), std::max(use.lifetime.last, step)};
      return use;
    };
    for (const int input : network.steps[index].inputs) ++touch(input).reads;
    touch(network.steps[index].output).is_written = true;
  }
  return uses;
}

/// First fit in this order.
class Placement {
 public:
  Placement(const std::vector<Use>& uses, int64_t capacity) : uses_(uses), capacity_(capacity) {
    result_.places.resize(uses.size());
    for (const Use& use : uses) {
      result_.lifetimes.push_back(use.lifetime);
      result_.sizes.push_back(use.bytes);
    }
  }

  void place(size_t tensor) {
    int64_t offset = 0;
    for (const size_t other : placed_) {  // by offset
      if (!uses_[other].lifetime.meets(uses_[tensor].lifetime)) continue;
      if (offset + uses_[tensor].bytes <= *result_.places[other]) break;
      offset = std::max(offset, aligned(*result_.places[other] + uses_[other].bytes));
    }
    const int64_t end = offset + uses_[tensor].bytes;
    if (end > capacity_) return;
    result_.places[tensor] = static_cast<uint32_t>(offset);
    result_.bytes = std::max(result_.bytes, std::min(aligned(end), capacity_));
    saved_ += uses_[tensor].saved();
    const auto behind = [&](size_t a, size_t b) { return *result_.places[a] < *result_.places[b]; };
    placed_.insert(std::ranges::upper_bound(placed_, tensor, behind), tensor);
  }

  int64_t saved() const { return saved_; }
  const Residency& result() const { return result_; }

 private:
  const std::vector<Use>& uses_;
  int64_t capacity_, saved_ = 0;
  std::vector<size_t> placed_;
  Residency result_;
};

template <class Value>
Placement place_by(const std::vector<Use>& uses, int64_t capacity, Value value) {
  std::vector<size_t> order(uses.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::erase_if(order, [&](size_t i) { return uses[i].reads == 0; });
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](size_t i) { return value(uses[i]); });
  Placement placement(uses, capacity);
  for (const size_t tensor : order) placement.place(tensor);
  return placement;
}

}  // namespace

bool Residency::follows(size_t before, size_t after) const {
  return places[before] && places[after] && lifetimes[before].last < lifetimes[after].first &&
         *places[before] < *places[after] + sizes[after] && *places[after] < *places[before] + sizes[before];
}

Residency place_tensors(const IntegerNetwork& network, int64_t capacity) {
  const std::vector<Use> uses = uses_of(network);
  const Placement by_gain = place_by(uses, capacity, [](const Use& use) { return use.saved_a_byte_and_step(); });
  const Placement by_size = place_by(uses, capacity, [](const Use& use) { return use.bytes; });
  return by_size.saved() > by_gain.saved() ? by_size.result() : by_gain.result();
}

}  // namespace tram
