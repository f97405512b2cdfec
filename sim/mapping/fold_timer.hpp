#pragma once
#include <algorithm>
#include <cstdint>

namespace tram {

/// When a fold does what, in cycles.
struct FoldTime {
  int64_t start = 0;       ///< weight load begins
  int64_t stream = 0;      ///< first activation enters
  int64_t wait = 0;        ///< cycles in which the loaded weights waited for the fold before
  int64_t stream_end = 0;  ///< after the last activation
  int64_t end = 0;         ///< the last sum has left the last row and column: the fold occupies [start, end)
};

/// Occupation of a weight-stationary array of R x C PEs by successive folds of m activation vectors.
///
/// Load R, stream m, drain R + C - 2, one fold after the other, as a PE has one weight register: 2R + C + m - 2 each,
/// the formula of SCALE-Sim (Samajdar et al., ISPASS 2020, eq. 3 with its last-cycle index + 1). Folds that use less of
/// the array cost the same.
/// With a second weight register (hidden; sim/engines/gated_clocks.hpp) folds overlap: the weights of a block of rows may
/// shift once the rows of the block have copied those of the fold before, the first of them is loaded R cycles later, and
/// streams follow each other with two vectors between them that do not count, of which the second copies:
///   load of the next fold >= stream + block_rows - 3, stream >= load + R + 2, stream >= stream_end of the one before + 2
/// so that a fold takes the larger of m + 2 and R + block_rows - 1 cycles.
/// Ports narrower than a row of operands slow it down: an activation vector takes ceil(rows / activation port) cycles,
/// a row of weights ceil(columns / weight port), in the rows and columns used.
class FoldTimer {
 public:
  struct Parameters {
    int rows = 64, columns = 64;
    int weight_port = 64, activation_port = 64;  ///< B a cycle
    bool hidden = false;                         ///< PEs have a second weight register
    int block_rows = 1;                          ///< rows that load together, of hidden
  };

  explicit FoldTimer(const Parameters& parameters) : p_(parameters) {}

  /// The next fold, whose operands can be read from cycle `ready` on.
  FoldTime add(int64_t ready, int rows_used, int columns_used, int64_t m) {
    const int64_t load = int64_t{p_.rows} * ceil_divide(columns_used, p_.weight_port);
    FoldTime t;
    t.start = std::max(ready, next_load_);
    const int64_t loaded = t.start + load + gap();
    t.stream = std::max(loaded, next_stream_);
    t.wait = t.stream - loaded;
    t.stream_end = t.stream + m * ceil_divide(rows_used, p_.activation_port);
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
