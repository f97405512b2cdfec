// Every multiplier under test over all operand pairs: gates evaluated one pair at a time = truth table = Verilated RTL
// of the exported SystemVerilog = exported Verilog read back through Yosys.
#include <gtest/gtest.h>

#include "Vall_multipliers.h"
#include "models/multiplier/export_netlist.hpp"
#include "models/multiplier/import_multiplier.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/process.hpp"
#include "models/support/temporary_folder.hpp"
#include "tests/equivalence/multipliers_under_test.hpp"

namespace tram {
namespace {

bool gate_output(const Gate& gate, int output, const std::vector<uint8_t>& nets) {
  const auto in = [&](int i) { return nets[gate.inputs[i]] != 0; };
  switch (gate.kind) {
    case GateKind::inverter: return !in(0);
    case GateKind::and2: return in(0) && in(1);
    case GateKind::or2: return in(0) || in(1);
    case GateKind::xor2: return in(0) != in(1);
    case GateKind::nand2: return !(in(0) && in(1));
    case GateKind::nor2: return !(in(0) || in(1));
    case GateKind::xnor2: return in(0) == in(1);
    case GateKind::half_adder: return output == 0 ? in(0) != in(1) : in(0) && in(1);
    case GateKind::full_adder: {
      const int ones = in(0) + in(1) + in(2);
      return output == 0 ? ones % 2 == 1 : ones >= 2;
    }
  }
  ADD_FAILURE() << "unknown gate";
  return false;
}

/// The product's raw code by evaluating one gate after the other.
uint32_t evaluate(const Netlist& netlist, uint32_t a, uint32_t b, std::vector<uint8_t>& nets) {
  nets[net_zero] = 0;
  nets[net_one] = 1;
  for (size_t i = 0; i < netlist.a.size(); ++i) nets[netlist.a[i]] = a >> i & 1;
  for (size_t i = 0; i < netlist.b.size(); ++i) nets[netlist.b[i]] = b >> i & 1;
  for (const Gate& gate : netlist.gates)
    for (int o = 0; o < output_count(gate.kind); ++o) nets[gate.outputs[o]] = gate_output(gate, o, nets);
  uint32_t product = 0;
  for (size_t i = 0; i < netlist.product.size(); ++i) product |= uint32_t{nets[netlist.product[i]]} << i;
  return product;
}

uint32_t raw_code(int32_t value, size_t bits) {
  return static_cast<uint32_t>(value) & static_cast<uint32_t>((uint64_t{1} << bits) - 1);
}

const std::vector<Netlist>& multipliers() {
  static const std::vector<Netlist> all = multipliers_under_test();
  return all;
}

TEST(MultiplierEquivalence, GatesOneByOneGiveTheTable) {
  for (const Netlist& netlist : multipliers()) {
    const TruthTable table = truth_table(netlist);
    std::vector<uint8_t> nets(netlist.net_count);
    ASSERT_EQ(table.values.size(), size_t{1} << (netlist.a.size() + netlist.b.size()));
    for (uint32_t pair = 0; pair < table.values.size(); ++pair)
      ASSERT_EQ(evaluate(netlist, pair >> table.b_bits, pair & ((1U << table.b_bits) - 1), nets),
                raw_code(table.values[pair], netlist.product.size()))
          << netlist.name << " pair " << pair;
  }
}

/// Bit k of the 64-bit word `plane` of a wide port.
template <class Port>
uint32_t port_bit(const Port& port, size_t plane, size_t lane) {
  return port[2 * plane + lane / 32] >> (lane % 32) & 1;
}

/// Lane k carries the operand pair `first` + k; operands of fewer bits take the low bits of the planes.
void set_operands(Vall_multipliers& model, uint32_t first) {
  for (size_t plane = 0; plane < 8; ++plane)
    for (size_t half = 0; half < 2; ++half) {
      uint32_t a = 0, b = 0;
      for (uint32_t lane = 0; lane < 32; ++lane) {
        const uint32_t pair = first + 32 * static_cast<uint32_t>(half) + lane;
        a |= (pair >> (8 + plane) & 1) << lane;
        b |= (pair >> plane & 1) << lane;
      }
      model.a_i[2 * plane + half] = a;
      model.b_i[2 * plane + half] = b;
    }
}

TEST(MultiplierEquivalence, VerilatedRtlGivesTheTable) {
  std::vector<TruthTable> tables;
  for (const Netlist& netlist : multipliers()) tables.push_back(truth_table(netlist));
  Vall_multipliers model;
  for (uint32_t first = 0; first < 65536; first += 64) {
    set_operands(model, first);
    model.eval();
    for (size_t k = 0; k < tables.size(); ++k)
      for (uint32_t lane = 0; lane < 64; ++lane) {
        const uint32_t a = (first + lane) >> 8 & ((1U << tables[k].a_bits) - 1);
        const uint32_t b = (first + lane) & ((1U << tables[k].b_bits) - 1);
        const size_t bits = multipliers()[k].product.size();
        uint32_t product = 0;
        for (size_t i = 0; i < bits; ++i) product |= port_bit(model.product_o[k], i, lane) << i;
        ASSERT_EQ(product, raw_code(tables[k].at(a, b), bits)) << multipliers()[k].name << " " << a << " x " << b;
      }
  }
}

/// Group g of `groups` has every `groups`-th multiplier; each runs in a process of its own.
constexpr size_t groups = 16;
class VerilogRoundTrip : public testing::TestWithParam<size_t> {};

TEST_P(VerilogRoundTrip, ReadsBackAsTheSameTable) {
  if (find_program("yosys").empty()) GTEST_SKIP() << "yosys is not installed";
  const TemporaryFolder folder;
  const auto file = folder.path() / "multiplier.v";
  for (size_t k = GetParam(); k < multipliers().size(); k += groups) {
    const Netlist& netlist = multipliers()[k];
    write_file(file, to_verilog(netlist, "multiplier"));
    const Netlist back = read_multiplier(file);
    EXPECT_EQ(back.is_signed, netlist.is_signed) << netlist.name;
    EXPECT_EQ(truth_table(back).values, truth_table(netlist).values) << netlist.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Group, VerilogRoundTrip, testing::Range(size_t{0}, groups));

}  // namespace
}  // namespace tram

double sc_time_stamp() { return 0; }
