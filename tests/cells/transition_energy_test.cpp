#include "models/cells/energy/transition_energy.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <random>
#include <set>

#include "models/cells/energy/multiplier_power.hpp"
#include "models/cells/energy/transition_cache.hpp"
#include "models/cells/energy/transition_netlist.hpp"
#include "models/cells/mapping/multiplier_mapping.hpp"
#include "models/cells/netlist/settled_activity.hpp"
#include "models/multiplier/catalogue.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/process.hpp"
#include "models/support/temporary_folder.hpp"
#include "tests/cells/test_library.hpp"
#include "tests/cells/timed_simulation_naive.hpp"

namespace tram {
namespace {

// A random netlist of the tiny library's cells with operands of these widths.
MappedNetlist random_netlist(int a_bits, int b_bits, size_t cells, uint64_t seed) {
  std::mt19937_64 random(seed);
  MappedNetlistBuilder b;
  std::vector<NetId> nets;
  for (const auto& [name, bits] : {std::pair{"a", a_bits}, std::pair{"b", b_bits}}) {
    MappedPort port{name, true, {}};
    for (int bit = 0; bit < bits; ++bit) port.bits.push_back(b.net(name + std::to_string(bit)));
    nets.insert(nets.end(), port.bits.begin(), port.bits.end());
    b.ports.push_back(port);
  }
  for (size_t i = 0; i < cells; ++i) {
    const auto any = [&] { return random() % 16 == 0 ? NetId(random() % 2) : nets[random() % nets.size()]; };
    const NetId y = b.net("y" + std::to_string(i));
    if (random() % 4 == 0) b.cell("INV", "u" + std::to_string(i), {any(), y});
    else b.cell("NAND2", "u" + std::to_string(i), {any(), any(), y});
    nets.push_back(y);
  }
  b.ports.push_back({"y", false, {nets.end() - 3, nets.end()}});
  return b.build();
}

// Energy of one transition by the naive simulators, J.
class Naive {
 public:
  explicit Naive(const MappedNetlist& netlist)
      : netlist_(netlist), ports_(multiplier_ports(netlist)), joule_(toggle_energies(netlist).joule),
        delays_(transition_delays(netlist, static_timing(netlist))), inputs_(ports_.b->bits) {
    inputs_.insert(inputs_.end(), ports_.a->bits.begin(), ports_.a->bits.end());
  }

  double energy(DelayModel model, uint64_t w, uint64_t previous, uint64_t now) const {
    const uint64_t high = w << ports_.b->bits.size();
    const std::vector<uint64_t> vectors{high | previous, high | now};
    const Activity activity = model == DelayModel::zero
                                  ? simulate_vectors(netlist_, inputs_, vectors, 1)
                                  : simulate_timed_naive(netlist_, delays_, inputs_, vectors, 300 * delays_.step);
    double sum = 0;
    for (size_t net = 0; net < joule_.size(); ++net) sum += activity.toggles[net] * joule_[net];
    return sum;
  }

 private:
  const MappedNetlist& netlist_;
  MultiplierPorts ports_;
  std::vector<double> joule_;
  NetlistDelays delays_;
  std::vector<NetId> inputs_;
};

std::vector<const transition::Kernel*> kernels() {
  std::vector<const transition::Kernel*> found{&transition::avx2_kernel()};
  if (&transition::best_kernel() != found[0]) found.push_back(&transition::best_kernel());
  return found;
}

TransitionEnergyOptions options_for(DelayModel delays) {
  TransitionEnergyOptions options;
  options.delays = delays;
  options.use_cache = false;
  return options;
}

// A function of as many nodes as the largest cells of ASAP7 have (AOI333: 242), beside gates that feed it.
MappedNetlist wide_netlist() {
  const std::string gate = R"lib(
  cell (WIDE) {
    area : 9; cell_leakage_power : 3;
    pin (A) { direction : input; capacitance : 0.02; }
    pin (B) { direction : input; capacitance : 0.02; }
    pin (C) { direction : input; capacitance : 0.02; }
    pin (Y) { direction : output; function : ")lib";
  std::string function = "(A * !B * C)";
  for (int i = 0; i < 24; ++i) function += i % 2 == 0 ? " + (!A * B * !C)" : " + (A * B * !C * !A)";
  std::string text = test_library_text();
  text.insert(text.rfind('}'), gate + function + R"lib(";
      timing () { related_pin : "A B C"; cell_rise (scalar) { values ("0.1"); } cell_fall (scalar) { values ("0.1"); } } } }
)lib");
  MappedNetlistBuilder b;
  b.library = parse_liberty(text, "wide.lib");
  std::vector<NetId> x;
  for (const char* name : {"a", "b"}) {
    MappedPort port{name, true, {}};
    for (int bit = 0; bit < 3; ++bit) x.push_back(port.bits.emplace_back(b.net(name + std::to_string(bit))));
    b.ports.push_back(port);
  }
  const NetId n = b.net("n"), y = b.net("y"), z = b.net("z");
  b.cell("NAND2", "u0", {x[0], x[3], n});
  b.cell("WIDE", "u1", {n, x[4], x[5], y});
  b.cell("NAND2", "u2", {y, x[1], z});
  b.ports.push_back({"y", false, {y, z}});
  return b.build();
}

TEST(TransitionEnergy, TakesTheLargestCellsFunctions) {
  const MappedNetlist netlist = wide_netlist();
  const size_t nodes = netlist.library().find("WIDE")->pins[3].function->function.nodes().size();
  EXPECT_GT(nodes, 200u);
  EXPECT_LE(nodes, transition::max_nodes);
  const Naive naive(netlist);
  for (const transition::Kernel* const kernel : kernels()) {
    const TransitionEnergy table = compute_transition_energy(netlist, options_for(DelayModel::library), *kernel);
    for (uint32_t t = 0; t < 512; ++t)
      ASSERT_NEAR(table.energy(t >> 6, t >> 3 & 7, t & 7), naive.energy(DelayModel::library, t >> 6, t >> 3 & 7, t & 7),
                  table.error_bound());
  }
}

// Toggles by net of transitions of choice, by every kernel, are those of the event queue.
TEST(TransitionEnergy, CountsTogglesOfChosenTransitions) {
  const MappedNetlist netlist = random_netlist(4, 5, 80, 3);
  const NetlistDelays delays = transition_delays(netlist, static_timing(netlist));
  TransitionNetlist prepared(netlist, delays, DelayModel::library, toggle_energies(netlist).joule);
  const MultiplierPorts ports = multiplier_ports(netlist);
  std::vector<NetId> inputs = ports.b->bits;
  inputs.insert(inputs.end(), ports.a->bits.begin(), ports.a->bits.end());
  std::mt19937_64 random(3);
  std::vector<transition::HeldTransition> chosen(100);
  std::vector<uint64_t> expected(netlist.net_count(), 0);
  for (auto& [a, previous, now] : chosen) {
    a = random() % 16, previous = random() % 32, now = random() % 32;
    const uint64_t vectors[] = {uint64_t{a} << 5 | previous, uint64_t{a} << 5 | now};
    const Activity activity = simulate_timed_naive(netlist, delays, inputs, vectors, 300 * delays.step);
    for (size_t net = 0; net < expected.size(); ++net) expected[net] += std::llround(activity.toggles[net]);
  }
  for (const transition::Kernel* const kernel : kernels()) {
    const size_t bytes = (kernel->workspace_bytes(prepared.kernel_netlist()) + 63) / 64 * 64;
    std::unique_ptr<void, decltype(&std::free)> memory(std::aligned_alloc(64, bytes), &std::free);
    std::memset(memory.get(), 0, bytes);
    std::vector<uint64_t> toggles(netlist.net_count(), 0);
    for (const size_t first : {0, 60})  // twice in one workspace
      kernel->count_toggles(prepared.kernel_netlist(), memory.get(), chosen.data() + first, first == 0 ? 60 : 40,
                            toggles.data());
    EXPECT_EQ(toggles, expected) << kernel->name;
  }
}

// Every entry of small tables, both delay models, all kernels of this machine.
TEST(TransitionEnergy, EqualsTheNaiveSimulatorOnRandomNetlists) {
  for (const auto& [a_bits, b_bits] : {std::pair{4, 4}, std::pair{6, 3}, std::pair{7, 2}, std::pair{1, 5}}) {
    const MappedNetlist netlist = random_netlist(a_bits, b_bits, 60, static_cast<uint64_t>(a_bits));
    const Naive naive(netlist);
    for (const DelayModel model : {DelayModel::zero, DelayModel::library}) {
      for (const transition::Kernel* const kernel : kernels()) {
        const TransitionEnergy table = compute_transition_energy(netlist, options_for(model), *kernel);
        ASSERT_EQ(table.counts().size(), size_t{1} << (a_bits + 2 * b_bits));
        const uint16_t largest = *std::max_element(table.counts().begin(), table.counts().end());
        EXPECT_LT(largest, 1 << 15);
        EXPECT_GT(largest, 1 << 10);
        EXPECT_LT(table.error_bound(), largest * table.joule_per_count() / 1000);
        for (uint32_t previous = 0; previous < 1u << b_bits; ++previous) {
          for (uint32_t now = 0; now < 1u << b_bits; ++now) {
            for (uint32_t w = 0; w < 1u << a_bits; ++w) {
              ASSERT_NEAR(table.energy(w, previous, now), naive.energy(model, w, previous, now), table.error_bound())
                  << kernel->name << ' ' << name_of(model) << ' ' << w << ' ' << previous << ' ' << now;
            }
          }
        }
      }
    }
  }
}

class RealTransitionEnergy : public testing::Test {
 protected:
  void SetUp() override {
    if (find_program("yosys").empty()) GTEST_SKIP() << "yosys is not installed";
    if (real_libraries().empty()) GTEST_SKIP() << "no Liberty file found";
  }
};

// The kernel by itself on some pairs, against the naive simulator.
void check_pairs(const MappedNetlist& netlist, DelayModel model, const transition::Kernel& kernel) {
  const Naive naive(netlist);
  TransitionNetlist prepared(netlist, transition_delays(netlist, static_timing(netlist)), model,
                             toggle_energies(netlist).joule);
  const double largest = *std::max_element(prepared.joule().begin(), prepared.joule().end());
  const double unit = largest / 4000;
  prepared.set_unit(unit);
  std::unique_ptr<void, decltype(&std::free)> memory(
      std::aligned_alloc(64, (kernel.workspace_bytes(prepared.kernel_netlist()) + 63) / 64 * 64), &std::free);
  std::memset(memory.get(), 0, kernel.workspace_bytes(prepared.kernel_netlist()));
  std::mt19937_64 random(5);
  std::vector<uint16_t> counts(static_cast<size_t>(kernel.lanes));
  std::vector<uint8_t> planes(netlist.net_count(), 0);
  for (int batch = 0; batch < 20; ++batch) {
    std::vector<transition::Pair> pairs(static_cast<size_t>(kernel.lanes) / 256);
    for (auto& pair : pairs) pair = {static_cast<uint16_t>(random() % 256), static_cast<uint16_t>(random() % 256)};
    const uint32_t maximum = kernel.run(prepared.kernel_netlist(), memory.get(), pairs.data(),
                                        static_cast<int>(pairs.size()), counts.data(), planes.data());
    ASSERT_LT(maximum, UINT32_MAX);
    for (size_t i = 0; i < counts.size(); i += 1 + random() % 16) {
      const double count = unit * (1 << transition::fraction_planes);
      const double expected = naive.energy(model, i % 256, pairs[i / 256].previous, pairs[i / 256].now);
      ASSERT_NEAR(counts[i] * count, expected, count / 2 + 2e-4 * expected) << kernel.name << ' ' << name_of(model);
    }
  }
}

TEST_F(RealTransitionEnergy, KernelsEqualTheNaiveSimulatorInEveryLibrary) {
  for (const auto& path : real_libraries()) {
    for (const AdderCells adders : {AdderCells::library, AdderCells::gates}) {
      MultiplierMappingOptions mapping;
      mapping.adders = adders;
      const MappedNetlist netlist = map_multiplier(find_multiplier("exact"), read_liberty(path), mapping);
      for (const transition::Kernel* const kernel : kernels()) {
        check_pairs(netlist, DelayModel::zero, *kernel);
        check_pairs(netlist, DelayModel::library, *kernel);
      }
    }
  }
}

TEST_F(RealTransitionEnergy, WholeTableOfAMultiplier) {
  const MappedNetlist netlist = map_multiplier(find_multiplier("exact"), read_liberty(real_libraries().back()));
  const Naive naive(netlist);
  const TransitionEnergy table = transition_energy(netlist, options_for(DelayModel::library));
  const TransitionEnergy settled = transition_energy(netlist, options_for(DelayModel::zero));
  EXPECT_GT(table.mean_energy(), settled.mean_energy());
  EXPECT_LT(table.error_bound(), 0.001 * table.mean_energy());
  std::mt19937_64 random(11);
  for (int i = 0; i < 3000; ++i) {
    const uint32_t w = random() % 256, previous = random() % 256, now = random() % 256;
    ASSERT_NEAR(table.energy(w, previous, now), naive.energy(DelayModel::library, w, previous, now),
                table.error_bound());
    ASSERT_NEAR(settled.energy(w, previous, now), naive.energy(DelayModel::zero, w, previous, now),
                settled.error_bound());
  }
  for (uint32_t x = 0; x < 256; ++x) {
    for (const uint16_t count : table.row(x, x)) ASSERT_EQ(count, 0);
  }
}

// The coarse steps of the table move its energy by less than a hundredth.
TEST_F(RealTransitionEnergy, CoarseStepsCostLittle) {
  for (const auto& path : real_libraries()) {
    MultiplierMappingOptions mapping;
    mapping.adders = AdderCells::gates;
    const MappedNetlist netlist = map_multiplier(find_multiplier("exact"), read_liberty(path), mapping);
    const NetlistTiming timing = static_timing(netlist);
    const MultiplierPorts ports = multiplier_ports(netlist);
    std::vector<NetId> inputs = ports.b->bits;
    inputs.insert(inputs.end(), ports.a->bits.begin(), ports.a->bits.end());
    const std::vector<double> joule = toggle_energies(netlist).joule;
    const auto energy = [&](const NetlistDelays& delays) {
      const auto stimulus = uniform_stimulus(8, 8, 10000, 2);
      const Activity activity = simulate_timed(netlist, delays, inputs, stimulus.vectors, 2 * timing.critical_path);
      return std::inner_product(joule.begin(), joule.end(), activity.toggles.begin(), 0.0);
    };
    const double ratio = energy(transition_delays(netlist, timing)) / energy(library_delays(netlist, timing));
    RecordProperty(path.stem().string(), fmt::format("{:+.4f}", ratio - 1));
    EXPECT_NEAR(ratio, 1, 0.01) << path;
  }
}

TEST(TransitionEnergy, CacheIsKeyedByContentAndHealsItself) {
  const MappedNetlist netlist = random_netlist(4, 4, 40, 1);
  const TemporaryFolder folder;
  TransitionEnergyOptions options;
  options.cache_folder = folder.path();
  const TransitionEnergy first = transition_energy(netlist, options);
  const CacheEntry entry = transition_cache_entry(netlist, options);
  const auto file = entry.path();
  ASSERT_TRUE(std::filesystem::exists(file));
  const auto equals = [&](const TransitionEnergy& other) {
    return std::equal(first.counts().begin(), first.counts().end(), other.counts().begin(), other.counts().end()) &&
           first.joule_per_count() == other.joule_per_count() && first.error_bound() == other.error_bound() &&
           first.leakage_power() == other.leakage_power() && first.delays() == other.delays();
  };
  EXPECT_TRUE(equals(read_transition_cache(entry).value()));

  const std::string content = read_file(file);
  const auto damage = [&](const std::string& damaged) {
    write_file(file, damaged);
    EXPECT_FALSE(read_transition_cache(entry).has_value());
    EXPECT_TRUE(equals(transition_energy(netlist, options)));
    EXPECT_EQ(read_file(file), content);
  };
  for (const size_t at : {size_t{0}, size_t{8}, size_t{12}, size_t{20}, size_t{100}, content.size() - 1}) {
    std::string damaged = content;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    damage(damaged);
  }
  damage(content.substr(0, content.size() / 2));
  damage("");
  damage(content + "x");

  std::set<std::filesystem::path> files{file};
  const auto add = [&](const MappedNetlist& other, const TransitionEnergyOptions& with) {
    EXPECT_TRUE(files.insert(transition_cache_entry(other, with).path()).second);
  };
  add(random_netlist(4, 4, 40, 2), options);
  TransitionEnergyOptions other = options;
  other.delays = DelayModel::zero;
  add(netlist, other);
  other = options;
  other.timing.input_slew = 1e-11;
  add(netlist, other);
  other = options;
  other.timing.port_loads["y"] = 1e-15;
  add(netlist, other);
  other = options;
  other.convention = PowerConvention::opensta;
  add(netlist, other);
}

TEST(TransitionEnergy, ThreadsDoNotChangeTheTable) {
  const MappedNetlist netlist = random_netlist(5, 6, 50, 3);
  TransitionEnergyOptions options = options_for(DelayModel::library);
  const TransitionEnergy one = transition_energy(netlist, options);
  options.threads = 3;
  const TransitionEnergy three = transition_energy(netlist, options);
  EXPECT_TRUE(std::equal(one.counts().begin(), one.counts().end(), three.counts().begin(), three.counts().end()));
  EXPECT_EQ(one.error_bound(), three.error_bound());
}

TEST(TransitionEnergy, RefusesOtherNetlists) {
  EXPECT_THROW(transition_energy(random_netlist(9, 2, 10, 1), options_for(DelayModel::zero)), InputError);
  MappedNetlistBuilder b;
  const NetId a = b.input("a"), y = b.net("y");
  b.cell("INV", "u", {a, y});
  b.output("y", y);
  EXPECT_THROW(transition_energy(b.build(), options_for(DelayModel::zero)), InputError);
}

}  // namespace
}  // namespace tram
