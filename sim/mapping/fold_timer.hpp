#pragma once
#include <algorithm>
#include <cstdint>

namespace tram {

/// When a fold does what, in cycles.
struct FoldTime {
  int64_t start = 0;       ///< load of what stays begins
  int64_t stream = 0;      ///< first vector enters
  int64_t wait = 0;        ///< cycles in which what was loaded waited for the fold before
  int64_t stream_end = 0;  ///< after the last vector
  int64_t end = 0;         ///< the last sum has left the last row and column: the fold occupies [start, end)
};

/// Occupation of an array of R x C PEs that holds one operand by successive folds of m vectors of the other one.
///
/// Load R, stream m, drain R + C - 2, one fold after the other, as a PE has one register for what it holds: 2R + C + m - 2 each,
/// the formula of SCALE-Sim (Samajdar et al., ISPASS 2020, eq. 3 with its last-cycle index + 1). Folds that use less of
/// the array cost the same.
/// With a second one (hidden; sim/engines/gated_clocks.hpp) folds overlap: the weights of a block of rows may
/// shift once the rows of the block have copied those of the fold before, the first of them is loaded R cycles later, and
/// streams follow each other with two vectors between them that do not count, of which the second copies:
///   load of the next fold >= stream + block_rows - 3, stream >= load + R + 2, stream >= stream_end of the one before + 2
/// so that a fold takes the larger of m + 2 and R + block_rows - 1 cycles.
/// Ports narrower than a row of operands slow it down: a vector takes ceil(rows / its port) cycles, a row of what stays
/// ceil(columns / its port), in the rows and columns used; codes of fewer than 8 bits are packed.
class FoldTimer {
 public:
  struct Parameters {
    int rows = 64, columns = 64;
    int held_port = 64, stream_port = 64;  ///< B a cycle, of the operand that stays and of the one that streams
    bool hidden = false;                   ///< PEs have a second register for what they hold
    int block_rows = 1;                    ///< rows that load together, of hidden
  };

  explicit FoldTimer(const Parameters& parameters) : p_(parameters) {}

  /// The next fold, whose operands can be read from cycle `ready` on.
  /// stream_bytes, held_bytes: of a vector of the stream and of a row of what stays.
  FoldTime add(int64_t ready, int stream_bytes, int held_bytes, int64_t m) {
    const int64_t load = int64_t{p_.rows} * ceil_divide(held_bytes, p_.held_port);
    FoldTime t;
    t.start = std::max(ready, next_load_);
    const int64_t loaded = t.start + load + gap();
    t.stream = std::max(loaded, next_stream_);
    t.wait = t.stream - loaded;
    t.stream_end = t.stream + m * ceil_divide(stream_bytes, p_.stream_port);
    t.end = t.stream_end + p_.rows + p_.columns - 2;
    next_load_ = p_.hidden ? std::max(t.start + load, t.stream + p_.block_rows - 3) : t.end;
    next_stream_ = t.stream_end + gap();
    return t;
  }

  /// The first cycle in which weights of the next fold can move.
  int64_t next_load() const { return next_load_; }

 private:
  int64_t gap() const { return p_.hidden ? 2 : 0; }
  static int64_t ceil_divide(int64_t a, int64_t b) { return (a + b - 1) / b; }

  Parameters p_;
  int64_t next_load_ = 0, next_stream_ = 0;
};

}  // namespace tram
