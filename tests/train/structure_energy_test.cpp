// Energies of multipliers on operand transitions against the plain simulators, and the mapping that rests on them.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <random>

#include "models/cells/energy/multiplier_power.hpp"
#include "models/cells/energy/toggle_energy.hpp"
#include "models/cells/energy/transition_energy.hpp"
#include "models/cells/energy/transition_netlist.hpp"
#include "models/cells/liberty/liberty_names.hpp"
#include "models/multiplier/catalogue.hpp"
#include "models/multiplier/structure/structure.hpp"
#include "models/support/error.hpp"
#include "models/support/process.hpp"
#include "tests/cells/netlist_simulation.hpp"
#include "tests/cells/timed_simulation_naive.hpp"
#include "train/structure/coherent_error.hpp"
#include "train/structure/gate_structure.hpp"
#include "train/structure/map_recoded.hpp"
#include "train/structure/map_substituted.hpp"

namespace tram::train {
namespace {

std::vector<OperandTransition> random_transitions(int bits, size_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<OperandTransition> all(count);
  const auto code = [&] { return static_cast<uint8_t>(random() & ((1u << bits) - 1)); };
  for (OperandTransition& t : all) t = {code(), code(), code()};
  return all;
}

/// Multipliers with every kind of gate.
std::vector<Netlist> varied_multipliers() {
  std::vector<Netlist> all;
  for (const char* name : {"exact_dadda", "exact", "exact_booth", "dadda_trunc6", "drum6", "mitchell"})
    if (is_multiplier_name(name)) all.push_back(find_multiplier(name));
  MultiplierStructure changed = exact_structure(4, 4);
  changed.partial_product(0, 0) = NetState::zero;
  changed.partial_product(3, 3) = NetState::one;
  changed.or_groups.push_back({2, {0, 2}});
  changed.compensation = 5;
  reset_adders(changed);
  all.push_back(build_multiplier(changed));
  return all;
}

/// Libraries with adder cells (osu018, inverted outputs in asap7) and without (sg13g2).
class Energy : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    for (const NamedLiberty& named : named_liberties())
      if (named.name == GetParam() && std::filesystem::exists(named.file)) library_ = read_liberty(named.file);
    if (library_ == nullptr) GTEST_SKIP() << "library " << GetParam() << " is not there";
    if (find_program("yosys").empty()) GTEST_SKIP() << "yosys is not installed";
  }

  std::shared_ptr<const Library> library_;
};
INSTANTIATE_TEST_SUITE_P(Libraries, Energy, testing::Values("osu018", "asap7", "sg13g2"),
                         [](const auto& test) { return test.param; });

TEST_P(Energy, DirectMappingKeepsTheFunction) {
  for (const AdderCells adders : {AdderCells::library, AdderCells::gates}) {
    const DirectMapper mapper(library_, adders);
    for (const Netlist& multiplier : varied_multipliers()) {
      const MappedNetlist mapped = mapper.map(multiplier);
      const TruthTable table = truth_table(multiplier);
      NetlistSimulation simulation(mapped);
      const MultiplierPorts ports = multiplier_ports(mapped);
      for (size_t pair = 0; pair < table.values.size(); pair += 64) {
        for (size_t bit = 0; bit < ports.b->bits.size() + ports.a->bits.size(); ++bit) {
          uint64_t lanes = 0;
          for (size_t lane = 0; lane < 64; ++lane) lanes |= uint64_t{(pair + lane) >> bit & 1} << lane;
          const size_t low = ports.b->bits.size();
          simulation.set(bit < low ? ports.b->bits[bit] : ports.a->bits[bit - low], lanes);
        }
        simulation.settle();
        for (unsigned lane = 0; lane < 64; ++lane)
          ASSERT_EQ(simulation.port("product_o", lane), static_cast<uint64_t>(table.values[pair + lane]));
      }
    }
  }
}

/// Transition by transition by the event queue, with the kernel's delays.
double naive_energy(const MappedNetlist& netlist, const std::vector<OperandTransition>& transitions, int bits) {
  const std::vector<double> joule = toggle_energies(netlist).joule;
  const NetlistDelays delays = transition_delays(netlist, static_timing(netlist));
  const MultiplierPorts ports = multiplier_ports(netlist);
  std::vector<NetId> inputs = ports.b->bits;
  inputs.insert(inputs.end(), ports.a->bits.begin(), ports.a->bits.end());
  double sum = 0;
  for (const OperandTransition& t : transitions) {
    const uint64_t high = uint64_t{t.weight} << bits;
    const uint64_t vectors[] = {high | t.previous, high | t.now};
    const Activity activity = simulate_timed_naive(netlist, delays, inputs, vectors, 1e-6);
    for (size_t net = 0; net < joule.size(); ++net) sum += activity.toggles[net] * joule[net];
  }
  return sum / static_cast<double>(transitions.size());
}

TEST_P(Energy, EqualsTheEventQueueOnEachTransition) {
  const auto transitions = random_transitions(8, 600, 1);  // more than a kernel takes at once
  const GlitchEnergy energy(library_, transitions, 8);
  const DirectMapper mapper(library_, energy.exact().cost.adders);
  for (const char* name : {"exact_dadda", "dadda_trunc6"}) {
    const MappedNetlist netlist = mapper.map(find_multiplier(name));
    const double expected = naive_energy(netlist, transitions, 8);
    EXPECT_NEAR(energy.of_cells(netlist), expected, 1e-9 * expected) << name;
    EXPECT_EQ(energy.quick(find_multiplier(name)), energy.of_cells(netlist));
  }
}

/// On all transitions of 4-bit operands it is the mean of the simulator's table.
TEST_P(Energy, EqualsTheTransitionTable) {
  std::vector<OperandTransition> all;
  for (int t = 0; t < 4096; ++t)
    all.push_back({static_cast<uint8_t>(t >> 8), static_cast<uint8_t>(t >> 4 & 15), static_cast<uint8_t>(t & 15)});
  const GlitchEnergy energy(library_, all, 4);
  const Netlist exact = build_multiplier(exact_structure(4, 4));
  const MappedNetlist netlist = DirectMapper(library_, AdderCells::library).map(exact);
  TransitionEnergyOptions options;
  options.use_cache = false;
  const TransitionEnergy table = transition_energy(netlist, options);
  EXPECT_NEAR(energy.of_cells(netlist), table.mean_energy(), table.error_bound());
}

/// Mapping gate by gate is close to what synthesis makes of adder trees: what candidates are ranked by.
TEST_P(Energy, DirectMappingIsNearSynthesis) {
  const GlitchEnergy energy(library_, random_transitions(8, 4000, 2), 8);
  for (const char* name : {"exact_dadda", "dadda_trunc6", "dadda_trunc8"}) {
    const Netlist multiplier = find_multiplier(name);
    const double quick = energy.quick(multiplier) / energy.quick_exact_energy();
    const double synthesised = energy.synthesised(multiplier) / energy.exact_energy();
    EXPECT_NEAR(quick, synthesised, 0.06 * synthesised) << name;
  }
}

TEST_P(Energy, MarginalEnergiesAreDifferences) {
  const GlitchEnergy energy(library_, random_transitions(4, 500, 3), 4);
  MultiplierStructure structure = exact_structure(4, 4, false, Accumulation::dadda, TreeForm::full);
  structure.partial_product(1, 0) = NetState::zero;
  structure.adders[2].carry = NetState::zero;
  const MarginalEnergies marginal = marginal_energies(energy, structure, 2);
  const auto relative = [&](const MultiplierStructure& s) { return energy.quick(s) / energy.quick_exact_energy(); };
  EXPECT_EQ(marginal.energy, relative(structure));
  MultiplierStructure changed = structure;
  changed.partial_product(2, 1) = NetState::zero;
  EXPECT_DOUBLE_EQ(marginal.partial_products[9], marginal.energy - relative(changed));
  changed = structure;
  changed.partial_product(1, 0) = NetState::keep;
  EXPECT_DOUBLE_EQ(marginal.partial_products[4], relative(changed) - marginal.energy);
  changed = structure;
  changed.adders[2].carry = NetState::keep;
  EXPECT_DOUBLE_EQ(marginal.carries[2], relative(changed) - marginal.energy);
  const GatePower power = measured_power(energy, structure, 2);
  EXPECT_EQ(power.values[4], 0);
  EXPECT_EQ(power.slopes[9], std::max(0.0F, static_cast<float>(marginal.partial_products[9])));
  EXPECT_EQ(power.values[16 + 2 * 2 + 1], 0);
}

/// A layer of random operands, small ones more often.
OperandStatistics random_layer(int bits) {
  OperandStatistics statistics({.bits = bits, .transitions = 500});
  std::mt19937_64 random(4);
  const auto code = [&] { return static_cast<uint8_t>((random() & random()) & ((1u << bits) - 1)); };
  std::vector<uint8_t> weights(64 * 16), taps(64 * 16);
  for (uint8_t& w : weights) w = code();
  for (uint8_t& x : taps) x = code();
  statistics.add({64, 64, 16}, weights, taps, {});
  return statistics;
}

/// The same with slopes of 8 images.
OperandStatistics random_layer_of_images(int bits, uint64_t seed = 5) {
  OperandStatistics statistics({.bits = bits, .transitions = 500, .images = 8});
  std::mt19937_64 random(seed);
  const auto code = [&] { return static_cast<uint8_t>((random() & random()) & ((1u << bits) - 1)); };
  std::vector<uint8_t> weights(64 * 16), taps(64 * 16);
  std::vector<float> dproducts(64 * 64);
  for (uint8_t& w : weights) w = code();
  for (uint8_t& x : taps) x = code();
  for (float& d : dproducts) d = static_cast<float>(random() % 1000) - 400;
  statistics.add({64, 64, 16}, weights, taps, dproducts);
  return statistics;
}

/// Energy relative to the exact multiplier's, weights recoded for the products of the structure.
double recoded_energy(std::span<const OperandStatistics> layers, const GlitchEnergy& energy,
                      const Netlist& multiplier) {
  const RecodedError error(layers);
  std::vector<Recoding> recodings;
  for (size_t layer = 0; layer < layers.size(); ++layer)
    recodings.push_back(error.recoding(layer, truth_table(multiplier).values));
  const HeldTransitions transitions(JointTransitions(layers).recoded(recodings));
  return energy.quick(multiplier, transitions) / energy.quick_exact_energy();
}

TEST_P(Energy, RecodedMappingMeetsItsBudgetAndBeatsTruncation) {
  constexpr int bits = 5;
  const std::vector<OperandStatistics> layers = {random_layer(bits), random_layer(bits)};
  const GlitchEnergy energy(library_, JointTransitions(layers).plain(), bits);
  MultiplierStructure truncated = exact_structure(bits, bits);
  for (int i = 0; i < bits; ++i)
    for (int j = 0; i + j < 4 && j < bits; ++j) truncated.partial_product(i, j) = NetState::zero;
  reset_adders(truncated);
  const Netlist rival = build_multiplier(truncated);
  RecodedMappingOptions options{.energy_budget = recoded_energy(layers, energy, rival)};
  const RecodedMapping mapping = map_recoded(layers, energy, options);
  const Netlist netlist = build_multiplier(mapping.structure);
  EXPECT_LE(mapping.energy, options.energy_budget);
  EXPECT_DOUBLE_EQ(mapping.energy, recoded_energy(layers, energy, netlist));
  const RecodedError error(layers);
  EXPECT_DOUBLE_EQ(mapping.error, error.error(truth_table(netlist).values));
  EXPECT_EQ(mapping.recodings[1], error.recoding(1, truth_table(netlist).values));
  EXPECT_LE(mapping.error, error.error(truth_table(rival).values));
  options.threads = 2;
  EXPECT_EQ(map_recoded(layers, energy, options).structure, mapping.structure);
}

TEST_P(Energy, CoherentMappingLowersTheCoherentError) {
  constexpr int bits = 5;
  const std::vector<OperandStatistics> layers = {random_layer_of_images(bits)};
  const GlitchEnergy energy(library_, JointTransitions(layers).plain(), bits);
  RecodedMappingOptions options{.energy_budget = 0.5};
  const CoherentError coherent(layers);
  const auto error = [&](const RecodedMapping& mapping) {
    const std::vector<int32_t> products = truth_table(build_multiplier(mapping.structure)).values;
    return coherent.error(RecodedError(layers).quick_recodings(products), products);
  };
  const double independent = error(map_recoded(layers, energy, options));
  options.is_coherent = true;
  const RecodedMapping mapping = map_recoded(layers, energy, options);
  EXPECT_LE(mapping.energy, options.energy_budget);
  EXPECT_DOUBLE_EQ(mapping.error, error(mapping));
  EXPECT_LT(mapping.error, 0.8 * independent);
  options.threads = 2;
  EXPECT_EQ(map_recoded(layers, energy, options).structure, mapping.structure);
  const OperandStatistics without = random_layer(bits);
  EXPECT_THROW(map_recoded(std::span(&without, 1), energy, options), InputError);
}

/// A part put back can raise errors that add up: an exchange that does is none, and the mapping ends.
TEST_P(Energy, CoherentMappingEndsOnFewImages) {
  for (const uint64_t seed : {4, 6}) {
    const std::vector<OperandStatistics> layers = {random_layer_of_images(5, seed)};
    const GlitchEnergy energy(library_, JointTransitions(layers).plain(), 5);
    const RecodedMapping mapping = map_recoded(layers, energy, {.energy_budget = 0.5, .is_coherent = true});
    EXPECT_LE(mapping.energy, 0.5);
  }
}

TEST_P(Energy, SubstitutedMappingsMeetTheBudgetWithLessErrorThanPartialProducts) {
  constexpr int bits = 5;
  const std::vector<OperandStatistics> layers = {random_layer(bits), random_layer(bits)};
  const GlitchEnergy energy(library_, JointTransitions(layers).plain(), bits);
  const RecodedError error(layers);
  constexpr double budget = 0.5;
  std::vector<Netlist> starts;
  for (const double excess : {1.0, 1.2, 1.5})
    starts.push_back(build_multiplier(map_recoded(layers, energy, {.energy_budget = budget * excess}).structure));
  SubstitutedMappingOptions options{.energy_budget = budget, .alike = 4, .kept = 3};
  const std::vector<SubstitutedMapping> found = map_substituted(layers, energy, starts, options);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_LT(found[0].error, 0.95 * error.error(truth_table(starts[0]).values));
  for (const SubstitutedMapping& mapping : found) {
    EXPECT_LE(mapping.energy, budget);
    EXPECT_NEAR(mapping.energy, recoded_energy(layers, energy, mapping.netlist), 1e-9);
    EXPECT_DOUBLE_EQ(mapping.error, error.error(truth_table(mapping.netlist).values));
    EXPECT_EQ(mapping.recodings[1], error.recoding(1, truth_table(mapping.netlist).values));
  }
  EXPECT_LT(found[0].error, found[1].error);
  EXPECT_LT(found[1].error, found[2].error);
  options.threads = 2;
  EXPECT_EQ(map_substituted(layers, energy, starts, options)[2].netlist, found[2].netlist);
}

/// A start within the budget needs no substitution and is what comes back, if nothing better is found.
TEST_P(Energy, SubstitutedMappingKeepsAStartWithinTheBudget) {
  const std::vector<OperandStatistics> layers = {random_layer(4)};
  const GlitchEnergy energy(library_, JointTransitions(layers).plain(), 4);
  const Netlist exact = build_multiplier(exact_structure(4, 4));
  const auto found = map_substituted(layers, energy, std::span(&exact, 1), {.energy_budget = 2});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].netlist, exact);
  EXPECT_EQ(found[0].steps, 0);
}

/// The way down says what a budget buys, before parts are put back and exchanged.
TEST_P(Energy, RecodedTradeOffsAreWhatBudgetsBuyAtLeast) {
  constexpr int bits = 5;
  const std::vector<OperandStatistics> layers = {random_layer(bits)};
  const GlitchEnergy energy(library_, JointTransitions(layers).plain(), bits);
  const std::vector<TradeOff> points = recoded_trade_offs(layers, energy, {.energy_budget = 0.4});
  ASSERT_GT(points.size(), 3U);
  EXPECT_LE(points.front().energy, 0.4);
  EXPECT_EQ(points, pareto_front(points));
  EXPECT_EQ(points.back().error, 0);  // exact
  const TradeOff& middle = points[points.size() / 2];
  EXPECT_LE(map_recoded(layers, energy, {.energy_budget = middle.energy}).error, middle.error * (1 + 1e-12));
  EXPECT_EQ(recoded_trade_offs(layers, energy, {.energy_budget = 0.4, .threads = 2}), points);
  EXPECT_LT(recoded_trade_offs(layers, energy, {.energy_budget = 0.2}).front().energy, 0.2);
}

/// One object on other transitions has the energies of one made for them.
TEST_P(Energy, TransitionsMayBeGivenAnew) {
  const auto first = random_transitions(5, 300, 6), second = random_transitions(5, 200, 7);
  const GlitchEnergy energy(library_, first, 5), other(library_, second, 5);
  const Netlist netlist = build_multiplier(exact_structure(5, 5));
  EXPECT_EQ(energy.quick(netlist, HeldTransitions(first)), energy.quick(netlist));
  EXPECT_EQ(energy.quick(netlist, HeldTransitions(second)), other.quick(netlist));
}

TEST_P(Energy, RefusesWhatDoesNotFit) {
  EXPECT_THROW(GlitchEnergy(library_, {}, 4), InputError);
  const GlitchEnergy energy(library_, random_transitions(4, 10, 5), 4);
  const OperandStatistics layer = random_layer(4);
  EXPECT_THROW(map_recoded(std::span(&layer, 1), energy, {.energy_budget = 0}), InputError);
  const Netlist exact = build_multiplier(exact_structure(4, 4));
  EXPECT_THROW(map_substituted(std::span(&layer, 1), energy, std::span(&exact, 1), {.energy_budget = 0}), InputError);
  EXPECT_THROW(map_substituted(std::span(&layer, 1), energy, {}, {.energy_budget = 0.5}), InputError);
}

}  // namespace
}  // namespace tram::train
