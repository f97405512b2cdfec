#pragma once
#include <algorithm>
#include <cstdint>

namespace tram {

/// When a fold does what, in cycles.
struct FoldTime {
  int64_t start = 0;       ///< weight load begins
  int64_t stream = 0;      ///< first activation enters
  int64_t stream_end = 0;  ///< after the last activation
  int64_t end = 0;         ///< the last sum has left the last row and column: the fold occupies [start, end)
};

/// Occupation of a weight-stationary array of R x C PEs by successive folds of m activation vectors.
///
/// Load R, stream m, drain R + C - 2, one fold after the other, as a PE has one weight register: 2R + C + m - 2 each,
/// the formula of SCALE-Sim (Samajdar et al., ISPASS 2020, eq. 3 with its last-cycle index + 1). Folds that use less of
/// the array cost the same.
/// Ports narrower than a row of operands slow it down: an activation vector takes ceil(rows / activation port) cycles,
/// a row of weights ceil(columns / weight port), in the rows and columns used.
class FoldTimer {
 public:
  struct Parameters {
    int rows = 64, columns = 64;
    int weight_port = 64, activation_port = 64;  ///< B a cycle
  };

  explicit FoldTimer(const Parameters& parameters) : p_(parameters) {}

  /// The next fold, whose operands can be read from cycle `ready` on.
  FoldTime add(int64_t ready, int rows_used, int columns_used, int64_t m) {
    FoldTime t;
    t.start = std::max(ready, end_);
    t.stream = t.start + int64_t{p_.rows} * ceil_divide(columns_used, p_.weight_port);
    t.stream_end = t.stream + m * ceil_divide(rows_used, p_.activation_port);
    t.end = end_ = t.stream_end + p_.rows + p_.columns - 2;
    return t;
  }

 private:
  static int64_t ceil_divide(int64_t a, int64_t b) { return (a + b - 1) / b; }

  Parameters p_;
  int64_t end_ = 0;  ///< of the last fold
};

}  // namespace tram
