#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace tram::train {

class Messages;

/// The processes of a training that `mpirun -n N tram_train ...` started: rank 0 .. N - 1. Without mpirun there is one,
/// rank 0, no MPI function is called, and sum and broadcast change nothing.
///
/// A batch has shards of a fixed size; a rank takes those with shard % size() == rank() (has_shard), adds their results
/// in the order of the shards, then calls sum. So the same global batch has the same gradient on any number of ranks
/// but for the order of additions.
///
/// Every rank must make the same calls in the same order with spans of the same length. One object a process, used by
/// one thread at a time. What MPI itself reports ends all ranks.
class Ranks {
 public:
  /// Starts MPI when mpirun (of Open MPI or MPICH) started this process. InputError when it did and this program was
  /// built without MPI.
  Ranks();
  /// Waits for the other ranks.
  ~Ranks();
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;

  int rank() const;
  int size() const;
  /// The rank that writes files and speaks to the user.
  bool is_first() const { return rank() == 0; }
  bool has_shard(int shard) const { return shard % size() == rank(); }

  /// Replaces each value by its sum over the ranks, the same bits on every rank: ((rank 0 + rank 1) + rank 2) + ...
  void sum(std::span<float> values);
  void sum(std::span<double> values);
  void sum(std::span<int64_t> values);

  /// Gives every rank what rank 0 has; the length too, for a vector.
  void broadcast(std::span<float> values);
  void broadcast(std::vector<char>& bytes);

  /// Rank 0's answer, so that all ranks decide alike on what one of them may see first (a file, a clock).
  bool first_says(bool answer);
  /// Whether some rank says so (a signal that not all have got yet).
  bool any(bool answer);

  /// Returns when all ranks have called it.
  void wait();

  /// Ends all ranks; mpirun's exit code is exit_code. Alone: ends this process.
  [[noreturn]] void abort(int exit_code);

 private:
  std::unique_ptr<Messages> messages_;  ///< null: alone
};

/// The main function of a program on ranks: runs body and returns its exit code. An exception ends all ranks, with its
/// message on stderr (after the program's name, and "rank N: " on ranks other than 0) and exit code 2 for an InputError, 1 for any other.
/// Ranks other than 0 give rank 0 a second to report the same fault first, so that a mistake that all see is told
/// once.
int run_on_ranks(const char* program, const std::function<int(Ranks&)>& body);

}  // namespace tram::train
