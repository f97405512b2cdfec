// The PE mapped to library cells beside the Verilated row of unmapped PEs, clock by clock on random streams.
#include <gtest/gtest.h>

#include <random>

#include "Vrow_exact_64.h"
#include "Vrow_trunc6_16.h"
#include "models/multiplier/array_multiplier.hpp"
#include "rtl/pe_design.hpp"
#include "tests/cells/netlist_simulation.hpp"
#include "tests/rtl/planes.hpp"

namespace tram {
namespace {

constexpr char osu018[] = "/usr/share/qflow/tech/osu018/osu018_stdcells.lib";

/// Bit plane i of a lane-packed port as one word.
template <class Port>
uint64_t plane(const Port& port, unsigned lanes, unsigned i) {
  uint64_t word = 0;
  for (unsigned k = 0; k < lanes; ++k) word |= uint64_t{port_bit(port, i * lanes + k)} << k;
  return word;
}

/// `lanes` mapped PEs side by side: PE k takes its activation from PE k - 1.
class MappedRowSimulation {
 public:
  MappedRowSimulation(const MappedNetlist& pe, unsigned lanes)
      : pe_(pe), simulation_(pe), mask_(lanes == 64 ? ~uint64_t{0} : (uint64_t{1} << lanes) - 1) {
    simulation_.settle();
  }

  void set(const char* port, unsigned i, uint64_t lanes) { simulation_.set(pe_.find_port(port)->bits[i], lanes); }
  void set_activation(unsigned activation) {
    for (unsigned i = 0; i < 8; ++i) set("activation_i", i, get("activation_o", i) << 1 | (activation >> i & 1));
  }
  void settle() { simulation_.settle(); }
  void clock() {
    simulation_.clock();
    simulation_.settle();
  }
  uint64_t get(const char* port, unsigned i) const { return simulation_.net(pe_.find_port(port)->bits[i]) & mask_; }

 private:
  const MappedNetlist& pe_;
  NetlistSimulation simulation_;
  uint64_t mask_;
};

template <class Model>
void set_inputs(Model& rtl, MappedRowSimulation& mapped, unsigned lanes, unsigned psum_bits, bool load,
                std::mt19937& random) {
  rtl.load_i = load;
  rtl.activation_i = static_cast<uint8_t>(random());
  for (unsigned position = 0; position < 8 * lanes; ++position) set_port_bit(rtl.weight_i, position, random() & 1);
  for (unsigned position = 0; position < psum_bits * lanes; ++position)
    set_port_bit(rtl.psum_i, position, random() & 1);
  mapped.set("load_i", 0, load ? ~uint64_t{0} : 0);
  mapped.set_activation(rtl.activation_i);
  for (unsigned i = 0; i < 8; ++i) mapped.set("weight_i", i, plane(rtl.weight_i, lanes, i));
  for (unsigned i = 0; i < psum_bits; ++i) mapped.set("psum_i", i, plane(rtl.psum_i, lanes, i));
}

template <class Model>
void check(unsigned lanes, int columns) {
  const PeDesign pe = map_pe(array_multiplier(8, columns), static_cast<int>(lanes), read_liberty(osu018));
  const auto psum_bits = static_cast<unsigned>(pe.psum_planes);
  Model rtl;
  MappedRowSimulation mapped(pe.netlist, lanes);
  std::mt19937 random(17);
  for (unsigned clock = 0; clock < 1500; ++clock) {
    set_inputs(rtl, mapped, lanes, psum_bits, clock < 2 || random() % 4 == 0, random);
    rtl.clk_i = 0;
    rtl.eval();
    rtl.clk_i = 1;
    rtl.eval();
    mapped.settle();
    mapped.clock();
    if (clock < lanes + 2) continue;  // until every register has seen an input
    for (unsigned i = 0; i < 8; ++i) {
      ASSERT_EQ(mapped.get("weight_o", i), plane(rtl.weight_o, lanes, i)) << "clock " << clock << " bit " << i;
      ASSERT_EQ(mapped.get("activation_o", i) >> (lanes - 1), rtl.activation_o >> i & 1u) << "clock " << clock;
    }
    for (unsigned i = 0; i < psum_bits; ++i)
      ASSERT_EQ(mapped.get("psum_o", i), plane(rtl.psum_o, lanes, i)) << "clock " << clock << " bit " << i;
  }
}

TEST(MappedRow, ExactOf64EqualsTheVerilatedRow) { check<Vrow_exact_64>(64, 0); }
TEST(MappedRow, Trunc6Of16EqualsTheVerilatedRow) { check<Vrow_trunc6_16>(16, 6); }

}  // namespace
}  // namespace tram
