#include "models/cells/energy/transition_energy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <numeric>
#include <random>
#include <stdexcept>
#include <tuple>

#include "models/cells/energy/multiplier_power.hpp"
#include "models/cells/energy/transition_cache.hpp"
#include "models/cells/energy/transition_netlist.hpp"
#include "models/support/error.hpp"
#include "models/support/memory.hpp"
#include "models/support/parallel.hpp"

namespace tram {
namespace {

using transition::Kernel;
using transition::Pair;

constexpr double full_scale = (uint32_t{1} << transition::energy_planes) - 1;
constexpr double largest_weight = uint32_t{1} << (transition::energy_planes - 1);

struct FreeMemory {
  void operator()(void* memory) const { std::free(memory); }
};

// A zeroed workspace of a kernel.
std::unique_ptr<void, FreeMemory> workspace(const Kernel& kernel, const transition::KernelNetlist& netlist) {
  const size_t size = (kernel.workspace_bytes(netlist) + 63) / 64 * 64;
  std::unique_ptr<void, FreeMemory> memory(std::aligned_alloc(64, size));
  if (memory == nullptr) throw std::bad_alloc();
  std::memset(memory.get(), 0, size);
  return memory;
}

// Pairs of different values; those whose bits rise and fall alike are neighbours, as their events coincide. Without
// delays a transition costs what its reverse does, so only pairs of rising values are listed.
std::vector<Pair> all_pairs(int bits, DelayModel delays) {
  std::vector<Pair> pairs;
  for (uint32_t i = 0; i < 1u << (2 * bits); ++i) {
    const auto previous = static_cast<uint16_t>(i >> bits), now = static_cast<uint16_t>(i & ((1u << bits) - 1));
    const bool is_wanted = delays == DelayModel::library ? previous != now : previous < now;
    if (is_wanted) pairs.push_back({previous, now});
  }
  const auto key = [](const Pair& pair) {
    const int changed = pair.previous ^ pair.now;
    return std::tuple(changed, changed & pair.now, pair.now);
  };
  std::sort(pairs.begin(), pairs.end(), [&](const Pair& x, const Pair& y) { return key(x) < key(y); });
  return pairs;
}

// Runs pairs through the best kernel on some threads.
class Computation {
 public:
  Computation(const transition::KernelNetlist& netlist, const Kernel& kernel) : netlist_(netlist), kernel_(kernel) {
    planes_.assign(netlist.net_count, 0);
  }

  // table: the counts of all transitions, or null when only the maximum is wanted. Returns the largest energy in units.
  uint32_t run(std::span<const Pair> pairs, uint16_t* table, int threads) {
    const size_t batch = static_cast<size_t>(kernel_.lanes) >> netlist_.a_bits;
    const size_t share = 512 * batch;
    const size_t shares = (pairs.size() + share - 1) / share;
    parallel_for(static_cast<int64_t>(shares), threads, [&](int64_t i) {
      const size_t begin = static_cast<size_t>(i) * share;
      run_share(pairs.subspan(begin, std::min(share, pairs.size() - begin)), table, batch);
    });
    return maximum_;
  }

  const std::vector<uint8_t>& planes() const { return planes_; }

 private:
  void run_share(std::span<const Pair> pairs, uint16_t* table, size_t batch) {
    const auto memory = workspace(kernel_, netlist_);
    std::vector<uint8_t> planes(netlist_.net_count, 0);
    std::vector<uint16_t> counts(static_cast<size_t>(kernel_.lanes));
    uint32_t maximum = 0;
    for (size_t begin = 0; begin < pairs.size(); begin += batch) {
      const auto some = pairs.subspan(begin, std::min(batch, pairs.size() - begin));
      maximum = std::max(maximum, kernel_.run(netlist_, memory.get(), some.data(), static_cast<int>(some.size()),
                                              counts.data(), planes.data()));
      if (table != nullptr) store(some, counts, table);
    }
    const std::lock_guard lock(mutex_);
    maximum_ = std::max(maximum_, maximum);
    for (size_t net = 0; net < planes.size(); ++net) planes_[net] = std::max(planes_[net], planes[net]);
  }

  void store(std::span<const Pair> pairs, const std::vector<uint16_t>& counts, uint16_t* table) const {
    const size_t width = size_t{1} << netlist_.a_bits;
    for (size_t i = 0; i < pairs.size(); ++i) {
      const size_t previous = pairs[i].previous, now = pairs[i].now;
      std::copy_n(counts.data() + i * width, width, table + (previous << netlist_.b_bits | now) * width);
      if (netlist_.has_delays) continue;
      std::copy_n(counts.data() + i * width, width, table + (now << netlist_.b_bits | previous) * width);
    }
  }

  const transition::KernelNetlist& netlist_;
  const Kernel& kernel_;
  std::mutex mutex_;
  uint32_t maximum_ = 0;
  std::vector<uint8_t> planes_;
};

// The unit at which the largest energy of some random pairs fills `share` of the full scale.
double first_unit(TransitionNetlist& netlist, const Kernel& kernel, const std::vector<Pair>& pairs, double share) {
  const double largest_joule = *std::max_element(netlist.joule().begin(), netlist.joule().end());
  double unit = std::max(largest_joule / largest_weight, 1e-24);
  std::mt19937_64 random(1);
  std::vector<Pair> sample(512);
  for (Pair& pair : sample) pair = pairs[random() % pairs.size()];
  while (true) {
    netlist.set_unit(unit);
    const uint32_t maximum = Computation(netlist.kernel_netlist(), kernel).run(sample, nullptr, 1);
    if (maximum == UINT32_MAX) {
      unit *= 4;
      continue;
    }
    return std::max(unit * maximum / (full_scale * share), largest_joule / largest_weight);
  }
}

void check(const MappedNetlist& netlist) {
  const MultiplierPorts ports = multiplier_ports(netlist);
  for (const MappedPort* const port : {ports.a, ports.b}) {
    if (port->bits.empty() || port->bits.size() > 8) {
      throw InputError(netlist.name(),
                       fmt::format("port {} of {} bits; operands have 1 to 8", port->name, port->bits.size()));
    }
  }
}

}  // namespace

TransitionEnergy::TransitionEnergy(int a_bits, int b_bits, DelayModel delays, double joule_per_count,
                                   double error_bound, double leakage_power, std::vector<uint16_t> counts)
    : a_bits_(a_bits), b_bits_(b_bits), delays_(delays), joule_per_count_(joule_per_count), error_bound_(error_bound),
      leakage_power_(leakage_power), counts_(std::move(counts)) {
  if (counts_.size() != size_t{1} << (a_bits + 2 * b_bits)) {
    throw std::invalid_argument(
        fmt::format("{} counts for operands of {} and {} bits", counts_.size(), a_bits, b_bits));
  }
}

double TransitionEnergy::mean_energy() const {
  const uint64_t sum = std::accumulate(counts_.begin(), counts_.end(), uint64_t{0});
  return static_cast<double>(sum) / static_cast<double>(counts_.size()) * joule_per_count_;
}

TransitionEnergy compute_transition_energy(const MappedNetlist& netlist, const TransitionEnergyOptions& options,
                                           const transition::Kernel& kernel) {
  check(netlist);
  const PowerModel model(netlist, options.timing, options.convention);
  const NetEnergies energies = toggle_energies(netlist, options.timing, options.convention);
  TransitionNetlist prepared(netlist, transition_delays(netlist, model.timing()), options.delays, energies.joule);
  const int a_bits = prepared.kernel_netlist().a_bits, b_bits = prepared.kernel_netlist().b_bits;
  const std::vector<Pair> pairs = all_pairs(b_bits, options.delays);
  double unit = first_unit(prepared, kernel, pairs, 0.8);
  while (true) {
    prepared.set_unit(unit);
    std::vector<uint16_t> counts(size_t{1} << (a_bits + 2 * b_bits), 0);
    Computation computation(prepared.kernel_netlist(), kernel);
    const uint32_t maximum = computation.run(pairs, counts.data(), options.threads);
    if (maximum > full_scale) {  // beyond the sample's largest
      unit *= 1.25;
      continue;
    }
    const double count = unit * (1 << transition::fraction_planes);
    double error = count / 2;
    for (NetId net = 0; net < netlist.net_count(); ++net) {
      const int most = netlist.is_input_port(net) ? 1 : (1 << computation.planes()[net]) - 1;
      error += most * prepared.rounding_error(net);
    }
    return TransitionEnergy(a_bits, b_bits, options.delays, count, error, energies.leakage_power, std::move(counts));
  }
}

TransitionEnergy transition_energy(const MappedNetlist& netlist, const TransitionEnergyOptions& options) {
  const auto compute = [&] {
    return within_memory("computing the transition energies of " + netlist.name(),
                         "they take 64 MiB, and each thread some: fewer --threads, or more memory for the process",
                         [&] { return compute_transition_energy(netlist, options, transition::best_kernel()); });
  };
  if (!options.use_cache) return compute();
  const CacheEntry entry = transition_cache_entry(netlist, options);
  if (auto cached = read_transition_cache(entry)) return std::move(*cached);
  TransitionEnergy result = compute();
  write_transition_cache(entry, result);
  return result;
}

}  // namespace tram
