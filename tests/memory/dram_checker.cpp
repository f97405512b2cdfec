#include "dram_checker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace tram::test {
namespace {

using Kind = DramCommandKind;

bool is_column(Kind kind) { return kind == Kind::read || kind == Kind::write; }
bool is_self_refresh(Kind kind) { return kind == Kind::enter_self_refresh || kind == Kind::exit_self_refresh; }
bool is_for_all_banks(Kind kind) {
  return kind == Kind::precharge_all || kind == Kind::refresh || is_self_refresh(kind);
}
bool is_precharge(Kind kind) { return kind == Kind::precharge || kind == Kind::precharge_all; }
const char* name(Kind kind) {
  static constexpr const char* names[] = {"ACT", "PRE", "RD", "WR", "PREA", "REF", "SRE", "SRX"};
  return names[static_cast<size_t>(kind)];
}

/// One channel's commands in the order of their clocks.
class Channel {
 public:
  Channel(const DramDevice& device, std::vector<DramCommand> trace) : device_(device), trace_(std::move(trace)) {
    std::ranges::stable_sort(trace_, {}, &DramCommand::clock);
  }

  std::vector<std::string> check(int64_t end) {
    for (size_t i = 0; i < trace_.size() && found_.size() < 10; ++i) {
      check_distances(i);
      check_state(trace_[i]);
    }
    check_windows();
    check_buses();
    check_refreshes(end);
    return found_;
  }

 private:
  void fail(const DramCommand& command, const std::string& what) {
    found_.push_back(fmt::format("{} of bank {}.{} in clock {}: {}", name(command.kind), command.group, command.bank,
                                 command.clock, what));
  }

  /// The least distance that the standard has between two commands; 0: none.
  int64_t least(const DramCommand& a, const DramCommand& b) const {
    const DramTimes& t = device_.times;
    const bool group = a.group == b.group, bank = group && a.bank == b.bank;
    const bool meets = bank || is_for_all_banks(a.kind) || is_for_all_banks(b.kind);
    const int64_t written = t.cwl + device_.burst_clocks;
    if (a.kind == Kind::exit_self_refresh) return t.xs;
    if (a.kind == Kind::enter_self_refresh) return t.sr;
    if (a.kind == Kind::refresh) return t.rfc;
    if (a.kind == Kind::activate && b.kind == Kind::activate) return bank ? t.rc : group ? t.rrd_l : t.rrd_s;
    if (a.kind == Kind::activate && b.kind == Kind::refresh) return t.rc;
    if (a.kind == Kind::activate && is_column(b.kind)) return bank ? t.rcd : 0;
    if (a.kind == Kind::activate) return meets ? t.ras : 0;
    if (is_precharge(a.kind)) return meets && !is_precharge(b.kind) && !is_column(b.kind) ? t.rp : 0;
    if (is_precharge(b.kind)) return meets ? (a.kind == Kind::read ? t.rtp : written + t.wr) : 0;
    if (!is_column(b.kind)) return 0;
    if (a.kind == b.kind) return group ? t.ccd_l : t.ccd_s;
    return a.kind == Kind::read ? t.rtw : written + (group ? t.wtr_l : t.wtr_s);
  }

  void check_distances(size_t at) {
    const DramCommand& b = trace_[at];
    for (size_t i = at; i-- > 0;) {
      const DramCommand& a = trace_[i];
      if (b.clock - a.clock > std::max(device_.times.rfc, device_.times.xs)) return;
      if (b.clock - a.clock < least(a, b))
        fail(b, fmt::format("{} of bank {}.{} was in {}, {} later is expected", name(a.kind), a.group, a.bank, a.clock,
                            least(a, b)));
    }
  }

  void check_state(const DramCommand& c) {
    const auto bank = std::pair(c.group, c.bank);
    const auto row = open_.find(bank);
    if (c.kind == Kind::activate && !open_.try_emplace(bank, c.row).second) fail(c, "a row is open");
    if (is_column(c.kind) && (row == open_.end() || row->second != c.row)) fail(c, "its row is not open");
    if (c.kind == Kind::precharge && open_.erase(bank) == 0) fail(c, "no row is open");
    if (c.kind == Kind::precharge_all) open_.clear();
    if ((c.kind == Kind::refresh || c.kind == Kind::enter_self_refresh) && !open_.empty()) fail(c, "a row is open");
    if (asleep_ != (c.kind == Kind::exit_self_refresh)) fail(c, asleep_ ? "in self-refresh" : "not in self-refresh");
    if (c.kind == Kind::enter_self_refresh && !refreshed_) fail(c, "no refresh since the last self-refresh");
    if (is_self_refresh(c.kind)) asleep_ = c.kind == Kind::enter_self_refresh;
    refreshed_ = (refreshed_ && !is_self_refresh(c.kind)) || c.kind == Kind::refresh;
  }

  void check_windows() {
    std::vector<DramCommand> activations;
    std::ranges::copy_if(trace_, std::back_inserter(activations), [](auto& c) { return c.kind == Kind::activate; });
    for (size_t i = 4; i < activations.size(); ++i)
      if (activations[i].clock - activations[i - 4].clock < device_.times.faw) fail(activations[i], "fifth in tFAW");
  }

  void check_buses() {
    int64_t columns_free = 0, rows_free = 0, pins_free = 0;
    for (const DramCommand& c : trace_) {
      int64_t& free = device_.row_command_bus && !is_column(c.kind) ? rows_free : columns_free;
      if (c.clock < free) fail(c, "the command bus is taken");
      free = c.clock + (is_column(c.kind)          ? device_.column_slots
                        : c.kind == Kind::activate ? device_.activate_slots
                                                   : device_.precharge_slots);
      if (!is_column(c.kind)) continue;
      const DramTimes& t = device_.times;
      const int64_t data = c.clock + (c.kind == Kind::read ? t.cl + t.dqsck : t.cwl);
      if (data < pins_free) fail(c, "the data pins are taken");
      pins_free = data + device_.burst_clocks;
    }
  }

  void check_refreshes(int64_t end) {
    int64_t last = 0;
    const auto check = [&](int64_t clock) {
      if (clock - last > int64_t{9} * device_.times.refi)
        found_.push_back(fmt::format("no refresh from {} to {}", last, clock));
      last = clock;
    };
    for (const DramCommand& c : trace_) {
      if (c.kind == Kind::refresh || c.kind == Kind::enter_self_refresh) check(c.clock);
      if (c.kind == Kind::exit_self_refresh) last = c.clock;
    }
    if (!asleep_) check(end);
  }

  const DramDevice& device_;
  std::vector<DramCommand> trace_;
  std::map<std::pair<int, int>, int64_t> open_;
  bool asleep_ = false, refreshed_ = false;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> dram_violations(const DramDevice& device, std::vector<DramCommand> trace, int64_t end) {
  std::vector<std::vector<DramCommand>> channels(static_cast<size_t>(device.channels));
  for (const DramCommand& command : trace) channels.at(static_cast<size_t>(command.channel)).push_back(command);
  std::vector<std::string> found;
  for (std::vector<DramCommand>& commands : channels)
    for (const std::string& line : Channel(device, std::move(commands)).check(end))
      if (found.size() < 10) found.push_back(line);
  return found;
}

}  // namespace tram::test
