#include "train/parallel/ranks.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "models/support/error.hpp"
#include "models/support/printable.hpp"
#include "models/support/program_exit.hpp"
#include "train/parallel/messages.hpp"

namespace tram::train {
namespace {

/// Open MPI's mpirun, MPICH's and Slurm's launchers each set one of these for the processes they start.
bool started_by_mpirun() {
  const auto is_set = [](const char* name) { return std::getenv(name) != nullptr; };
  return is_set("OMPI_COMM_WORLD_SIZE") || is_set("PMI_RANK") || is_set("PMIX_RANK");
}

std::unique_ptr<Messages> start_messages() {
  if (!started_by_mpirun()) return nullptr;
  std::unique_ptr<Messages> messages = start_mpi();
  if (messages == nullptr)
    throw InputError("mpirun", "this program was built without MPI; a build with it (libopenmpi-dev) is expected");
  return messages;
}

/// Sum over all ranks: every rank gets one piece of all ranks' values, adds it in the order of the ranks and sends it
/// to all.
template <typename Value>
void sum_over_ranks(Messages& messages, std::span<Value> values) {
  const int ranks = messages.size();
  const size_t count = piece_of(values.size(), messages.rank(), ranks).count;
  std::vector<Value> pieces(count * static_cast<size_t>(ranks));
  messages.exchange(std::as_bytes(values), std::as_writable_bytes(std::span(pieces)), sizeof(Value));
  const std::span sums = std::span(pieces).first(count);
  for (size_t rank = 1; rank < static_cast<size_t>(ranks); ++rank)
    for (size_t i = 0; i < count; ++i) sums[i] += pieces[rank * count + i];
  messages.collect(std::as_bytes(sums), std::as_writable_bytes(values), sizeof(Value));
}

/// Tells of the fault and ends all ranks.
int fail(const char* program, Ranks& ranks, const ProgramFailure& failure) {
  if (!ranks.is_first()) std::this_thread::sleep_for(std::chrono::seconds(1));
  const std::string who = ranks.is_first() ? "" : fmt::format("rank {}: ", ranks.rank());
  std::fprintf(stderr, "%s: %s%s\n", program, who.c_str(), failure.line.c_str());
  std::fflush(nullptr);
  if (ranks.size() > 1) ranks.abort(failure.exit_code);
  return failure.exit_code;
}

}  // namespace

Ranks::Ranks() : messages_(start_messages()) {}
Ranks::~Ranks() = default;

int Ranks::rank() const { return messages_ ? messages_->rank() : 0; }
int Ranks::size() const { return messages_ ? messages_->size() : 1; }

void Ranks::sum(std::span<float> values) {
  if (size() > 1) sum_over_ranks(*messages_, values);
}

void Ranks::sum(std::span<double> values) {
  if (size() > 1) sum_over_ranks(*messages_, values);
}

void Ranks::sum(std::span<int64_t> values) {
  if (size() > 1) sum_over_ranks(*messages_, values);
}

void Ranks::broadcast(std::span<float> values) {
  if (size() > 1) messages_->broadcast(std::as_writable_bytes(values));
}

void Ranks::broadcast(std::vector<char>& bytes) {
  if (size() == 1) return;
  uint64_t length = bytes.size();
  messages_->broadcast(std::as_writable_bytes(std::span(&length, 1)));
  bytes.resize(length);
  messages_->broadcast(std::as_writable_bytes(std::span(bytes)));
}

bool Ranks::first_says(bool answer) {
  if (size() > 1) messages_->broadcast(std::as_writable_bytes(std::span(&answer, 1)));
  return answer;
}

bool Ranks::any(bool answer) {
  int64_t count = answer ? 1 : 0;
  sum(std::span(&count, 1));
  return count > 0;
}

void Ranks::wait() {
  if (size() > 1) messages_->wait();
}

void Ranks::abort(int exit_code) {
  if (messages_) messages_->abort(exit_code);
  std::exit(exit_code);
}

int run_on_ranks(const char* program, const std::function<int(Ranks&)>& body) {
  try {
    Ranks ranks;
    try {
      const int exit_code = body(ranks);
      flush_output();
      return exit_code;
    } catch (const std::exception&) {
      return fail(program, ranks, current_failure());
    }
  } catch (const InputError& error) {  // of Ranks itself
    std::fprintf(stderr, "%s: %s\n", program, printable_message(error.what()).c_str());
    return 2;
  }
}

}  // namespace tram::train
