#include "models/memory/dram_timing.hpp"

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <random>

#include "dram_checker.hpp"
#include "models/memory/dram_presets.hpp"

namespace tram::test {
namespace {

const DramDevice& device(const char* name) { return *find_dram_preset(name)->device; }
const std::string kDefault = "row:bank:column:group:channel";

/// A DRAM whose commands are kept.
struct Traced {
  explicit Traced(const DramDevice& of, const std::string& mapping = kDefault) : timing(of, mapping) {
    timing.listen([this](const DramCommand& command) { commands.push_back(command); });
  }
  std::vector<std::string> trace() const {
    std::vector<std::string> lines;
    for (const DramCommand& c : commands)
      lines.push_back(fmt::format("{}@{}", "APRWXFSE"[static_cast<int>(c.kind)], c.clock));
    return lines;
  }

  DramTiming timing;
  std::vector<DramCommand> commands;
};

using Lines = std::vector<std::string>;

TEST(DramTiming, RowMissHitAndConflictByHand) {
  Traced dram(device("lpddr4_3200"));
  // Closed: activate at 0, read tRCD = 29 later; RL 28 + tDQSCK 6 to the data, which takes 8.
  EXPECT_EQ(dram.timing.access(0, 32, false, 0), 29 + 34 + 8);
  // Hit: the next burst of the open row.
  EXPECT_EQ(dram.timing.access(32, 32, false, 100), 100 + 34 + 8);
  // Conflict: 8 banks x 2 KiB on lies the next row of bank 0. Precharge tRTP = 12 after the read at 100, activate
  // tRP = 29 later, read tRCD later.
  EXPECT_EQ(dram.timing.access(16384, 32, false, 105), 112 + 29 + 29 + 34 + 8);
  EXPECT_EQ(dram.trace(), (Lines{"A@0", "R@29", "R@100", "P@112", "A@141", "R@170"}));
}

TEST(DramTiming, WritesAndTheirTurnaroundByHand) {
  Traced dram(device("ddr4_2400"));
  // Activate 0, write 16, data CWL 12 later for 4 clocks.
  EXPECT_EQ(dram.timing.access(0, 64, true, 0), 16 + 12 + 4);
  // A read of another bank group (row open in group 0 only): activate 4 (tRRD_S), ready for it at 20, but the written
  // data ends at 32, tWTR_S = 3 later: read 35, CL 16.
  EXPECT_EQ(dram.timing.access(64, 64, false, 0), 35 + 16 + 4);
  // A read of the written group waits for tWTR_L = 9.
  EXPECT_EQ(dram.timing.access(256, 64, false, 0), 41 + 16 + 4);
  // Read to write: tRTW = 10.
  EXPECT_EQ(dram.timing.access(320, 64, true, 0), 51 + 12 + 4);
}

TEST(DramTiming, BurstsOfARowFollowEachOther) {
  Traced lpddr4(device("lpddr4_3200")), ddr4(device("ddr4_2400")),
      same_group(device("ddr4_2400"), "row:bank:group:column:channel");
  EXPECT_EQ(lpddr4.timing.access(0, 256, false, 0), 29 + 7 * 8 + 34 + 8);
  // Neighbours lie in other bank groups: every tCCD_S = 4 once the four rows are open (activations every tRRD_S = 4).
  EXPECT_EQ(ddr4.timing.access(0, 1024, false, 0), 16 + 15 * 4 + 16 + 4);
  // In one group: every tCCD_L = 6.
  EXPECT_EQ(same_group.timing.access(0, 1024, false, 0), 16 + 15 * 6 + 16 + 4);
}

TEST(DramTiming, FiveActivationsNeedTheirWindow) {
  Traced dram(device("ddr4_2400"));
  // Groups 0 to 3 of bank 0 at 0, 4, 8, 12; then bank 1 (128 columns x 4 groups x 64 B on): tFAW = 26 after the first.
  EXPECT_EQ(dram.timing.access(0, 256, false, 0), 12 + 16 + 16 + 4);
  EXPECT_EQ(dram.timing.access(32768, 64, false, 0), 26 + 16 + 16 + 4);
}

TEST(DramTiming, ARefreshClosesTheRows) {
  Traced dram(device("lpddr4_3200"));
  dram.timing.access(0, 32, false, 6200);
  // Due at 6246: precharge all (tRAS after the activation at 6212, which waited for tXP = 12, so 6280), tRP, tRFC.
  EXPECT_EQ(dram.timing.access(32, 32, false, 6250), 6280 + 29 + 448 + 29 + 34 + 8);
  EXPECT_EQ(dram.trace(), (Lines{"A@6212", "R@6241", "X@6280", "F@6309", "A@6757", "R@6786"}));
  dram.timing.advance(2 * 6246);
  EXPECT_EQ(dram.trace().back(), "F@12521") << "an idle channel is refreshed on time, tRP after its rows are closed";
}

TEST(DramTiming, AnIdleChannelSleepsWithItsRowsOpen) {
  Traced dram(device("lpddr4_3200"));
  dram.timing.advance(500);
  // Power is down from clock 64 on with all banks precharged; tXP = 12 to wake, activate 512, data up to 583.
  EXPECT_EQ(dram.timing.access(0, 32, false, 500), 512 + 29 + 34 + 8);
  EXPECT_NEAR(dram.timing.take_energy().background, (64 * 34.125 + 448 * 6.285) * .625e-12, 1e-18);
  EXPECT_EQ(dram.timing.access(32, 32, false, 1000), 1012 + 34 + 8);
  EXPECT_EQ(dram.trace(), (Lines{"A@512", "R@541", "R@1012"}));
}

TEST(DramTiming, ALongIdleChannelRefreshesItself) {
  Traced dram(device("lpddr4_3200"));
  EXPECT_EQ(dram.timing.access(0, 32, false, 0), 71);
  dram.timing.advance(100000);
  dram.timing.take_energy();
  // The refresh of 18738 is the first more than two intervals of 6246 after clock 71; tRFC = 448 later it sleeps.
  EXPECT_EQ(dram.trace(), (Lines{"A@0", "R@29", "X@6246", "F@6275", "F@12492", "F@18738", "S@19186"}));
  dram.timing.advance(101000);
  EXPECT_NEAR(dram.timing.take_energy().background, 1000 * (.3 * 1.8 + .6 * 1.1) * .625e-12, 1e-18);
  // It wakes at once: tXS = 460 to the activation; the next refresh an interval later.
  EXPECT_EQ(dram.timing.access(32, 32, false, 102000), 102460 + 29 + 34 + 8);
  dram.timing.advance(109000);
  const Lines lines = dram.trace();
  EXPECT_EQ(Lines(lines.end() - 5, lines.end()), (Lines{"E@102000", "A@102460", "R@102489", "X@108246", "F@108275"}));
}

TEST(DramTiming, EnergyByHand) {
  // mA x clocks x V x 0.625 ns. Activate: (3.5 x 97 - 2.25 x 68 - 2 x 29) x 1.8 V and (45 x 97 - 30 x 68 - 27 x 29) x
  // 1.1 V.
  // Read: (275 - 30) + (150 - 0.75) mA at 1.1 V for 8 clocks. Background, 0.625 ns: active for 71 + 64 clocks at 2.25 x
  // 1.8 + 30.75 x 1.1 mW, then power-down with open row, 1.2 x 1.8 + 9.75 x 1.1 mW.
  DramTiming dram(device("lpddr4_3200"), kDefault);
  dram.access(0, 32, false, 0);
  dram.advance(1000);
  const DramJoules energy = dram.take_energy();
  EXPECT_NEAR(energy.activate, (128.5 * 1.8 + 1542 * 1.1) * .625e-12, 1e-18);
  EXPECT_NEAR(energy.read, (245 + 149.25) * 1.1 * 8 * .625e-12, 1e-18);
  EXPECT_NEAR(energy.background, (135 * 37.875 + 865 * 12.885) * .625e-12, 1e-18);
  EXPECT_EQ(energy.write, 0);
  EXPECT_EQ(energy.refresh, 0);
  dram.advance(6300);
  EXPECT_NEAR(dram.take_energy().refresh, ((10 - 2.25) * 1.8 + (90 - 30) * 1.1) * 448 * .625e-12, 1e-16);
  EXPECT_EQ(dram.take_energy().background, 0) << "nothing since";
}

TEST(DramTiming, AddressesAreCutAsTheMappingSays) {
  const DramTiming dram(device("hbm2"), kDefault);
  const auto at = [&](uint64_t address) {
    const DramPlace p = dram.place(address);
    return std::vector<int64_t>{p.channel, p.group, p.bank, p.row};
  };
  EXPECT_EQ(at(31), (std::vector<int64_t>{0, 0, 0, 0}));
  EXPECT_EQ(at(32 * 15), (std::vector<int64_t>{15, 0, 0, 0}));
  EXPECT_EQ(at(32 * 16), (std::vector<int64_t>{0, 1, 0, 0}));
  EXPECT_EQ(at(32 * 16 * 4), (std::vector<int64_t>{0, 0, 0, 0}));  // the next column
  EXPECT_EQ(at(32 * 16 * 4 * 32), (std::vector<int64_t>{0, 0, 1, 0}));
  EXPECT_EQ(at(32 * 16 * 4 * 32 * 4 + 32), (std::vector<int64_t>{1, 0, 0, 1}));
}

/// Streams, strides and scattered requests, reads and writes, back to back and with idle times.
int64_t random_traffic(DramTiming& dram, std::mt19937& random, int requests) {
  const auto below = [&](uint64_t n) { return std::uniform_int_distribution<uint64_t>(0, n - 1)(random); };
  uint64_t address = 0;
  int64_t clock = 0, end = 0;
  for (int i = 0; i < requests; ++i) {
    const uint64_t kind = below(8), bytes = 1 + below(512);
    if (kind == 0) address = below(uint64_t{64} << 20);
    else if (kind == 1) address = (address + (uint64_t{1} << below(24))) % (uint64_t{64} << 20);
    clock += static_cast<int64_t>(below(50) == 0 ? below(30000) : below(i % 1000 < 500 ? 4 : 100));
    end = dram.access(address, bytes, below(i % 300 < 150 ? 10 : 2) == 0, clock);
    address += bytes;
  }
  dram.advance(end);
  return end;
}

TEST(DramTiming, RandomTrafficKeepsEveryDistance) {
  for (const DramPreset& preset : dram_presets()) {
    if (!preset.device) continue;
    for (const std::string& mapping : dram_mappings()) {
      std::mt19937 random(7);
      Traced dram(*preset.device, mapping);
      const int64_t end = random_traffic(dram.timing, random, 4000);
      EXPECT_GT(dram.commands.size(), 10000U);
      EXPECT_EQ(dram_violations(*preset.device, dram.commands, end), Lines{}) << preset.name << " " << mapping;
    }
  }
}

/// Each distance a clock too short is noticed by the checker: so it looks, and so the traffic comes down to it.
TEST(DramTiming, TheCheckerSeesEachDistanceThatIsTooShort) {
  const DramDevice& right = device("ddr4_2400");
  for (int DramTimes::*time : {&DramTimes::rcd, &DramTimes::rp, &DramTimes::ras, &DramTimes::ccd_s, &DramTimes::ccd_l,
                               &DramTimes::rrd_s, &DramTimes::rrd_l, &DramTimes::faw, &DramTimes::wr, &DramTimes::wtr_s,
                               &DramTimes::wtr_l, &DramTimes::rtp, &DramTimes::rtw, &DramTimes::rfc, &DramTimes::xs}) {
    DramDevice wrong = right;
    --(wrong.times.*time);
    std::mt19937 random(7);
    Traced dram(wrong);
    const int64_t end = random_traffic(dram.timing, random, 4000);
    EXPECT_NE(dram_violations(right, dram.commands, end), Lines{}) << wrong.times.*time;
  }
}

TEST(DramTiming, TheCheckerSeesRefreshesThatAreMissing) {
  DramDevice rare = device("hbm2");
  rare.times.refi *= 10;
  std::mt19937 random(7);
  Traced dram(rare);
  const int64_t end = random_traffic(dram.timing, random, 4000);
  EXPECT_NE(dram_violations(device("hbm2"), dram.commands, end), Lines{});
}

TEST(DramTiming, TheCheckerSeesWhatBanksDoNotAllow) {
  using Kind = DramCommandKind;
  const DramDevice& lpddr4 = device("lpddr4_3200");
  const auto found = [&](const std::vector<DramCommand>& trace) { return dram_violations(lpddr4, trace, 0); };
  const DramCommand open{.kind = Kind::activate, .row = 3, .clock = 0};
  EXPECT_EQ(found({open, {.kind = Kind::read, .row = 3, .clock = 29}}), Lines{});
  EXPECT_EQ(found({open, {.kind = Kind::read, .row = 4, .clock = 29}}),
            Lines{"RD of bank 0.0 in clock 29: its row is not open"});
  EXPECT_EQ(found({open, {.kind = Kind::refresh, .clock = 200}}), Lines{"REF of bank 0.0 in clock 200: a row is open"});
  EXPECT_EQ(found({open,
                   {.kind = Kind::activate, .bank = 1, .row = 4, .clock = 16},
                   {.kind = Kind::precharge, .bank = 2, .clock = 90}}),
            Lines{"PRE of bank 0.2 in clock 90: no row is open"});
  EXPECT_EQ(found({{.kind = Kind::precharge_all, .clock = 0}, {.kind = Kind::precharge_all, .clock = 1}}),
            Lines{"PREA of bank 0.0 in clock 1: the command bus is taken"});
}

}  // namespace
}  // namespace tram::test
