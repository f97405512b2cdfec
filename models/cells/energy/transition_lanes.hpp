// One bit a lane in vectors of one width, and sums over them: the arithmetic of the transition kernels. Included, as
// transition_kernel_lanes.hpp is, by one source file for each instruction set, with internal linkage.
#include <immintrin.h>

#include "models/cells/energy/transition_kernel.hpp"

namespace tram::transition {
namespace {

constexpr int bytes = TRAM_VECTOR_BYTES;
constexpr int vectors = TRAM_VECTORS;
constexpr int words = bytes / 8 * vectors;  // 64-bit words

typedef uint64_t Vector __attribute__((vector_size(bytes), may_alias));

// One bit a lane.
struct Lanes {
  Vector v[vectors];

#define TRAM_EACH for (int i = 0; i < vectors; ++i)
  friend inline Lanes operator&(Lanes x, const Lanes& y) {
    TRAM_EACH x.v[i] &= y.v[i];
    return x;
  }
  friend inline Lanes operator|(Lanes x, const Lanes& y) {
    TRAM_EACH x.v[i] |= y.v[i];
    return x;
  }
  friend inline Lanes operator^(Lanes x, const Lanes& y) {
    TRAM_EACH x.v[i] ^= y.v[i];
    return x;
  }
  friend inline Lanes operator~(Lanes x) {
    TRAM_EACH x.v[i] = ~x.v[i];
    return x;
  }
  Lanes& operator&=(const Lanes& y) {
    TRAM_EACH v[i] &= y.v[i];
    return *this;
  }
  Lanes& operator|=(const Lanes& y) {
    TRAM_EACH v[i] |= y.v[i];
    return *this;
  }
  Lanes& operator^=(const Lanes& y) {
    TRAM_EACH v[i] ^= y.v[i];
    return *this;
  }
#undef TRAM_EACH
};

inline bool any(const Lanes& x) {
  Vector all = x.v[0];
  for (int i = 1; i < vectors; ++i) all |= x.v[i];
#if TRAM_VECTOR_BYTES == 64
  return _mm512_test_epi64_mask((__m512i)all, (__m512i)all) != 0;
#else
  return _mm256_testz_si256((__m256i)all, (__m256i)all) == 0;
#endif
}

inline Lanes filled(bool value) {
  Lanes lanes;
  for (int i = 0; i < vectors; ++i) lanes.v[i] = Vector{} - (value ? 1 : 0);
  return lanes;
}

// Toggles of one net, in bit planes.
struct Counter {
  Lanes plane[max_planes];
  int used = 0;

  inline void add(Lanes carry) {
    for (int i = 0; i < used; ++i) {
      const Lanes next = carry & plane[i];
      plane[i] ^= carry;
      carry = next;
      if (!any(carry)) return;
    }
    plane[used++] = carry;
  }
};

// A sum over the lanes in carry-save form: up to two addends a bit plane wait for a third.
struct Sum {
  Lanes held[energy_planes][2];
  uint8_t count[energy_planes];
  bool overflows;

  inline void clear() {
    for (uint8_t& held_count : count) held_count = 0;
    overflows = false;
  }

  inline void add(int plane, Lanes addend) {
    for (; plane < energy_planes; ++plane) {
      uint8_t& waiting = count[plane];
      if (waiting < 2) {
        held[plane][waiting++] = addend;
        return;
      }
      const Lanes half = held[plane][0] ^ held[plane][1];
      const Lanes both = held[plane][0] & held[plane][1];
      held[plane][0] = half ^ addend;
      waiting = 1;
      addend = both | (half & addend);
    }
    if (any(addend)) overflows = true;
  }

  // Reduces every plane to one addend, held[plane][0].
  void finish() {
    for (int plane = 0; plane < energy_planes; ++plane) {
      while (count[plane] < 2) held[plane][count[plane]++] = filled(false);
      const Lanes carry = held[plane][0] & held[plane][1];
      held[plane][0] ^= held[plane][1];
      count[plane] = 1;
      add(plane + 1, carry);
    }
  }
};

// energy += count x weight.
inline void accumulate(Sum& energy, const Counter& count, uint32_t weight) {
  for (; weight != 0; weight &= weight - 1) {
    const int shift = __builtin_ctz(weight);
    for (int i = 0; i < count.used; ++i) energy.add(shift + i, count.plane[i]);
  }
}

}  // namespace
}  // namespace tram::transition
