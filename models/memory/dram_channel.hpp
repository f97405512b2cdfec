#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "models/memory/dram_device.hpp"

namespace tram {

enum class DramCommandKind {
  activate,
  precharge,
  read,
  write,
  precharge_all,
  refresh,
  enter_self_refresh,
  exit_self_refresh
};

/// A command on the command bus of a channel. Bank and row mean nothing where the command is for all banks.
struct DramCommand {
  DramCommandKind kind;
  int channel = 0, group = 0, bank = 0;
  int64_t row = 0;
  int64_t clock = 0;  ///< in which it begins
};

/// Where a burst lies.
struct DramPlace {
  int channel = 0, group = 0, bank = 0;
  int64_t row = 0;
};

/// What channels did: commands, and clocks in each state.
struct DramUse {
  int64_t activations = 0, reads = 0, writes = 0, refreshes = 0;
  int64_t active = 0, precharged = 0, active_power_down = 0, precharged_power_down = 0, self_refresh = 0;
};

/// One channel: the state of its banks and the earliest clocks that the distances of DramTimes allow.
///
/// Policy      bursts first come, first served; a row stays open until another one of its bank is needed or a refresh
///             (all banks) is due. A refresh goes out as soon as the burst before it allows. The rows of waiting
///             bursts are activated ahead, in their order. After kPowerDownClocks without work the clock enable falls,
///             rows open; what comes next waits for xp, but for refreshes, for which the channel wakes in time. The
///             first refresh that comes kSelfRefreshIntervals intervals after the last burst is followed by
///             self-refresh; what comes next ends that and waits for xs.
/// States      active from the first activation after a refresh to the next one, precharged else
class DramChannel {
 public:
  static constexpr int64_t kPowerDownClocks = 64;
  static constexpr int64_t kSelfRefreshIntervals = 2;

  DramChannel(const DramDevice& device, int number) : device_(device), number_(number), banks_(all_banks()) {
    for (auto* clocks : {&group_activated_, &group_read_, &group_written_})
      clocks->assign(static_cast<size_t>(device.groups), kNever);
    for (auto& clock : activated_) clock = kNever;
  }

  /// Moves one burst, at clock `earliest` or later, which must not lie before that of the burst before; returns the
  /// clock in which the data pins are free again.
  int64_t access(const DramPlace& place, bool is_write, int64_t earliest);

  /// Refreshes that are due up to this clock, and the states until then.
  void advance(int64_t clock);

  const DramUse& use() const { return use_; }
  std::function<void(const DramCommand&)> listener;  ///< sees each command; not in the order of their clocks

 private:
  static constexpr int64_t kNever = INT64_MIN / 4;
  struct Bank {
    int64_t row = -1;  ///< -1: precharged
    int64_t activated = kNever, may_activate = 0, may_precharge = 0;
  };
  using Bus = std::vector<std::pair<int64_t, int64_t>>;  ///< of commands in order: first clock, the one behind it

  size_t all_banks() const { return static_cast<size_t>(device_.groups) * static_cast<size_t>(device_.banks); }
  void open(const DramPlace& place, Bank& bank, int64_t earliest);
  int64_t activation_ready(int group) const;
  int64_t column_ready(int group, bool is_write) const;
  void refresh();
  void enter_self_refresh(int64_t clock);
  void exit_self_refresh(int64_t clock);
  void account(int64_t clock);
  int64_t issue(DramCommandKind kind, const DramPlace& place, int64_t earliest);

  DramDevice device_;
  int number_;
  std::vector<Bank> banks_;  ///< [group][bank]
  int open_banks_ = 0;
  std::array<int64_t, 4> activated_;  ///< the last four activations, the oldest first
  std::vector<int64_t> group_activated_, group_read_, group_written_;
  int64_t read_ = kNever, written_ = kNever;
  int64_t refresh_due_ = device_.times.refi;
  int64_t busy_until_ = 0, awake_ = 0, accounted_ = 0;
  int64_t last_burst_ = 0;  ///< its end
  bool in_self_refresh_ = false;
  int64_t entered_self_refresh_ = 0;
  Bus column_bus_, row_bus_;
  DramUse use_;
};

}  // namespace tram
