#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <memory>
#include <random>
#include <vector>

#include "address_sanitizer.hpp"
#include "sim/components/address_map.hpp"
#include "sim/components/bus.hpp"
#include "sim/components/dma.hpp"
#include "sim/components/dram.hpp"
#include "sim/components/scratchpad.hpp"
#include "sim/components/systemc_session.hpp"

namespace tram::test {
namespace {

using sc_core::sc_module;
using sc_core::sc_module_name;

/// Any SystemC warning or error fails the test that provokes it.
class SystemCStrict : public testing::Environment {
 public:
  void SetUp() override { prepare_systemc(); }
};
const auto* const kStrict = testing::AddGlobalTestEnvironment(new SystemCStrict);

const Clock& clock_100mhz() {
  static const Clock clock(100e6);
  return clock;
}

/// An initiator that does accesses at given cycles and notes when they end.
struct Initiator : sc_module {
  struct Access {
    uint64_t cycle;
    tlm::tlm_command command;
    uint64_t address;
    size_t bytes;
  };

  explicit Initiator(sc_module_name name) : sc_module(name), socket("socket"), transactor(this->name()) {
    SC_HAS_PROCESS(Initiator);
    SC_THREAD(run);
  }

  void run() {
    for (const Access& access : accesses) {
      wait(clock_100mhz().until(access.cycle));
      std::vector<uint8_t> data(access.bytes, fill);
      try {
        const sc_core::sc_time delay =
            access.command == tlm::TLM_READ_COMMAND
                ? transactor.read(*socket.operator->(), access.address, data.data(), data.size(), 0)
                : transactor.write(*socket.operator->(), access.address, data.data(), data.size(), 0);
        ends.push_back(clock_100mhz().cycle(sc_core::sc_time_stamp() + delay));
      } catch (const sc_core::sc_report& report) {
        errors.push_back(report.get_msg());
      }
      read = data;
    }
  }

  tlm_utils::simple_initiator_socket<Initiator> socket;
  Transactor transactor;
  std::vector<Access> accesses;
  uint8_t fill = 0;
  std::vector<uint64_t> ends;
  std::vector<std::string> errors;
  std::vector<uint8_t> read;
};

constexpr auto kRead = tlm::TLM_READ_COMMAND;
constexpr auto kWrite = tlm::TLM_WRITE_COMMAND;

/// Two initiators, a bus 16 B wide with latency 2, and a DRAM.
struct BusBench {
  explicit BusBench(const Scenario::Dram& parameters)
      : meter(1000), bus("bus", clock_100mhz(), {.width_bytes = 16, .latency_cycles = 2}),
        dram("dram", clock_100mhz(), parameters, meter), first("first"), second("second") {
    meter.start(0, 1);
    first.socket.bind(bus.initiators);
    second.socket.bind(bus.initiators);
    bus.map(kDramBase, static_cast<uint64_t>(parameters.bytes));
    bus.targets.bind(dram.target);
  }

  Meter meter;
  Bus bus;
  Dram dram;
  Initiator first, second;
};

Scenario::Dram dram_parameters(double latency_s, double bandwidth) {
  Scenario::Dram dram;
  dram.simple = true;
  dram.latency_s = latency_s;
  dram.bandwidth = bandwidth;
  dram.burst_bytes = 32;
  dram.energy_per_byte = 1e-12;
  dram.bytes = 4096;
  return dram;
}
Scenario::Dram ideal_dram() { return dram_parameters(0, std::numeric_limits<double>::infinity()); }

TEST(Bus, OneTransactionAfterTheOther) {
  BusBench bench(ideal_dram());
  bench.first.accesses = {{10, kWrite, kDramBase, 64}, {30, kRead, kDramBase, 1}};
  bench.second.accesses = {{13, kRead, kDramBase, 64}, {21, kRead, kDramBase, 17}};
  sc_core::sc_start();
  // 2 + 4 cycles: 10..16, then the one of cycle 13 waits: 16..22; that of 21 waits too: 22..26; 30..33 finds it free.
  EXPECT_EQ(bench.first.ends, (std::vector<uint64_t>{16, 33}));
  EXPECT_EQ(bench.second.ends, (std::vector<uint64_t>{22, 26}));
  EXPECT_EQ(bench.bus.busy_cycles(), 6U + 6 + 4 + 3);
  EXPECT_EQ(bench.bus.transactions(), 4U);
}

TEST(Bus, AddressesOfNobodyAreErrors) {
  BusBench bench(ideal_dram());
  bench.first.accesses = {{0, kRead, 0, 4}, {1, kRead, kDramBase + 4096, 4}, {2, kWrite, kDramBase + 4094, 4}};
  sc_core::sc_start();
  EXPECT_TRUE(bench.first.ends.empty());
  ASSERT_EQ(bench.first.errors.size(), 3U);
  EXPECT_EQ(bench.first.errors[1], "first: read of 4 B at 0x100001000: TLM_ADDRESS_ERROR_RESPONSE");
  EXPECT_EQ(bench.first.errors[2], "first: write of 4 B at 0x100000ffe: TLM_ADDRESS_ERROR_RESPONSE");
}

TEST(Bus, BytesArriveWhereTheyWereSent) {
  BusBench bench(ideal_dram());
  bench.first.fill = 0xab;
  bench.first.accesses = {{0, kWrite, kDramBase + 100, 7}};
  bench.second.accesses = {{50, kRead, kDramBase + 99, 9}};
  sc_core::sc_start();
  EXPECT_EQ(bench.second.read, (std::vector<uint8_t>{0, 0xab, 0xab, 0xab, 0xab, 0xab, 0xab, 0xab, 0}));
}

TEST(Dram, RequestsQueueForTheirData) {
  // 6.4 GB/s at 100 MHz: 64 B a cycle. Latency 60.5 ns.
  Meter meter(1000);
  meter.start(0, 1);
  Dram dram("dram", clock_100mhz(), dram_parameters(60.5e-9, 6.4e9), meter);
  Bus wire("wire", clock_100mhz(), {.width_bytes = 4096, .latency_cycles = 0});
  Initiator direct("direct"), other("other");
  direct.socket.bind(wire.initiators);
  other.socket.bind(wire.initiators);
  wire.map(0, 4096);
  wire.targets.bind(dram.target);
  direct.accesses = {{9, kRead, 0, 256}, {39, kRead, 31, 2}};
  other.accesses = {{10, kRead, 1024, 640}, {99, kRead, 0, 32}};
  sc_core::sc_start();
  // The wire takes a cycle. 10..14 data, + 60.5 ns: 201 ns -> 21. The other: at 11, data 14..24, + 6.05 -> 31.
  // 2 B that straddle two bursts: 64 B, a cycle: 40..41, + 6.05 -> 48. One burst: 100..100.5, + 6.05 -> 107.
  EXPECT_EQ(direct.ends, (std::vector<uint64_t>{21, 48}));
  EXPECT_EQ(other.ends, (std::vector<uint64_t>{31, 107}));
  EXPECT_EQ(meter.layers()[0].dram_bytes, 256U + 64 + 640 + 32);
  EXPECT_NEAR(meter.layers()[0].energy.dram, 992e-12, 1e-20);
}

/// An initiator of the base protocol: sends requests at given cycles, notes phases and when they come; ends a response
/// `hold` cycles after it began, at once when that is 0.
struct PhasedInitiator : sc_module, tlm::tlm_mm_interface {
  explicit PhasedInitiator(sc_module_name name) : sc_module(name), socket("socket") {
    socket.register_nb_transport_bw(this, &PhasedInitiator::nb_transport_bw);
    SC_HAS_PROCESS(PhasedInitiator);
    SC_THREAD(run);
    SC_THREAD(end_responses);
  }
  void free(tlm::tlm_generic_payload*) override {}

  void run() {
    payloads.resize(addresses.size());
    for (size_t i = 0; i < addresses.size(); ++i) {
      payloads[i] = std::make_unique<tlm::tlm_generic_payload>(this);
      payloads[i]->acquire();
      describe(*payloads[i], tlm::TLM_READ_COMMAND, addresses[i], data.data(), 32);
      tlm::tlm_phase phase = tlm::BEGIN_REQ;
      sc_core::sc_time delay;
      const tlm::tlm_sync_enum status = socket->nb_transport_fw(*payloads[i], phase, delay);
      if (status == tlm::TLM_UPDATED && phase == tlm::END_REQ) ++requests_ended;
      if (status == tlm::TLM_COMPLETED) errors.push_back(payloads[i]->get_response_string());
    }
  }
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase, sc_core::sc_time&) {
    EXPECT_EQ(phase, tlm::BEGIN_RESP);
    EXPECT_TRUE(payload.is_response_ok());
    responses.emplace_back(payload.get_address(), clock_100mhz().now());
    if (hold == 0) return tlm::TLM_COMPLETED;
    held = &payload;
    began.notify(clock_100mhz().cycles(hold));
    return tlm::TLM_ACCEPTED;
  }
  void end_responses() {
    for (;;) {
      wait(began);
      tlm::tlm_phase phase = tlm::END_RESP;
      sc_core::sc_time delay;
      socket->nb_transport_fw(*held, phase, delay);
    }
  }

  tlm_utils::simple_initiator_socket<PhasedInitiator> socket;
  std::vector<uint64_t> addresses;
  uint64_t hold = 0;
  std::array<uint8_t, 32> data{};
  std::vector<std::unique_ptr<tlm::tlm_generic_payload>> payloads;
  tlm::tlm_generic_payload* held = nullptr;
  sc_core::sc_event began;
  int requests_ended = 0;
  std::vector<std::string> errors;
  std::vector<std::pair<uint64_t, uint64_t>> responses;  ///< address, cycle
};

/// Three reads at once of an LPDDR4: of bank 0, of the next row of bank 0, of bank 1; 1 MiB.
struct PhasedBench {
  PhasedBench() : meter(1000), dram("dram", clock_100mhz(), parameters(), meter), initiator("initiator") {
    meter.start(0, 1);
    initiator.socket.bind(dram.target);
    initiator.addresses = {0, 16384, 2048};
  }
  static Scenario::Dram parameters() {
    Scenario::Dram dram;
    dram.bytes = 1 << 20;
    return dram;
  }
  Meter meter;
  Dram dram;
  PhasedInitiator initiator;
};

using Responses = std::vector<std::pair<uint64_t, uint64_t>>;

TEST(Dram, AcceptsRequestsAtOnceAndRespondsWhenDataIsThere) {
  PhasedBench bench;
  sc_core::sc_start();
  EXPECT_EQ(bench.initiator.requests_ended, 3);
  // Clocks of 0.625 ns, 20 ns of controller, cycles of 10 ns. Activate 0, read 29, data up to 71: 64.4 ns. Precharge
  // 68 (tRAS), activate 97, read 126, data up to 168: 125 ns. Bank 1 in its turn: activate 113 (tRRD), read 142, data up
  // to 184: 135 ns.
  EXPECT_EQ(bench.initiator.responses, (Responses{{0, 7}, {16384, 13}, {2048, 14}}));
  EXPECT_EQ(bench.meter.layers()[0].dram_bytes, 96U);
  bench.dram.finish(20, 0);
  const EnergyBreakdown& energy = bench.meter.layers()[0].energy;
  EXPECT_NEAR(energy.dram_activate, 3 * 1204.6875e-12, 1e-18);
  EXPECT_NEAR(energy.dram, energy.dram_activate + energy.dram_read + energy.dram_background, 1e-18);
}

TEST(Dram, OneResponseAtATime) {
  PhasedBench bench;
  bench.initiator.hold = 10;
  sc_core::sc_start();
  EXPECT_EQ(bench.initiator.responses, (Responses{{0, 7}, {16384, 17}, {2048, 27}}));
}

TEST(Dram, AnAddressBeyondTheMemoryCompletesTheRequest) {
  PhasedBench bench;
  bench.initiator.addresses = {(1 << 20) - 16};
  sc_core::sc_start();
  EXPECT_EQ(bench.initiator.errors, std::vector<std::string>{"TLM_ADDRESS_ERROR_RESPONSE"});
}

TEST(Dram, EachImageFindsTheSameBanks) {
  PhasedBench bench;
  std::vector<int64_t> clocks;
  bench.dram.listen([&](const DramCommand& command) { clocks.push_back(command.clock); });
  sc_core::sc_start();
  bench.dram.finish(clock_100mhz().now(), 0);
  bench.dram.start(clock_100mhz().now());
  tlm::tlm_generic_payload payload;
  std::array<uint8_t, 32> data{};
  describe(payload, tlm::TLM_READ_COMMAND, 0, data.data(), 32);
  sc_core::sc_time delay;
  bench.initiator.socket->b_transport(payload, delay);
  EXPECT_EQ(delay, clock_100mhz().cycles(7));
  EXPECT_EQ(std::vector(clocks.end() - 2, clocks.end()), (std::vector<int64_t>{0, 29}));
}

TEST(Scratchpad, TakesItsLatencyAndTheWidthOfThePort) {
  Meter meter(1000);
  meter.start(0, 1);
  Scratchpad scratchpad("scratchpad", clock_100mhz(),
                        {.bytes = 128,
                         .port_bytes = 0,
                         .latency_cycles = 3,
                         .read_energy_per_byte = 2e-12,
                         .write_energy_per_byte = 3e-12},
                        meter);
  Initiator narrow("narrow"), wide("wide");
  scratchpad.add_port(4);
  narrow.socket.bind(scratchpad.ports);
  scratchpad.add_port(64);
  wide.socket.bind(scratchpad.ports);
  narrow.accesses = {{10, kWrite, 0, 9}, {20, kRead, 120, 9}};
  wide.accesses = {{30, kRead, 0, 65}};
  sc_core::sc_start();
  EXPECT_EQ(narrow.ends, (std::vector<uint64_t>{10 + 3 + 3}));
  EXPECT_EQ(wide.ends, (std::vector<uint64_t>{30 + 3 + 2}));
  EXPECT_EQ(narrow.errors, (std::vector<std::string>{"narrow: read of 9 B at 0x78: TLM_ADDRESS_ERROR_RESPONSE"}));
  EXPECT_EQ(meter.layers()[0].sram_bytes, 9U + 65);
  EXPECT_NEAR(meter.layers()[0].energy.sram, 65 * 2e-12 + 9 * 3e-12, 1e-20);
}

/// Two ports of 4 B into banks of 128 B, latency 1.
struct BankBench {
  explicit BankBench(bool second_goes_first)
      : meter(1000), scratchpad("scratchpad", clock_100mhz(), {.bytes = 256, .latency_cycles = 1, .banks = 2}, meter),
        first("first"), second("second") {
    meter.start(0, 1);
    scratchpad.add_port(4);
    first.socket.bind(scratchpad.ports);
    scratchpad.add_port(4, second_goes_first);
    second.socket.bind(scratchpad.ports);
  }
  Meter meter;
  Scratchpad scratchpad;
  Initiator first, second;
};

TEST(Scratchpad, ABankTakesOneAccessACycle) {
  BankBench bench(false);
  bench.first.accesses = {{10, kWrite, 0, 8}, {20, kWrite, 120, 16}};
  bench.second.accesses = {{11, kRead, 64, 8}, {21, kRead, 128, 4}, {40, kRead, 0, 4}};
  sc_core::sc_start();
  // 10 and 11 write bank 0; the read of 11 waits a cycle: 12 and 13. 20 and 21 write bank 0, 22 and 23 bank 1, which is
  // there first: the read of 21 in bank 1 has 21.
  EXPECT_EQ(bench.first.ends, (std::vector<uint64_t>{13, 25}));
  EXPECT_EQ(bench.second.ends, (std::vector<uint64_t>{15, 23, 42}));
  EXPECT_EQ(bench.meter.layers()[0].bank_wait_cycles, 1U);
}

TEST(Scratchpad, AccessesInDifferentBanksDoNotMeet) {
  BankBench bench(false);
  bench.first.accesses = {{10, kWrite, 0, 128}};
  bench.second.accesses = {{10, kRead, 128, 128}};
  sc_core::sc_start();
  EXPECT_EQ(bench.first.ends, (std::vector<uint64_t>{43}));
  EXPECT_EQ(bench.second.ends, (std::vector<uint64_t>{43}));
  EXPECT_EQ(bench.meter.layers()[0].bank_wait_cycles, 0U);
}

TEST(Scratchpad, APortThatGoesFirstIsNotHeldUp) {
  BankBench bench(true);
  bench.second.accesses = {{10, kRead, 0, 12}, {11, kRead, 0, 4}};
  bench.first.accesses = {{11, kWrite, 0, 8}, {12, kWrite, 32, 4}};
  sc_core::sc_start();
  // 10 to 12 are the array's; its read of 11 has 11 too. The writes get 13, 14 and 15.
  EXPECT_EQ(bench.second.ends, (std::vector<uint64_t>{14, 13}));
  EXPECT_EQ(bench.first.ends, (std::vector<uint64_t>{16, 17}));
  EXPECT_EQ(bench.meter.layers()[0].bank_wait_cycles, 2U + 3);
}

/// Against an array of cycles.
TEST(BankOccupancy, TakesTheCyclesThatAreFree) {
  std::mt19937 random(3);
  const auto below = [&](uint64_t n) { return std::uniform_int_distribution<uint64_t>(0, n - 1)(random); };
  for (int trial = 0; trial < 200; ++trial) {
    BankOccupancy bank;
    std::vector<bool> taken(4000);
    for (int i = 0; i < 60; ++i) {
      const uint64_t first = below(200), count = 1 + below(12);
      if (below(2) == 0) {
        bank.reserve(first, count);
        std::fill_n(taken.begin() + static_cast<int64_t>(first), count, true);
        continue;
      }
      uint64_t cycle = first;
      for (uint64_t left = count; left > 0; ++cycle)
        if (!taken[cycle]) {
          taken[cycle] = true;
          --left;
        }
      ASSERT_EQ(bank.take(first, count), cycle);
    }
  }
}

/// A DMA channel between a DRAM and a scratchpad, with a host that issues commands.
struct DmaBench {
  DmaBench(Unit direction, const Scenario::Dma& parameters, int queue_commands = 4)
      : meter(1000), bus("bus", clock_100mhz(), {.width_bytes = 16, .latency_cycles = 2}),
        dram("dram", clock_100mhz(), dram_parameters(100e-9, 1.6e9), meter),
        scratchpad("scratchpad", clock_100mhz(), {.bytes = 4096, .latency_cycles = 1}, meter),
        dma("dma", direction, clock_100mhz(), parameters, queue_commands, meter),
        scoreboard("scoreboard", clock_100mhz(), meter), host("host"), unit(direction) {
    meter.start(0, 1);
    host.socket.bind(dma.commands);
    dma.bus.bind(bus.initiators);
    for (size_t memory = 0; memory < kMemories; ++memory) {
      scratchpad.add_port(64);
      dma.local[memory].bind(scratchpad.ports);
    }
    dma.scoreboard.bind(scoreboard.access);
    bus.map(kDramBase, 4096);
    bus.targets.bind(dram.target);
  }

  /// Puts commands into the queue at cycle 0 and runs; returns the cycle in which the last one was complete.
  uint64_t run(const std::vector<DmaCommand>& transfers) {
    for (const DmaCommand& transfer : transfers) host.commands.push_back({unit, 0, {}, transfer});
    sc_core::sc_start();
    if (scoreboard.failure()) std::rethrow_exception(scoreboard.failure());
    EXPECT_EQ(scoreboard.progress().completed[static_cast<size_t>(unit)], transfers.size());
    return meter.layers()[0].end;
  }

  struct Issuer : sc_module {
    explicit Issuer(sc_module_name name) : sc_module(name), socket("socket"), transactor(this->name()) {
      SC_HAS_PROCESS(Issuer);
      SC_THREAD(run);
    }
    void run() {
      for (const Command& command : commands) {
        transactor.write(*socket.operator->(), 0, &command, sizeof command, 0);
        accepted.push_back(clock_100mhz().now());
      }
    }
    tlm_utils::simple_initiator_socket<Issuer> socket;
    Transactor transactor;
    std::vector<Command> commands;
    std::vector<uint64_t> accepted;
  };

  Meter meter;
  Bus bus;
  Dram dram;
  Scratchpad scratchpad;
  DmaChannel dma;
  Scoreboard scoreboard;
  Issuer host;
  Unit unit;
};

TEST(Dma, BurstsFollowAsFarAsOutstandingOnesAllow) {
  // Bursts of 64 B: bus 2 + 4, DRAM 4 (1.6 GB/s, 16 B a cycle) + latency 10, scratchpad 1 + 1: 22 cycles each.
  // One at a time: 8 + 3 x 22.
  DmaBench bench(Unit::dma_in, {.max_burst_bytes = 64, .setup_cycles = 8, .outstanding = 1});
  EXPECT_EQ(bench.run({{.dram = 0, .local = 0, .rows = 1, .row_bytes = 192}}), 8U + 3 * 22);
}

TEST(Dma, TwoOutstandingBurstsOverlap) {
  // At 8 and, a cycle later, behind it on the bus: 8 + 6 = 14 and 20; DRAM data 14..18 and 20..24; done 30 and 36.
  // The third goes out at 30: done 52.
  DmaBench bench(Unit::dma_in, {.max_burst_bytes = 64, .setup_cycles = 8, .outstanding = 2});
  EXPECT_EQ(bench.run({{.dram = 0, .local = 0, .rows = 1, .row_bytes = 192}}), 52U);
}

TEST(Dma, BurstsEndAtTheirAlignmentAndAtRows) {
  // Rows of 40 B, 100 apart, from 48: [48, 64), [64, 88); [148, 188). One at a time, bus 2 + ceil(bytes / 16), DRAM
  // whole bursts of 32 B / 16: 1 burst, 1 burst, then [128, 192): 2 bursts; + 10; scratchpad 2.
  DmaBench bench(Unit::dma_in, {.max_burst_bytes = 64, .setup_cycles = 0, .outstanding = 1});
  const uint64_t first = 3 + 2 + 10 + 2, second = 4 + 2 + 10 + 2, third = 5 + 4 + 10 + 2;
  EXPECT_EQ(bench.run({{.dram = 48, .local = 0, .rows = 2, .row_bytes = 40, .dram_stride = 100, .local_stride = 64}}),
            first + second + third);
  EXPECT_EQ(bench.meter.layers()[0].dram_bytes, 32U + 32 + 64);
  EXPECT_EQ(bench.meter.layers()[0].sram_bytes, 80U);
}

TEST(Dma, OutReadsTheScratchpadFirst) {
  DmaBench bench(Unit::dma_out, {.max_burst_bytes = 64, .setup_cycles = 8, .outstanding = 1});
  EXPECT_EQ(bench.run({{.dram = 0, .local = 0, .rows = 1, .row_bytes = 64}}), 8U + 2 + 6 + 14);
}

TEST(Dma, AFullQueueHoldsTheHost) {
  // Each transfer takes 22 cycles. One is under way and one waits; the third is accepted when the first is complete.
  DmaBench bench(Unit::dma_in, {.max_burst_bytes = 64, .setup_cycles = 0, .outstanding = 1}, 1);
  const DmaCommand transfer{.dram = 0, .local = 0, .rows = 1, .row_bytes = 64};
  EXPECT_EQ(bench.run({transfer, transfer, transfer, transfer}), 4U * 22);
  EXPECT_EQ(bench.host.accepted, (std::vector<uint64_t>{0, 0, 22, 44}));
}

TEST(Dma, AnAddressBeyondTheMemoryIsReported) {
  if (kAddressSanitizer) GTEST_SKIP() << kThrowsOnAThread;
  DmaBench bench(Unit::dma_in, {.max_burst_bytes = 64, .setup_cycles = 0, .outstanding = 1});
  EXPECT_THROW(bench.run({{.dram = 4090, .local = 0, .rows = 1, .row_bytes = 8}}), sc_core::sc_report);
}

TEST(CommandUnit, OnlyTakesWholeCommands) {
  Meter meter(1000);
  meter.start(0, 1);
  DmaChannel dma("dma", Unit::dma_in, clock_100mhz(), {}, 4, meter);
  Scoreboard scoreboard("scoreboard", clock_100mhz(), meter);
  Dram dram("dram", clock_100mhz(), ideal_dram(), meter);
  Scratchpad scratchpad("scratchpad", clock_100mhz(), {.bytes = 64}, meter);
  Initiator host("host");
  host.socket.bind(dma.commands);
  dma.bus.bind(dram.target);
  for (auto& socket : dma.local) {
    scratchpad.add_port(4);
    socket.bind(scratchpad.ports);
  }
  dma.scoreboard.bind(scoreboard.access);
  host.accesses = {{0, kRead, 0, sizeof(Command)}, {1, kWrite, 8, sizeof(Command)}, {2, kWrite, 0, 4}};
  sc_core::sc_start();
  ASSERT_EQ(host.errors.size(), 3U);
  EXPECT_NE(host.errors[0].find("TLM_COMMAND_ERROR_RESPONSE"), std::string::npos);
  EXPECT_NE(host.errors[1].find("TLM_BURST_ERROR_RESPONSE"), std::string::npos);
  EXPECT_NE(host.errors[2].find("TLM_BURST_ERROR_RESPONSE"), std::string::npos);
}

}  // namespace
}  // namespace tram::test
