#include "models/memory/dram_timing.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace tram {

std::vector<std::string> dram_mappings() {
  return {"row:bank:column:group:channel", "row:bank:group:column:channel", "row:column:bank:group:channel",
          "row:channel:bank:group:column"};
}

DramTiming::DramTiming(const DramDevice& device, const std::string& mapping) : device_(device) {
  std::istringstream words(mapping);
  for (std::string word; std::getline(words, word, ':');) {
    const auto count = [](int n) { return static_cast<uint64_t>(n); };
    if (word == "channel") fields_.push_back({&DramPlace::channel, count(device.channels)});
    else if (word == "group") fields_.push_back({&DramPlace::group, count(device.groups)});
    else if (word == "bank") fields_.push_back({&DramPlace::bank, count(device.banks)});
    else if (word == "column") fields_.push_back({nullptr, count(device.row_bytes / device.burst_bytes)});
    else if (word != "row") throw std::logic_error("unknown field of a DRAM address: " + word);
  }
  std::ranges::reverse(fields_);
  for (int channel = 0; channel < device.channels; ++channel) channels_.emplace_back(device, channel);
}

DramPlace DramTiming::place(uint64_t address) const {
  DramPlace place;
  uint64_t rest = address / static_cast<uint64_t>(device_.burst_bytes);
  for (const Field& field : fields_) {
    if (field.target) place.*field.target = static_cast<int>(rest % field.count);
    rest /= field.count;
  }
  place.row = static_cast<int64_t>(rest);
  return place;
}

int64_t DramTiming::access(uint64_t address, uint64_t bytes, bool is_write, int64_t earliest) {
  arrived_ = std::max(arrived_, earliest);
  const auto burst = static_cast<uint64_t>(device_.burst_bytes);
  int64_t end = 0;
  for (uint64_t at = address / burst * burst; at < address + bytes; at += burst) {
    const DramPlace where = place(at);
    end = std::max(end, channels_[static_cast<size_t>(where.channel)].access(where, is_write, arrived_));
  }
  return end;
}

void DramTiming::advance(int64_t clock) {
  for (DramChannel& channel : channels_) channel.advance(clock);
}

void DramTiming::listen(const std::function<void(const DramCommand&)>& listener) {
  for (DramChannel& channel : channels_) channel.listener = listener;
}

DramUse DramTiming::use() const {
  DramUse sum;
  for (const DramChannel& channel : channels_)
    for (int64_t DramUse::*count :
         {&DramUse::activations, &DramUse::reads, &DramUse::writes, &DramUse::refreshes, &DramUse::active,
          &DramUse::precharged, &DramUse::active_power_down, &DramUse::precharged_power_down, &DramUse::self_refresh})
      sum.*count += channel.use().*count;
  return sum;
}

DramJoules DramTiming::take_energy() {
  const DramUse before = taken_;
  taken_ = use();
  const auto spent = [&](int64_t DramUse::*count, double joules) {
    return static_cast<double>(taken_.*count - before.*count) * joules;
  };
  const DramEnergy& e = device_.energy;
  return {.activate = spent(&DramUse::activations, e.activate_j),
          .read = spent(&DramUse::reads, e.read_j),
          .write = spent(&DramUse::writes, e.write_j),
          .refresh = spent(&DramUse::refreshes, e.refresh_j),
          .background = spent(&DramUse::active, e.active_w * device_.clock_s) +
                        spent(&DramUse::precharged, e.precharged_w * device_.clock_s) +
                        spent(&DramUse::active_power_down, e.active_power_down_w * device_.clock_s) +
                        spent(&DramUse::precharged_power_down, e.precharged_power_down_w * device_.clock_s) +
                        spent(&DramUse::self_refresh, e.self_refresh_w * device_.clock_s)};
}

}  // namespace tram
