#include "models/memory/dram_presets.hpp"

#include <array>
#include <limits>

namespace tram {
namespace {

/// One supply of a chip: V, and its data sheet's currents in A.
struct Supply {
  double volts, idd0, idd2n, idd2p, idd3n, idd3p, idd4r, idd4w, idd5, idd6;
};

/// Energies of the commands of a channel of `chips` chips as DRAMPower 4 and Micron's TN-40-07 have them: a command
/// costs what its current is above that of standing by.
constexpr DramEnergy from_currents(const Supply& s, int chips, double clock, int burst_clocks, const DramTimes& t) {
  const double joule = s.volts * clock * chips, watt = s.volts * chips;
  return {.activate_j = (s.idd0 * t.rc - s.idd3n * t.ras - s.idd2n * (t.rc - t.ras)) * joule,
          .read_j = (s.idd4r - s.idd3n) * burst_clocks * joule,
          .write_j = (s.idd4w - s.idd3n) * burst_clocks * joule,
          .refresh_j = (s.idd5 - s.idd3n) * t.rfc * joule,
          .active_w = s.idd3n * watt,
          .precharged_w = s.idd2n * watt,
          .active_power_down_w = s.idd3p * watt,
          .precharged_power_down_w = s.idd2p * watt,
          .self_refresh_w = s.idd6 * watt};
}

/// a x factor_a + b x factor_b.
constexpr DramEnergy sum(const DramEnergy& a, double factor_a, const DramEnergy& b, double factor_b) {
  DramEnergy result;
  for (double DramEnergy::*field :
       {&DramEnergy::activate_j, &DramEnergy::read_j, &DramEnergy::write_j, &DramEnergy::refresh_j,
        &DramEnergy::active_w, &DramEnergy::precharged_w, &DramEnergy::active_power_down_w,
        &DramEnergy::precharged_power_down_w, &DramEnergy::self_refresh_w})
    result.*field = a.*field * factor_a + b.*field * factor_b;
  return result;
}

// clang-format off
// LPDDR4-3200, one x16 channel. DRAMSys configs/memspec/JEDEC_8Gb_LPDDR4-3200_16bit.json: times of JESD209-4, currents
// of Micron's data sheet. wr and wtr are a clock more than there: JESD209-4 counts them from WL + 1 + BL/2.
// rtw = RL + tDQSCK + BL/2 - WL + tWPRE.
constexpr DramTimes lpddr4_times{
    .rcd = 29, .rp = 29, .ras = 68, .rc = 97, .cl = 28, .dqsck = 6, .cwl = 14,
    .ccd_s = 8, .ccd_l = 8, .rrd_s = 16, .rrd_l = 16, .faw = 64,
    .wr = 30, .wtr_s = 17, .wtr_l = 17, .rtp = 12, .rtw = 30,
    .rfc = 448, .refi = 6246, .xp = 12, .sr = 24, .xs = 460};
constexpr double lpddr4_clock = 625e-12;
constexpr DramEnergy lpddr4_vdd1 = from_currents({
    .volts = 1.8, .idd0 = 3.5e-3, .idd2n = 2e-3, .idd2p = 1.2e-3, .idd3n = 2.25e-3, .idd3p = 1.2e-3,
    .idd4r = 2.25e-3, .idd4w = 2.25e-3, .idd5 = 10e-3, .idd6 = 0.3e-3}, 1, lpddr4_clock, 8, lpddr4_times);
constexpr DramEnergy lpddr4_vdd2 = from_currents({
    .volts = 1.1, .idd0 = 45e-3, .idd2n = 27e-3, .idd2p = 3e-3, .idd3n = 30e-3, .idd3p = 9e-3,
    .idd4r = 275e-3, .idd4w = 210e-3, .idd5 = 90e-3, .idd6 = 0.5e-3}, 1, lpddr4_clock, 8, lpddr4_times);
constexpr DramEnergy lpddr4_vddq = from_currents({
    .volts = 1.1, .idd0 = .75e-3, .idd2n = .75e-3, .idd2p = .75e-3, .idd3n = .75e-3, .idd3p = .75e-3,
    .idd4r = 150e-3, .idd4w = 55e-3, .idd5 = .75e-3, .idd6 = .1e-3}, 1, lpddr4_clock, 8, lpddr4_times);
constexpr DramDevice lpddr4{
    .clock_s = lpddr4_clock, .channels = 1, .groups = 1, .banks = 8, .row_bytes = 2048, .burst_bytes = 32,
    .burst_clocks = 8, .activate_slots = 4, .precharge_slots = 2, .column_slots = 4, .row_command_bus = false,
    .times = lpddr4_times, .energy = sum(sum(lpddr4_vdd1, 1, lpddr4_vdd2, 1), 1, lpddr4_vddq, 1)};

// LPDDR5-6400, one x16 channel in bank group mode, CK at 800 MHz. Ramulator 2 python/ramulator/dram/lpddr5.py
// (LPDDR5_6400, 8 Gb: JESD209-5B tables 235, 330 to 333, 372), xp: 7 ns, sr: 15 ns, xs: rfc + 7.5 ns. wtr_l: 10,
// and BL/n_max - BL/n_min. There are no public currents: energies are those of LPDDR4 by the squares of the voltages,
// 1.05 V for 1.1 V and, at the pins, 0.5 V for 1.1 V.
constexpr double lpddr5_core = (1.05 * 1.05) / (1.1 * 1.1), lpddr5_pins = (0.5 * 0.5) / (1.1 * 1.1);
constexpr DramTimes lpddr5_times{
    .rcd = 15, .rp = 15, .ras = 34, .rc = 49, .cl = 17, .dqsck = 1, .cwl = 9,
    .ccd_s = 2, .ccd_l = 4, .rrd_s = 4, .rrd_l = 4, .faw = 16,
    .wr = 28, .wtr_s = 5, .wtr_l = 12, .rtp = 8, .rtw = 12,
    .rfc = 168, .refi = 3124, .xp = 6, .sr = 12, .xs = 174};
constexpr DramDevice lpddr5{
    .clock_s = 1250e-12, .channels = 1, .groups = 4, .banks = 4, .row_bytes = 2048, .burst_bytes = 32,
    .burst_clocks = 2, .activate_slots = 1, .precharge_slots = 1, .column_slots = 1, .row_command_bus = false,
    .times = lpddr5_times, .energy = sum(sum(lpddr4_vdd1, 1, lpddr4_vdd2, lpddr5_core), 1, lpddr4_vddq, lpddr5_pins)};

// DDR4-2400R, one 64-bit channel of eight 8 Gb x8 chips. Ramulator 2 python/ramulator/dram/ddr4.py (DDR4_2400R,
// JESD79-4); rfc, xp, sr, xs and currents: DRAMsim3 configs/DDR4_8Gb_x8_2400.ini. Core and VPP (3 mA in every
// state, so in no command): without termination and I/O.
constexpr DramTimes ddr4_times{
    .rcd = 16, .rp = 16, .ras = 39, .rc = 55, .cl = 16, .dqsck = 0, .cwl = 12,
    .ccd_s = 4, .ccd_l = 6, .rrd_s = 4, .rrd_l = 6, .faw = 26,
    .wr = 18, .wtr_s = 3, .wtr_l = 9, .rtp = 9, .rtw = 10,
    .rfc = 420, .refi = 9363, .xp = 8, .sr = 12, .xs = 432};
constexpr double ddr4_clock = 833e-12;
constexpr DramEnergy ddr4_vdd = from_currents({
    .volts = 1.2, .idd0 = 48e-3, .idd2n = 34e-3, .idd2p = 25e-3, .idd3n = 43e-3, .idd3p = 37e-3,
    .idd4r = 135e-3, .idd4w = 123e-3, .idd5 = 250e-3, .idd6 = 31e-3}, 8, ddr4_clock, 4, ddr4_times);
constexpr DramEnergy ddr4_vpp = from_currents({
    .volts = 2.5, .idd0 = 3e-3, .idd2n = 3e-3, .idd2p = 3e-3, .idd3n = 3e-3, .idd3p = 3e-3,
    .idd4r = 3e-3, .idd4w = 3e-3, .idd5 = 3e-3, .idd6 = 3e-3}, 8, ddr4_clock, 4, ddr4_times);
constexpr DramDevice ddr4{
    .clock_s = ddr4_clock, .channels = 1, .groups = 4, .banks = 4, .row_bytes = 8192, .burst_bytes = 64,
    .burst_clocks = 4, .activate_slots = 1, .precharge_slots = 1, .column_slots = 1, .row_command_bus = false,
    .times = ddr4_times, .energy = sum(ddr4_vdd, 1, ddr4_vpp, 1)};

// HBM2 at 2 Gb/s a pin: a stack of 16 pseudo channels of 64 bits. Ramulator 2 python/ramulator/dram/hbm2.py
// (HBM2_2000Mbps, 8 Gb: JESD235; rcd that of reads), xs: rfc + 8 as in DRAMsim3; dqsck: DRAMSys
// configs/memspec/HBM2.json. Commands: O'Connor et al., MICRO 2017, table 3 (909 pJ an activation; 1.51 + 1.17 + 0.80
// pJ a bit read or written). Refresh and background: currents of DRAMsim3 configs/HBM2_8Gb_x128.ini, 1.2 V, half a
// channel each.
constexpr double hbm2_volts = 1.2 / 2;
constexpr DramTimes hbm2_times{
    .rcd = 14, .rp = 14, .ras = 34, .rc = 48, .cl = 14, .dqsck = 1, .cwl = 5,
    .ccd_s = 2, .ccd_l = 4, .rrd_s = 4, .rrd_l = 4, .faw = 15,
    .wr = 16, .wtr_s = 6, .wtr_l = 8, .rtp = 5, .rtw = 13,
    .rfc = 350, .refi = 3900, .xp = 8, .sr = 10, .xs = 358};
constexpr DramEnergy hbm2_energy{
    .activate_j = 909e-12, .read_j = 32 * 8 * 3.48e-12, .write_j = 32 * 8 * 3.48e-12,
    .refresh_j = (250e-3 - 55e-3) * hbm2_volts * 350e-9,
    .active_w = 55e-3 * hbm2_volts, .precharged_w = 40e-3 * hbm2_volts,
    .active_power_down_w = 40e-3 * hbm2_volts, .precharged_power_down_w = 28e-3 * hbm2_volts,
    .self_refresh_w = 31e-3 * hbm2_volts};
constexpr DramDevice hbm2{
    .clock_s = 1e-9, .channels = 16, .groups = 4, .banks = 4, .row_bytes = 1024, .burst_bytes = 32,
    .burst_clocks = 2, .activate_slots = 2, .precharge_slots = 1, .column_slots = 1, .row_command_bus = true,
    .times = hbm2_times, .energy = hbm2_energy};
// clang-format on

}  // namespace

std::span<const DramPreset> dram_presets() {
  static const std::array<DramPreset, 5> presets{{
      // 18 ns + 28 x 0.625 ns + 20 ns; 16 bit x 3.2 GT/s; 16 bit x BL16; 8 pJ/bit
      {"lpddr4_3200", 55.5e-9, 6.4e9, 32, 64e-12,
       "one x16 channel, JESD209-4 (tRCD 18 ns, RL 28, BL16); 8 pJ/bit as in Accelergy's DRAM table", &lpddr4,
       "JESD209-4 and Micron's currents as in DRAMSys JEDEC_8Gb_LPDDR4-3200_16bit"},
      // 15 x 1.25 ns + 17 x 1.25 ns + 20 ns; 16 bit x 6.4 GT/s; 16 bit x BL16; a read of device_source a byte
      {"lpddr5_6400", 60e-9, 12.8e9, 32, 43.7e-12,
       "one x16 channel, JESD209-5B (tRCD 15, RL 17 clocks of 1.25 ns, BL16); a read burst / 32 B", &lpddr5,
       "JESD209-5B as in Ramulator 2; energies estimated: LPDDR4's by the squares of the voltages"},
      // 16 x 0.833 ns + 16 x 0.833 ns + 20 ns; 64 bit x 2.4 GT/s; 64 bit x BL8;
      // (1.2 V x 145 mA + 2.5 V x 3 mA) / 2.4 GB/s a chip
      {"ddr4_2400", 46.7e-9, 19.2e9, 64, 75.625e-12,
       "one 64-bit channel, JESD79-4 2400R (16-16, BL8); V x IDD4R of an 8 Gb x8 chip as in Ramulator 2, without I/O",
       &ddr4, "JESD79-4 2400R as in Ramulator 2; currents of eight 8 Gb x8 chips as in DRAMsim3, without I/O"},
      // 16 ns + 16 ns + 20 ns; 1024 bit x 2 GT/s; 64-bit pseudo channel x BL4; 3.9 pJ/bit
      {"hbm2", 52e-9, 256e9, 32, 31.2e-12,
       "one stack, JESD235 at 2 Gb/s a pin (tRCD 16 ns, tCL 16 ns, BL4); 3.9 pJ/bit, O'Connor et al., MICRO 2017",
       &hbm2, "JESD235 as in Ramulator 2; O'Connor et al., MICRO 2017, table 3; refresh and background as in DRAMsim3"},
      {"ideal", 0, std::numeric_limits<double>::infinity(), 64, 0, "no latency, no limit, no energy", nullptr, ""},
  }};
  return presets;
}

const DramPreset* find_dram_preset(const std::string& name) {
  for (const DramPreset& preset : dram_presets())
    if (preset.name == name) return &preset;
  return nullptr;
}

}  // namespace tram
