#pragma once
#include <functional>
#include <string>
#include <vector>

#include "models/memory/dram_channel.hpp"

namespace tram {

/// Energy by what it was for, J.
struct DramJoules {
  double activate = 0, read = 0, write = 0, refresh = 0, background = 0;
};

/// How addresses are cut, from the most significant field to the least: row:bank:column:group:channel, for example.
/// A burst is the smallest unit; column counts the bursts of a row. Rows come first and have no end.
std::vector<std::string> dram_mappings();

/// The timing of a DRAM of several channels: bursts of a request go to their channels in the order of their addresses.
/// Time counts in clocks of the device from 0, when all banks are precharged and a refresh is just done.
class DramTiming {
 public:
  /// mapping: one of dram_mappings().
  DramTiming(const DramDevice& device, const std::string& mapping);

  /// A request of bytes > 0 that arrives at clock `earliest`, not before that of an earlier call; returns the clock in
  /// which the last of its data has passed the pins.
  int64_t access(uint64_t address, uint64_t bytes, bool is_write, int64_t earliest);
  /// Refreshes and states up to this clock.
  void advance(int64_t clock);
  DramPlace place(uint64_t address) const;

  /// Since the last call, of what access() and advance() have come to.
  DramJoules take_energy();
  void listen(const std::function<void(const DramCommand&)>& listener);
  const DramDevice& device() const { return device_; }

 private:
  struct Field {
    int DramPlace::*target;  ///< nullptr: columns, which decide nothing
    uint64_t count;
  };

  DramUse use() const;

  DramDevice device_;
  std::vector<Field> fields_;  ///< the least significant first, without rows
  std::vector<DramChannel> channels_;
  int64_t arrived_ = 0;
  DramUse taken_;
};

}  // namespace tram
