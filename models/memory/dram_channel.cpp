#include "models/memory/dram_channel.hpp"

#include <algorithm>

namespace tram {
namespace {

bool is_column(DramCommandKind kind) { return kind == DramCommandKind::read || kind == DramCommandKind::write; }

/// The first clock from `earliest` on from which `length` clocks are free; takes them.
int64_t take(std::vector<std::pair<int64_t, int64_t>>& bus, int64_t earliest, int64_t length) {
  auto next = bus.end();
  while (next != bus.begin() && std::prev(next)->second > earliest) --next;
  int64_t clock = earliest;
  for (; next != bus.end() && next->first < clock + length; ++next) clock = std::max(clock, next->second);
  bus.insert(next, {clock, clock + length});
  return clock;
}

}  // namespace

int64_t DramChannel::access(const DramPlace& place, bool is_write, int64_t earliest) {
  const DramTimes& t = device_.times;
  advance(std::max({earliest, read_, written_}));
  for (Bus* bus : {&column_bus_, &row_bus_})  // nothing asks for clocks before these any more
    bus->erase(bus->begin(), std::ranges::find_if(*bus, [&](auto& taken) { return taken.second > earliest; }));
  if (in_self_refresh_) exit_self_refresh(earliest);
  if (earliest > busy_until_ + kPowerDownClocks) awake_ = earliest + t.xp;
  earliest = std::max(earliest, awake_);

  Bank& bank = banks_[static_cast<size_t>(place.group * device_.banks + place.bank)];
  if (bank.row != place.row) open(place, bank, earliest);
  const int64_t ready = std::max({earliest, bank.activated + t.rcd, column_ready(place.group, is_write)});
  const int64_t clock = issue(is_write ? DramCommandKind::write : DramCommandKind::read, place, ready);
  auto& last = is_write ? written_ : read_;
  last = (is_write ? group_written_ : group_read_)[static_cast<size_t>(place.group)] = clock;
  const int64_t end = clock + (is_write ? t.cwl : t.cl + t.dqsck) + device_.burst_clocks;
  bank.may_precharge = std::max(bank.may_precharge, is_write ? end + t.wr : clock + t.rtp);
  ++(is_write ? use_.writes : use_.reads);
  busy_until_ = std::max(busy_until_, end);
  last_burst_ = std::max(last_burst_, end);
  return end;
}

void DramChannel::open(const DramPlace& place, Bank& bank, int64_t earliest) {
  const DramTimes& t = device_.times;
  if (bank.row >= 0) {
    const int64_t precharge = issue(DramCommandKind::precharge, place, std::max(earliest, bank.may_precharge));
    bank.may_activate = std::max(bank.may_activate, precharge + t.rp);
  } else {
    if (open_banks_ == 0) account(std::max(earliest, bank.may_activate));
    ++open_banks_;
  }
  const int64_t clock =
      issue(DramCommandKind::activate, place, std::max({earliest, bank.may_activate, activation_ready(place.group)}));
  std::rotate(activated_.begin(), activated_.begin() + 1, activated_.end());
  activated_.back() = group_activated_[static_cast<size_t>(place.group)] = clock;
  bank = {.row = place.row, .activated = clock, .may_activate = clock + t.rc, .may_precharge = clock + t.ras};
  ++use_.activations;
}

int64_t DramChannel::activation_ready(int group) const {
  const DramTimes& t = device_.times;
  return std::max({activated_.back() + t.rrd_s, group_activated_[static_cast<size_t>(group)] + t.rrd_l,
                   activated_.front() + t.faw});
}

int64_t DramChannel::column_ready(int group, bool is_write) const {
  const DramTimes& t = device_.times;
  const int64_t own_read = group_read_[static_cast<size_t>(group)],
                own_write = group_written_[static_cast<size_t>(group)];
  if (is_write) return std::max({written_ + t.ccd_s, own_write + t.ccd_l, read_ + t.rtw});
  const int64_t data = t.cwl + device_.burst_clocks;
  return std::max({read_ + t.ccd_s, own_read + t.ccd_l, written_ + data + t.wtr_s, own_write + data + t.wtr_l});
}

void DramChannel::advance(int64_t clock) {
  while (!in_self_refresh_ && refresh_due_ <= clock) refresh();
  account(clock);
}

void DramChannel::enter_self_refresh(int64_t clock) {
  account(clock);
  entered_self_refresh_ = issue(DramCommandKind::enter_self_refresh, {}, clock);
  in_self_refresh_ = true;
}

void DramChannel::exit_self_refresh(int64_t clock) {
  const DramTimes& t = device_.times;
  const int64_t exit = issue(DramCommandKind::exit_self_refresh, {}, std::max(clock, entered_self_refresh_ + t.sr));
  account(exit);
  in_self_refresh_ = false;
  busy_until_ = awake_ = exit + t.xs;
  refresh_due_ = exit + t.refi;
}

void DramChannel::refresh() {
  const DramTimes& t = device_.times;
  int64_t ready = refresh_due_;
  account(ready);
  if (open_banks_ > 0) {
    for (const Bank& bank : banks_)
      if (bank.row >= 0) ready = std::max(ready, bank.may_precharge);
    const int64_t precharge = issue(DramCommandKind::precharge_all, {}, ready);
    busy_until_ = std::max(busy_until_, precharge);
    account(precharge);
    open_banks_ = 0;
    ready = precharge + t.rp;
  }
  for (const Bank& bank : banks_)
    if (bank.row < 0) ready = std::max(ready, bank.may_activate);
  const int64_t clock = issue(DramCommandKind::refresh, {}, ready);
  for (Bank& bank : banks_) bank = {.may_activate = clock + t.rfc};
  busy_until_ = std::max(busy_until_, clock + t.rfc);
  refresh_due_ += t.refi;
  ++use_.refreshes;
  if (clock > last_burst_ + kSelfRefreshIntervals * t.refi) enter_self_refresh(clock + t.rfc);
}

/// Clocks up to this one, in the state of now: standing by while there was work and kPowerDownClocks on.
void DramChannel::account(int64_t clock) {
  if (clock <= accounted_) return;
  if (in_self_refresh_) {
    use_.self_refresh += clock - accounted_;
    accounted_ = clock;
    return;
  }
  const int64_t down = std::clamp(busy_until_ + kPowerDownClocks, accounted_, clock);
  (open_banks_ > 0 ? use_.active : use_.precharged) += down - accounted_;
  (open_banks_ > 0 ? use_.active_power_down : use_.precharged_power_down) += clock - down;
  accounted_ = clock;
}

/// Puts a command on its bus at clock `earliest` or later.
int64_t DramChannel::issue(DramCommandKind kind, const DramPlace& place, int64_t earliest) {
  Bus& bus = device_.row_command_bus && !is_column(kind) ? row_bus_ : column_bus_;
  const int slots = is_column(kind)                     ? device_.column_slots
                    : kind == DramCommandKind::activate ? device_.activate_slots
                                                        : device_.precharge_slots;
  const int64_t clock = take(bus, earliest, slots);
  if (listener) listener({kind, number_, place.group, place.bank, place.row, clock});
  return clock;
}

}  // namespace tram
