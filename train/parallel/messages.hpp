#pragma once
#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>

namespace tram::train {

/// Message-passing operations that Ranks needs. Every rank makes the same calls in the same order; a fault of the
/// library ends all ranks.
class Messages {
 public:
  virtual ~Messages() = default;
  virtual int rank() const = 0;
  virtual int size() const = 0;
  /// Exchange by pieces: both spans are cut into size() pieces that differ by at most one in length, the longer ones
  /// first, see piece_of. Rank r's piece of every rank's `values` arrives in `pieces`, one rank's after the other.
  virtual void exchange(std::span<const std::byte> values, std::span<std::byte> pieces, size_t value_bytes) = 0;
  /// The reverse with one piece a rank: all pieces arrive in `values` of every rank.
  virtual void collect(std::span<const std::byte> piece, std::span<std::byte> values, size_t value_bytes) = 0;
  /// Rank 0's bytes for every rank.
  virtual void broadcast(std::span<std::byte> bytes) = 0;
  virtual void wait() = 0;
  [[noreturn]] virtual void abort(int exit_code) = 0;
};

/// The range of `count` values that is rank `rank`'s piece.
struct Piece {
  size_t first, count;
};
inline Piece piece_of(size_t count, int rank, int size) {
  const auto r = static_cast<size_t>(rank), n = static_cast<size_t>(size);
  return {r * (count / n) + std::min(r, count % n), count / n + (r < count % n ? 1 : 0)};
}

/// Starts MPI, which lives until the object does. Not to be called without mpirun, nor twice in a process.
/// Null when the program is built without MPI.
std::unique_ptr<Messages> start_mpi();

}  // namespace tram::train
