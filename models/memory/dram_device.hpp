#pragma once
#include <array>
#include <utility>

namespace tram {

/// Minimum distances of commands in clocks of the DRAM, by their names in the JEDEC standards without the t.
/// rcd activate to read or write; rp precharge to activate; ras activate to precharge; rc activate to activate, one
/// bank; cl, cwl read and write command to data; dqsck what read data lags behind cl; ccd_s, ccd_l column command to
/// column command of another and of the same bank group; rrd_s, rrd_l activate to activate likewise; faw window of at
/// most four activations; wr, wtr_s, wtr_l end of written data to precharge and to a read; rtp read to precharge; rtw
/// read to write; rfc refresh to the next command; refi mean interval of refreshes; xp exit from power-down; sr least stay
/// in self-refresh; xs exit from it.
struct DramTimes {
  int rcd, rp, ras, rc, cl, dqsck, cwl, ccd_s, ccd_l, rrd_s, rrd_l, faw, wr, wtr_s, wtr_l, rtp, rtw, rfc, refi, xp, sr,
      xs;
};

/// Their names, in the order of every table.
inline constexpr std::array<std::pair<const char*, int DramTimes::*>, 22> dram_times{{
    {"tRCD", &DramTimes::rcd},     {"tRP", &DramTimes::rp},       {"tRAS", &DramTimes::ras},
    {"tRC", &DramTimes::rc},       {"tCL", &DramTimes::cl},       {"tDQSCK", &DramTimes::dqsck},
    {"tCWL", &DramTimes::cwl},     {"tCCD_S", &DramTimes::ccd_s}, {"tCCD_L", &DramTimes::ccd_l},
    {"tRRD_S", &DramTimes::rrd_s}, {"tRRD_L", &DramTimes::rrd_l}, {"tFAW", &DramTimes::faw},
    {"tWR", &DramTimes::wr},       {"tWTR_S", &DramTimes::wtr_s}, {"tWTR_L", &DramTimes::wtr_l},
    {"tRTP", &DramTimes::rtp},     {"tRTW", &DramTimes::rtw},     {"tRFC", &DramTimes::rfc},
    {"tREFI", &DramTimes::refi},   {"tXP", &DramTimes::xp},       {"tSR", &DramTimes::sr},
    {"tXS", &DramTimes::xs},
}};

/// What a channel consumes: J a command, W by state. Active: any bank has an open row.
struct DramEnergy {
  double activate_j = 0, read_j = 0, write_j = 0, refresh_j = 0;  ///< an activation with its precharge; a burst
  double active_w = 0, precharged_w = 0, active_power_down_w = 0, precharged_power_down_w = 0, self_refresh_w = 0;
};

/// One kind of DRAM: channels of one rank each, of bank groups of banks of rows.
struct DramDevice {
  double clock_s;        ///< s, of one clock of DramTimes
  int channels;          ///< independent; pseudo channels of HBM
  int groups, banks;     ///< bank groups a channel, banks a group
  int row_bytes;         ///< of a bank, over all chips of the channel
  int burst_bytes;       ///< moved by one read or write
  int burst_clocks;      ///< for which it holds the data pins
  int activate_slots;    ///< clocks of the command bus that an activation takes,
  int precharge_slots;   ///< a precharge or refresh,
  int column_slots;      ///< a read or write
  bool row_command_bus;  ///< activations, precharges and refreshes have a command bus of their own
  DramTimes times;
  DramEnergy energy;
};

}  // namespace tram
