// Harness compiled with Verilator's output of a mapped row (mapped_row.hpp) into a shared object: clocks a group of
// rows and counts the toggles of every net. row_nets.inc is generated beside it (mapped_row.cpp): the numbers
// of planes that move south and east, the offset of every counted net and of every input plane in the model, and the net
// (or -1 constant 0, -2 constant 1) of each output plane.
#include <cstring>

#include "Vtram_mapped_row.h"
#include "Vtram_mapped_row___024root.h"

namespace {

using Root = Vtram_mapped_row___024root;
using Vector = TramWord::Vector;
constexpr int rows = tram_row_group;

#include "row_nets.inc"

constexpr size_t net_count = sizeof(net_offsets) / sizeof(net_offsets[0]);
constexpr int sample_period = 16;  // clocks from one sample of the nets' values to the next

/// Words [first, first + size) of the model that hold all counted nets.
struct Region {
  size_t first = ~size_t{0}, size = 0;
  Region() {
    size_t last = 0;
    for (size_t offset : net_offsets) {
      if (offset < first) first = offset;
      if (offset > last) last = offset;
    }
    size = (last - first) / sizeof(TramWord) + 1;
  }
};
const Region region;

/// Bits set in each byte of each 64-bit element.
Vector byte_counts(Vector x) {
  x -= (x >> 1) & 0x5555555555555555;
  x = (x & 0x3333333333333333) + ((x >> 2) & 0x3333333333333333);
  return (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0f;
}

uint64_t sum_of_bytes(uint64_t x) {
  return ((x & 0x00ff00ff00ff00ff) + ((x >> 8) & 0x00ff00ff00ff00ff)) * 0x0001000100010001 >> 48;
}

/// Verilator context without threads of its own, which no row needs.
struct Context : VerilatedContext {
  Context() { threads(1); }
};

struct alignas(64) Group {
  Context context;
  Vtram_mapped_row model{&context};
  Vector* previous;  // snapshot of two clocks ago
  Vector* middle;    // snapshot of one clock ago, when `pending`
  Vector* units;     // toggles not yet counted: carry-save of weight 1
  Vector* pairs;     // byte counters of toggles of weight 2
  Vector* sampled;   // byte counters of values at 1
  int pair_blocks = 0, sample_blocks = 0;
  bool pending = false;

  Group();
  ~Group() {
    Verilated::threadContextp(&context);  // that of the model, which its scopes leave; else the one made last
    operator delete[](previous, std::align_val_t{64});
  }
  Vector& at(size_t offset) { return *reinterpret_cast<Vector*>(reinterpret_cast<char*>(model.rootp) + offset); }
  const Vector* now() { return &at(region.first); }
  Vector net(int index) { return index < 0 ? Vector{} - (index == -2) : at(net_offsets[index]); }
};

Group::Group() {
  previous = new (std::align_val_t{64}) Vector[5 * region.size]();
  middle = previous + region.size;
  units = middle + region.size;
  pairs = units + region.size;
  sampled = pairs + region.size;
}

/// Inputs of one clock for every row of the group.
struct Inputs {
  uint64_t load = 0, enable = 0;
  uint64_t east[rows] = {}, south[south_planes] = {};
  bool operator==(const Inputs& other) const { return std::memcmp(this, &other, sizeof *this) == 0; }
};

Inputs inputs_of(const TramRowRun& run, int64_t clock) {
  Inputs in;
  std::memset(static_cast<void*>(&in), 0, sizeof in);
  in.load = run.load[clock];
  if (clock_count > 0) in.enable = run.enable[clock];
  for (int r = 0; r < rows; ++r) in.east[r] = run.east_in[r * run.clocks + clock];
  std::memcpy(in.south, run.south_in + clock * south_planes, sizeof in.south);
  return in;
}

/// Plane for the group: row 0 takes `first`, row r what row r - 1 puts out.
Vector shifted_down(uint64_t first, Vector outputs) {
  Vector in = {};
  in[0] = first;
  for (int r = 1; r < rows; ++r) in[r] = outputs[r - 1];
  return in;
}

void apply(Group& group, const Inputs& in) {
  group.at(load_input) = Vector{} + in.load;
#ifdef TRAM_GATED
  group.at(enable_input) = Vector{} + in.enable;
#endif
  for (int i = 0; i < east_planes; ++i) {
    Vector bits = {};
    for (int r = 0; r < rows; ++r) bits[r] = in.east[r] >> i & 1;
    group.at(east_inputs[i]) = bits;
  }
  for (int i = 0; i < south_planes; ++i)
    group.at(south_inputs[i]) = shifted_down(in.south[i], group.net(south_nets[i]));
  group.model.rootp->clk_i = 0;
  group.model.eval();
}

/// Counts the changes since the last snapshot; true when any net of any row changed, mask or not.
/// Two snapshots at a time: their toggles a, b and the units left over add up to new units and a carry of weight 2.
bool count(Group& group, const Vector mask) {
  const Vector* const __restrict now = group.now();
  Vector* const __restrict previous = group.previous;
  Vector* const __restrict middle = group.middle;
  Vector* const __restrict units = group.units;
  Vector* const __restrict pairs = group.pairs;
  const size_t size = region.size;
  Vector changed = {};
  if (!group.pending) {
    for (size_t i = 0; i < size; ++i) {
      changed |= now[i] ^ previous[i];
      middle[i] = now[i];
    }
  } else {
    for (size_t i = 0; i < size; ++i) {
      const Vector b = now[i] ^ middle[i];
      const Vector a = (middle[i] ^ previous[i]) & mask;
      changed |= b;
      previous[i] = now[i];
      const Vector half = units[i] ^ a, masked = b & mask, carry = (units[i] & a) | (half & masked);
      units[i] = half ^ masked;
      pairs[i] += byte_counts(carry);
    }
    ++group.pair_blocks;
  }
  group.pending = !group.pending;
  uint64_t any = 0;
  for (int r = 0; r < rows; ++r) any |= changed[r];
  return any != 0;
}

void sample(Group& group, const Vector mask) {
  const Vector* now = group.now();
  for (size_t i = 0; i < region.size; ++i) group.sampled[i] += byte_counts(now[i] & mask);
  ++group.sample_blocks;
}

/// The lanes in which each clock ticks at the next edge.
void count_ticks(Group& group, const TramRowRun& run) {
#ifdef TRAM_GATED
  for (int i = 0; i < clock_count; ++i) {
    const Vector ticks = group.at(clock_offsets[i]);
    for (int r = 0; r < rows; ++r) run.ticks[i] += __builtin_popcountll(ticks[r] & run.lane_mask[r]);
  }
#else
  (void)group, (void)run;
#endif
}

uint64_t total_of(Vector byte_counters) {
  uint64_t total = 0;
  for (int r = 0; r < rows; ++r) total += sum_of_bytes(byte_counters[r]);
  return total;
}

size_t position(size_t net) { return (net_offsets[net] - region.first) / sizeof(TramWord); }

void flush_pairs(Group& group, const TramRowRun& run) {
  for (size_t net = 0; net < net_count; ++net) run.toggles[net] += 2 * total_of(group.pairs[position(net)]);
  std::memset(static_cast<void*>(group.pairs), 0, region.size * sizeof(Vector));
  group.pair_blocks = 0;
}

void flush_samples(Group& group, const TramRowRun& run) {
  uint64_t lanes = 0;
  for (int r = 0; r < rows; ++r) lanes += __builtin_popcountll(run.lane_mask[r]);
  for (size_t net = 0; net < net_count; ++net) run.ones[net] += total_of(group.sampled[position(net)]);
  *run.samples += lanes * group.sample_blocks;
  std::memset(static_cast<void*>(group.sampled), 0, region.size * sizeof(Vector));
  group.sample_blocks = 0;
}

void flush(Group& group, const TramRowRun& run, const Vector mask) {
  if (group.pending) count(group, mask);  // the same snapshot again: no change of its own
  flush_pairs(group, run);
  for (size_t net = 0; net < net_count; ++net) run.toggles[net] += total_of(byte_counts(group.units[position(net)]));
  std::memset(static_cast<void*>(group.units), 0, region.size * sizeof(Vector));
  flush_samples(group, run);
}

void store_outputs(Group& group, const TramRowRun& run, int64_t clock) {
  for (int i = 0; i < south_planes; ++i)
    run.south_out[clock * south_planes + i] = group.net(south_nets[i])[run.last_row];
  for (int r = 0; run.east_out && r < rows; ++r) {
    uint64_t value = 0;
    for (int i = 0; i < east_planes; ++i) value |= (group.net(east_nets[i])[r] >> 63) << i;
    run.east_out[r * run.clocks + clock] = value;
  }
  for (uint32_t w = 0; run.watch && w < run.watch_count; ++w) {
    const Vector value = group.net(int(run.watch[w]));
    std::memcpy(run.watched + (clock * run.watch_count + w) * rows, &value, sizeof value);
  }
}

void* create() {
  Group* group = new Group;
  Inputs zero;
  std::memset(static_cast<void*>(&zero), 0, sizeof zero);
  for (int settle = 0; settle < 2; ++settle) apply(*group, zero);
  std::memcpy(static_cast<void*>(group->previous), group->now(), region.size * sizeof(Vector));
  return group;
}

void destroy(void* group) { delete static_cast<Group*>(group); }

void run_clocks(Group& group, const Inputs& in, int clocks) {
  for (int clock = 0; clock < clocks; ++clock) {
    apply(group, in);
    group.model.rootp->clk_i = 1;
    group.model.eval();
  }
}

/// Clocks with all inputs 0, load and every clock on, until the registers have the state after reset. Every register is
/// fed from the inputs within rows * lanes clocks; the products that pass through need two more. The bits that enable
/// clocks follow.
void reset(void* handle) {
  Group& group = *static_cast<Group*>(handle);
  constexpr int clocks = int(tram_row_lanes) + 2 * rows + 4;
  Inputs zero;
  std::memset(static_cast<void*>(&zero), 0, sizeof zero);
  zero.load = zero.enable = ~uint64_t{0};
  for (uint64_t& east : zero.east) east = reset_planes;
  run_clocks(group, zero, clocks);
  std::memset(static_cast<void*>(zero.east), 0, sizeof zero.east);
  if (clock_count > 0) run_clocks(group, zero, clocks);
  zero.load = zero.enable = 0;
  for (int settle = 0; settle < 2; ++settle) apply(group, zero);
  std::memcpy(static_cast<void*>(group.previous), group.now(), region.size * sizeof(Vector));
  group.pending = false;
}

void run_group(void* handle, const TramRowRun* run) {
  Group& group = *static_cast<Group*>(handle);
  Vector mask;
  for (int r = 0; r < rows; ++r) mask[r] = run->lane_mask[r];
  Inputs last = {};
  bool settled = false;  // nothing changed at the last clock, so equal inputs change nothing either
  for (int64_t clock = 0; clock < run->clocks; ++clock) {
    const Inputs in = inputs_of(*run, clock);
    if (!settled || !(in == last)) {
      apply(group, in);
      settled = !count(group, mask);
      if (group.pair_blocks == 31) flush_pairs(group, *run);
      count_ticks(group, *run);
      group.model.rootp->clk_i = 1;
      group.model.eval();
      settled = settled && clock > 0 && in == last;
      last = in;
    } else {
      count_ticks(group, *run);
    }
    if (clock % sample_period == 0) {
      sample(group, mask);
      if (group.sample_blocks == 31) flush_samples(group, *run);
    }
    store_outputs(group, *run, clock);
  }
  count(group, mask);  // what the last edge changed
  if (group.pair_blocks == 31) flush_pairs(group, *run);
  flush(group, *run, mask);
}

const TramRowApi api = {tram_row_interface_version, south_planes, net_count, create, destroy, reset, run_group};

}  // namespace

extern "C" const TramRowApi* tram_row_api() { return &api; }
