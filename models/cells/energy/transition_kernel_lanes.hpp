// The kernel for one width of vectors, included by one source file for each instruction set, which defines
// TRAM_VECTOR_BYTES and TRAM_VECTORS (vectors a word). Everything here has internal linkage and calls no inline
// function of a library, so that no code for one instruction set is linked in place of another's.
#include "models/cells/energy/transition_lanes.hpp"
#include "models/cells/liberty/boolean_function.hpp"

namespace tram::transition {
namespace {

constexpr int bitmap_words = slots / 64;

// A net in all lanes: its value before the transition, and its events by rising slot.
struct Wave {
  uint64_t bitmap[bitmap_words];  // slots with an event
  Lanes value;
  const Lanes* events;
};

struct Workspace {
  Sum energy;
  Lanes a_values[8];         // operand a counts up through the lanes
  Lanes output[slots + 64];  // events of the output at work, by slot; zero in between
  uint64_t bitmap[bitmap_words + 1];
  Lanes* next_event;
  Wave* waves;
  Lanes* events;
};

constexpr size_t rounded(size_t size) { return (size + 63) / 64 * 64; }

size_t workspace_bytes(const KernelNetlist& netlist) {
  return rounded(sizeof(Workspace)) + rounded(netlist.net_count * sizeof(Wave)) +
         size_t{netlist.net_count} * slots * sizeof(Lanes);
}

// Functions of their inputs x, up to inversion of inputs and output.
template <Function function>
struct Kind;
#define TRAM_KIND(NAME, INPUTS, VALUE)                                                               \
  template <>                                                                                        \
  struct Kind<Function::NAME> {                                                                      \
    static constexpr int inputs = INPUTS;                                                            \
    static inline Lanes value(const KernelNetlist&, const Output&, const Lanes* x) { return VALUE; } \
  };
TRAM_KIND(copy, 1, x[0])
TRAM_KIND(and2, 2, x[0] & x[1])
TRAM_KIND(xor2, 2, x[0] ^ x[1])
TRAM_KIND(and3, 3, x[0] & x[1] & x[2])
TRAM_KIND(xor3, 3, x[0] ^ x[1] ^ x[2])
TRAM_KIND(majority, 3, (x[0] & x[1]) | (x[2] & (x[0] | x[1])))
TRAM_KIND(and_or, 3, (x[0] & x[1]) | x[2])
TRAM_KIND(mux, 3, (x[0] & x[1]) | (~x[0] & x[2]))
TRAM_KIND(and4, 4, (x[0] & x[1]) & (x[2] & x[3]))
TRAM_KIND(and_or_or, 4, (x[0] & x[1]) | x[2] | x[3])
TRAM_KIND(and_and_or, 4, (x[0] & x[1] & x[2]) | x[3])
TRAM_KIND(and_or_and, 4, (x[0] & x[1]) | (x[2] & x[3]))
TRAM_KIND(or_and_or, 4, ((x[0] | x[1]) & x[2]) | x[3])
#undef TRAM_KIND

template <>
struct Kind<Function::nodes> {
  static constexpr int inputs = 0;  // Output::input_count
  static Lanes value(const KernelNetlist& netlist, const Output& output, const Lanes* x) {
    using Op = BooleanFunction::Op;
    Lanes values[max_nodes];
    for (uint32_t i = 0; i < output.node_count; ++i) {
      const Node node = netlist.nodes[output.first_node + i];
      switch (static_cast<Op>(node.op)) {
        case Op::constant0: values[i] = filled(false); break;
        case Op::constant1: values[i] = filled(true); break;
        case Op::variable: values[i] = x[node.left]; break;
        case Op::inverse: values[i] = ~values[node.left]; break;
        case Op::conjunction: values[i] = values[node.left] & values[node.right]; break;
        case Op::disjunction: values[i] = values[node.left] | values[node.right]; break;
        case Op::exclusive: values[i] = values[node.left] ^ values[node.right]; break;
      }
    }
    return values[output.node_count - 1];
  }
};

inline void mark(uint64_t* bitmap, int slot, const Lanes& lanes) {
  bitmap[slot >> 6] |= uint64_t{any(lanes)} << (slot & 63);
}

// An output's events while its inputs' are merged: output and bitmap of the workspace.
inline void schedule(Workspace& work, int time, Lanes lanes, const uint8_t* order, const uint8_t* delays, int inputs,
                     const Lanes* toggled) {
  for (int k = 0; k < inputs; ++k) {
    const Lanes group = k + 1 == inputs ? lanes : lanes & toggled[order[k]];
    work.output[time + delays[k]] |= group;
    mark(work.bitmap, time + delays[k], group);
    lanes ^= group;
  }
}

// Takes back what is on its way, in slot `first` or later, in lanes that change again; these lanes leave `changed`.
inline void revoke(Workspace& work, int first, Lanes& changed) {
  const int shift = first & 63;
  const uint64_t low = work.bitmap[first >> 6] >> shift;
  const uint64_t high = shift == 0 ? 0 : work.bitmap[(first >> 6) + 1] << (64 - shift);
  for (uint64_t window = low | high; window != 0; window &= window - 1) {
    Lanes& pending = work.output[first + __builtin_ctzll(window)];
    const Lanes both = pending & changed;
    pending ^= both;
    changed ^= both;
  }
}

// Moves the events from the slots to the wave and counts them.
inline void collect(Workspace& work, Wave& wave, Counter& count) {
  wave.events = work.next_event;
  for (int word = 0; word < bitmap_words; ++word) {
    uint64_t kept = 0;
    for (uint64_t bits = work.bitmap[word]; bits != 0; bits &= bits - 1) {
      const int bit = __builtin_ctzll(bits);
      Lanes& slot = work.output[word * 64 + bit];
      const Lanes lanes = slot;
      if (!any(lanes)) continue;
      slot = filled(false);
      *work.next_event++ = lanes;
      kept |= uint64_t{1} << bit;
      count.add(lanes);
    }
    wave.bitmap[word] = kept;
    work.bitmap[word] = 0;
  }
}

template <Function function>
void run_output(const KernelNetlist& netlist, Workspace& work, const Output& output, Counter& count) {
  constexpr int fixed = Kind<function>::inputs;
  constexpr int limit = fixed == 0 ? max_inputs : fixed;
  const int inputs = fixed == 0 ? output.input_count : fixed;
  const Lanes none = filled(false);
  const Wave* waves[limit];
  const Lanes* next[limit];
  Lanes values[limit] = {}, toggled[limit];
  for (int i = 0; i < inputs; ++i) {
    waves[i] = &work.waves[output.inputs[i]];
    next[i] = waves[i]->events;
    values[i] = waves[i]->value ^ filled(output.inverted_inputs >> i & 1);
  }
  const Lanes inversion = filled(output.inverts_output);
  const int first_pending = output.loses_ties ? 0 : 1;
  Lanes target = Kind<function>::value(netlist, output, values);
  Wave& wave = work.waves[output.net];
  wave.value = target ^ inversion;
  for (int word = 0; word < bitmap_words; ++word) {
    uint64_t bits = 0;
    for (int i = 0; i < inputs; ++i) bits |= waves[i]->bitmap[word];
    for (; bits != 0; bits &= bits - 1) {
      const int bit = __builtin_ctzll(bits), time = word * 64 + bit;
      for (int i = 0; i < inputs; ++i) {
        const uint64_t has_event = waves[i]->bitmap[word] >> bit & 1;
        toggled[i] = *(has_event != 0 ? next[i] : &none);
        next[i] += has_event;
        values[i] ^= toggled[i];
      }
      const Lanes value = Kind<function>::value(netlist, output, values);
      Lanes changed = value ^ target;
      if (!any(changed)) continue;
      target = value;
      revoke(work, first_pending + time, changed);
      const Lanes rising = changed & (value ^ inversion);
      schedule(work, time, rising, output.rise_order, output.rise, inputs, toggled);
      schedule(work, time, changed ^ rising, output.fall_order, output.fall, inputs, toggled);
    }
  }
  collect(work, wave, count);
}

// Settled values before and after: at most one toggle, in slot 0.
template <Function function>
void run_settled(const KernelNetlist& netlist, Workspace& work, const Output& output, Counter& count) {
  constexpr int fixed = Kind<function>::inputs;
  constexpr int limit = fixed == 0 ? max_inputs : fixed;
  const int inputs = fixed == 0 ? output.input_count : fixed;
  Lanes values[limit] = {};
  for (int i = 0; i < inputs; ++i) {
    values[i] = work.waves[output.inputs[i]].value ^ filled(output.inverted_inputs >> i & 1);
  }
  Wave& wave = work.waves[output.net];
  const Lanes before = Kind<function>::value(netlist, output, values);
  for (int i = 0; i < inputs; ++i) {
    const Wave& input = work.waves[output.inputs[i]];
    if (input.bitmap[0] != 0) values[i] ^= *input.events;
  }
  const Lanes toggled = Kind<function>::value(netlist, output, values) ^ before;
  wave.value = before ^ filled(output.inverts_output);
  wave.bitmap[0] = any(toggled) ? 1 : 0;
  wave.events = work.next_event;
  *work.next_event++ = toggled;
  if (wave.bitmap[0] != 0) count.add(toggled);
}

template <Function function>
inline void run_with(const KernelNetlist& netlist, Workspace& work, const Output& output, Counter& count) {
  if (netlist.has_delays) {
    run_output<function>(netlist, work, output, count);
  } else {
    run_settled<function>(netlist, work, output, count);
  }
}

void run_any(const KernelNetlist& netlist, Workspace& work, const Output& output, Counter& count) {
#define TRAM_CASE(NAME) \
  case Function::NAME: run_with<Function::NAME>(netlist, work, output, count); break;
  switch (output.function) {
    TRAM_CASE(copy)
    TRAM_CASE(and2)
    TRAM_CASE(xor2)
    TRAM_CASE(and3)
    TRAM_CASE(xor3)
    TRAM_CASE(majority)
    TRAM_CASE(and_or)
    TRAM_CASE(mux)
    TRAM_CASE(and4)
    TRAM_CASE(and_or_or)
    TRAM_CASE(and_and_or)
    TRAM_CASE(and_or_and)
    TRAM_CASE(or_and_or)
    TRAM_CASE(nodes)
  }
#undef TRAM_CASE
}

// Lays the workspace out in its memory; done once, as the memory is zero at first.
Workspace& prepare(const KernelNetlist& netlist, void* memory) {
  Workspace& work = *static_cast<Workspace*>(memory);
  if (work.waves != nullptr) return work;
  char* const base = static_cast<char*>(memory);
  work.waves = reinterpret_cast<Wave*>(base + rounded(sizeof(Workspace)));
  work.events = reinterpret_cast<Lanes*>(base + rounded(sizeof(Workspace)) + rounded(netlist.net_count * sizeof(Wave)));
  for (int bit = 0; bit < netlist.a_bits; ++bit) {
    uint64_t* const lanes = reinterpret_cast<uint64_t*>(&work.a_values[bit]);
    for (int lane = 0; lane < words * 64; ++lane) lanes[lane >> 6] |= uint64_t(lane >> bit & 1) << (lane & 63);
  }
  return work;
}

// Bit `bit` of a value for each pair, spread over the lanes of the pair.
Lanes spread(const KernelNetlist& netlist, const uint16_t* values, int pairs, int bit) {
  union {
    Lanes lanes;
    uint64_t word[words];
  } result;
  result.lanes = filled(false);
  const int pair_lanes = 1 << netlist.a_bits;
  for (int pair = 0; pair < pairs; ++pair) {
    if ((values[pair] >> bit & 1) == 0) continue;
    const int first = pair * pair_lanes;
    if (pair_lanes >= 64) {
      for (int word = first / 64; word < (first + pair_lanes) / 64; ++word) result.word[word] = ~uint64_t{0};
    } else {
      result.word[first / 64] |= ((uint64_t{1} << pair_lanes) - 1) << first % 64;
    }
  }
  return result.lanes;
}

void set_inputs(const KernelNetlist& netlist, Workspace& work, const Pair* pairs, int pair_count) {
  constexpr int max_pairs = words * 64;
  uint16_t previous[max_pairs], changes[max_pairs];
  for (int i = 0; i < pair_count; ++i) {
    previous[i] = pairs[i].previous;
    changes[i] = pairs[i].previous ^ pairs[i].now;
  }
  for (int bit = 0; bit < netlist.a_bits; ++bit) work.waves[netlist.a[bit]].value = work.a_values[bit];
  for (int bit = 0; bit < netlist.b_bits; ++bit) {
    Wave& wave = work.waves[netlist.b[bit]];
    wave.value = spread(netlist, previous, pair_count, bit);
    const Lanes toggled = spread(netlist, changes, pair_count, bit);
    wave.events = work.next_event;
    wave.bitmap[0] = any(toggled) ? 1 : 0;
    if (wave.bitmap[0] == 0) continue;
    *work.next_event++ = toggled;
    Counter count;
    count.add(toggled);
    accumulate(work.energy, count, netlist.b_weights[bit]);
  }
}

// Planes fraction_planes .. + 15 of the energy, lane by lane.
void write_counts(const Sum& energy, int lanes, uint16_t* counts) {
  const __m256i bit_of_lane = _mm256_setr_epi16(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384,
                                                static_cast<int16_t>(0x8000));
  for (int first = 0; first < lanes; first += 16) {
    __m256i sum = _mm256_setzero_si256();
    for (int plane = energy_planes - 1; plane >= fraction_planes; --plane) {
      const uint16_t bits = reinterpret_cast<const uint16_t*>(&energy.held[plane][0])[first / 16];
      const __m256i in_lane = _mm256_and_si256(_mm256_set1_epi16(static_cast<int16_t>(bits)), bit_of_lane);
      const __m256i is_set = _mm256_cmpeq_epi16(in_lane, bit_of_lane);
      sum = _mm256_sub_epi16(_mm256_add_epi16(sum, sum), is_set);
    }
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(counts + first), sum);
  }
}

// The largest energy in units.
uint32_t largest(const Sum& energy) {
  if (energy.overflows) return UINT32_MAX;
  uint32_t value = 0;
  Lanes candidates = filled(true);
  for (int plane = energy_planes - 1; plane >= 0; --plane) {
    const Lanes with = candidates & energy.held[plane][0];
    if (!any(with)) continue;
    candidates = with;
    value |= 1u << plane;
  }
  return value;
}

uint32_t run(const KernelNetlist& netlist, void* memory, const Pair* pairs, int pair_count, uint16_t* counts,
             uint8_t* planes) {
  Workspace& work = prepare(netlist, memory);
  work.next_event = work.events;
  work.energy.clear();
  work.energy.add(fraction_planes - 1, filled(true));  // half a count: rounding
  work.waves[1].value = filled(true);
  set_inputs(netlist, work, pairs, pair_count);
  for (uint32_t i = 0; i < netlist.output_count; ++i) {
    const Output& output = netlist.outputs[i];
    Counter count;
    run_any(netlist, work, output, count);
    if (count.used == 0) continue;
    if (count.used > planes[output.net]) planes[output.net] = static_cast<uint8_t>(count.used);
    accumulate(work.energy, count, output.weight);
  }
  work.energy.finish();
  write_counts(work.energy, pair_count << netlist.a_bits, counts);
  return largest(work.energy);
}

// The lanes' values of a bit of one member of their transitions; lanes beyond the last have 0.
Lanes gathered(const HeldTransition* transitions, int count, uint16_t HeldTransition::*member, int bit) {
  union {
    Lanes lanes;
    uint64_t word[words];
  } result;
  result.lanes = filled(false);
  for (int lane = 0; lane < count; ++lane)
    result.word[lane / 64] |= uint64_t(transitions[lane].*member >> bit & 1) << lane % 64;
  return result.lanes;
}

uint64_t toggles_of(const Counter& count) {
  uint64_t toggles = 0;
  for (int plane = 0; plane < count.used; ++plane) {
    const uint64_t* const word = reinterpret_cast<const uint64_t*>(&count.plane[plane]);
    for (int i = 0; i < words; ++i) toggles += uint64_t(__builtin_popcountll(word[i])) << plane;
  }
  return toggles;
}

void set_held_inputs(const KernelNetlist& netlist, Workspace& work, const HeldTransition* transitions, int count,
                     uint64_t* toggles) {
  for (int bit = 0; bit < netlist.a_bits; ++bit)
    work.waves[netlist.a[bit]].value = gathered(transitions, count, &HeldTransition::a, bit);
  for (int bit = 0; bit < netlist.b_bits; ++bit) {
    Wave& wave = work.waves[netlist.b[bit]];
    wave.value = gathered(transitions, count, &HeldTransition::previous, bit);
    const Lanes toggled = wave.value ^ gathered(transitions, count, &HeldTransition::now, bit);
    wave.events = work.next_event;
    wave.bitmap[0] = any(toggled) ? 1 : 0;
    if (wave.bitmap[0] == 0) continue;
    *work.next_event++ = toggled;
    Counter counter;
    counter.add(toggled);
    toggles[netlist.b[bit]] += toggles_of(counter);
  }
}

void count_toggles(const KernelNetlist& netlist, void* memory, const HeldTransition* transitions, int count,
                   uint64_t* toggles) {
  Workspace& work = prepare(netlist, memory);
  work.next_event = work.events;
  work.waves[1].value = filled(true);
  set_held_inputs(netlist, work, transitions, count, toggles);
  for (uint32_t i = 0; i < netlist.output_count; ++i) {
    Counter counter;
    run_any(netlist, work, netlist.outputs[i], counter);
    toggles[netlist.outputs[i].net] += toggles_of(counter);
  }
}

}  // namespace
}  // namespace tram::transition
