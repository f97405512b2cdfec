#include <mpi.h>

#include <vector>

#include "train/parallel/messages.hpp"

namespace tram::train {
namespace {

/// MPI's calls on MPI_COMM_WORLD. Its default error handler ends all ranks, so return codes need no check.
class MpiMessages : public Messages {
 public:
  MpiMessages() {
    int provided = 0;
    MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm_size(MPI_COMM_WORLD, &size_);
  }
  ~MpiMessages() override { MPI_Finalize(); }
  MpiMessages(const MpiMessages&) = delete;
  MpiMessages& operator=(const MpiMessages&) = delete;

  int rank() const override { return rank_; }
  int size() const override { return size_; }

  void exchange(std::span<const std::byte> values, std::span<std::byte> pieces, size_t value_bytes) override {
    const Layout send = pieces_of(values.size() / value_bytes), receive = repeated(send.counts[index()]);
    const Unit unit(value_bytes);
    MPI_Alltoallv(values.data(), send.counts.data(), send.places.data(), unit.type, pieces.data(),
                  receive.counts.data(), receive.places.data(), unit.type, MPI_COMM_WORLD);
  }

  void collect(std::span<const std::byte> piece, std::span<std::byte> values, size_t value_bytes) override {
    const Layout receive = pieces_of(values.size() / value_bytes);
    const Unit unit(value_bytes);
    MPI_Allgatherv(piece.data(), receive.counts[index()], unit.type, values.data(), receive.counts.data(),
                   receive.places.data(), unit.type, MPI_COMM_WORLD);
  }

  void broadcast(std::span<std::byte> bytes) override {
    constexpr size_t most = size_t{1} << 30;  // MPI counts in int
    for (; !bytes.empty(); bytes = bytes.subspan(std::min(most, bytes.size())))
      MPI_Bcast(bytes.data(), static_cast<int>(std::min(most, bytes.size())), MPI_BYTE, 0, MPI_COMM_WORLD);
  }

  void wait() override { MPI_Barrier(MPI_COMM_WORLD); }

  [[noreturn]] void abort(int exit_code) override {
    MPI_Abort(MPI_COMM_WORLD, exit_code);
    std::abort();  // MPI_Abort does not come back
  }

 private:
  /// Counts and places of each rank's piece, in values.
  struct Layout {
    std::vector<int> counts, places;
  };
  /// One value as a type of MPI.
  struct Unit {
    MPI_Datatype type;
    explicit Unit(size_t bytes) {
      MPI_Type_contiguous(static_cast<int>(bytes), MPI_BYTE, &type);
      MPI_Type_commit(&type);
    }
    ~Unit() { MPI_Type_free(&type); }
    Unit(const Unit&) = delete;
    Unit& operator=(const Unit&) = delete;
  };

  size_t index() const { return static_cast<size_t>(rank_); }
  Layout pieces_of(size_t values) const {
    Layout layout;
    for (int rank = 0; rank < size_; ++rank) {
      const Piece piece = piece_of(values, rank, size_);
      layout.counts.push_back(static_cast<int>(piece.count));
      layout.places.push_back(static_cast<int>(piece.first));
    }
    return layout;
  }
  Layout repeated(int count) const {
    Layout layout;
    for (int rank = 0; rank < size_; ++rank) {
      layout.counts.push_back(count);
      layout.places.push_back(rank * count);
    }
    return layout;
  }

  int rank_ = 0, size_ = 1;
};

}  // namespace

std::unique_ptr<Messages> start_mpi() { return std::make_unique<MpiMessages>(); }

}  // namespace tram::train
