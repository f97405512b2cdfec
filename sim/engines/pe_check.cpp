#include "sim/engines/pe_check.hpp"

#include <array>
#include <optional>
#include <random>
#include <vector>

#include "models/support/error.hpp"

namespace tram {
namespace {

constexpr int clocks = 256;
constexpr int most_delay = 6;

/// What entered and left the PE in lane 0 of the first row, by clock.
struct Recording {
  uint32_t weight = 0;
  std::vector<uint32_t> activations, sums;  ///< as they enter
  std::vector<uint32_t> weight_out, sum_out;
};

class PeBench {
 public:
  PeBench(const PeModel& model, const RowLibrary& library)
      : contract_(model.design.contract), planes_(library.south_planes()), group_(library) {}

  /// The weight enters at clock 0; activations and sums below `sum_limit` all the time.
  Recording run(uint32_t weight, uint32_t sum_limit, std::mt19937& random) {
    Recording r{.weight = weight, .activations = {}, .sums = {}, .weight_out = {}, .sum_out = {}};
    std::vector<uint64_t> load(clocks, 0), enable(clocks, ~uint64_t{0});
    std::vector<uint64_t> east(size_t{tram_row_group} * clocks, 0), south(planes_ * clocks, 0),
        out(planes_ * clocks, 0);
    load[0] = 1;
    for (size_t t = 0; t < clocks; ++t) {
      r.activations.push_back(static_cast<uint32_t>(random()) & ((1U << contract_[Operand::activation].bits()) - 1));
      r.sums.push_back(static_cast<uint32_t>(random()) % sum_limit);
      east[t] = uint64_t{r.activations[t]} << contract_.first_plane(Operand::activation);
      put(south, t, Operand::weight, weight);
      put(south, t, Operand::sum, r.sums[t]);
    }
    clock(load, enable, east, south, out);
    for (size_t t = 0; t < clocks; ++t) {
      r.weight_out.push_back(get(out, t, Operand::weight));
      r.sum_out.push_back(get(out, t, Operand::sum));
    }
    return r;
  }

 private:
  void clock(const std::vector<uint64_t>& load, const std::vector<uint64_t>& enable, const std::vector<uint64_t>& east,
             const std::vector<uint64_t>& south, std::vector<uint64_t>& out) {
    const std::array<uint64_t, tram_row_group> mask{};
    std::vector<uint64_t> counts(1 << 16), ticks(contract_.clocks.size());
    uint64_t samples = 0;
    TramRowRun run{};
    run.clocks = clocks;
    run.load = load.data();
    run.enable = enable.data();
    run.east_in = east.data();
    run.south_in = south.data();
    run.south_out = out.data();
    run.lane_mask = mask.data();
    run.toggles = run.ones = counts.data();
    run.samples = &samples;
    run.ticks = ticks.data();
    group_.reset();
    group_.run(run);
  }

  void put(std::vector<uint64_t>& planes, size_t t, Operand operand, uint32_t value) const {
    const size_t first = t * planes_ + contract_.first_plane(operand);
    for (size_t i = 0; i < static_cast<size_t>(contract_[operand].bits()); ++i) planes[first + i] = value >> i & 1;
  }
  uint32_t get(const std::vector<uint64_t>& planes, size_t t, Operand operand) const {
    const size_t first = t * planes_ + contract_.first_plane(operand);
    uint32_t value = 0;
    for (size_t i = 0; i < static_cast<size_t>(contract_[operand].bits()); ++i)
      value |= static_cast<uint32_t>(planes[first + i] & 1) << i;
    return value;
  }

  const PeContract& contract_;
  size_t planes_;
  RowGroup group_;
};

/// Clocks from a partial sum, and from an activation, to the sum that leaves.
struct Delays {
  int sum = 1, activation = 2;
};

class Checker {
 public:
  Checker(const PeModel& model, const RowLibrary& library) : model_(model), bench_(model, library) {}

  void run() {
    std::mt19937 random(1);
    const PeDesign& design = model_.design;
    const uint32_t sum_limit = 1U << (design.psum_planes - 1);
    const uint32_t weight_mask = (1U << model_.table.a_bits) - 1;
    std::vector<Recording> recordings;
    for (const uint32_t weight : {3U, 0x55555555U, 0xffffffffU})
      recordings.push_back(bench_.run(weight & weight_mask, sum_limit, random));
    for (const Recording& recording : recordings)
      if (recording.weight_out[clocks - 1] != recording.weight)
        fail(fmt::format("the weight {} that entered with the load leaves as {}; the same, a clock later, is expected",
                         recording.weight, recording.weight_out[clocks - 1]));
    const std::optional<Delays> delays = find_delays(recordings);
    if (!delays) fail(no_sum_text(recordings[0]));
    if (delays->sum != 1 || delays->activation != 2)
      fail(
          fmt::format("a sum leaves {} after its partial sum and {} after its activation; 1 clock and 2 clocks are "
                      "expected",
                      clocks_text(delays->sum), clocks_text(delays->activation)));
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw InputError("PE " + model_.design.netlist.name(), what);
  }

  static std::string clocks_text(int n) { return fmt::format("{} clock{}", n, n == 1 ? "" : "s"); }

  uint32_t expected(const Recording& r, size_t t, const Delays& delays) const {
    const int32_t product = model_.table.at(r.weight, r.activations[t + 1 - static_cast<size_t>(delays.activation)]);
    const uint32_t mask = static_cast<uint32_t>((uint64_t{1} << model_.design.psum_planes) - 1);
    return (r.sums[t + 1 - static_cast<size_t>(delays.sum)] +
            static_cast<uint32_t>(product >> model_.design.product_lsb)) &
           mask;
  }

  /// Those at which nine sums of ten are right.
  std::optional<Delays> find_delays(const std::vector<Recording>& recordings) const {
    for (int sum = 1; sum <= most_delay; ++sum)
      for (int activation = 1; activation <= most_delay; ++activation) {
        int right = 0, all = 0;
        for (const Recording& r : recordings)
          for (size_t t = most_delay + 2; t < clocks; ++t, ++all)
            right += r.sum_out[t] == expected(r, t, {sum, activation});
        if (10 * right >= 9 * all) return Delays{sum, activation};
      }
    return {};
  }

  std::string no_sum_text(const Recording& r) const {
    constexpr size_t t = most_delay + 2;
    return fmt::format(
        "weight {}, activation {} and partial sum {} a clock later give the sum {} after another clock; {} "
        "is expected",
        r.weight, r.activations[t - 1], r.sums[t], r.sum_out[t], expected(r, t, {}));
  }

  const PeModel& model_;
  PeBench bench_;
};

}  // namespace

void check_pe(const PeModel& model, const RowLibrary& library) {
  if (model.kind == PeKind::plain) Checker(model, library).run();
}

}  // namespace tram
