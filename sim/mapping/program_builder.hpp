#pragma once
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "sim/mapping/command.hpp"
#include "sim/mapping/limits.hpp"

namespace tram {

/// The two halves of a scratchpad in turn. A half may be filled again when all that read it are done.
class DoubleBuffer {
 public:
  DoubleBuffer(uint32_t first, uint32_t second) : offsets_{first, second} {}

  /// Turns to the other half; returns the point at which it is free.
  Progress turn() {
    current_ ^= 1;
    return std::exchange(readers_[current_], {});
  }
  /// The current half must stay until this point.
  void hold_until(const Progress& point) { readers_[current_].include(point); }
  uint32_t offset() const { return offsets_[current_]; }

 private:
  std::array<uint32_t, 2> offsets_;
  std::array<Progress, 2> readers_{};
  size_t current_ = 1;
};

/// Which parts of a tensor are complete, and when; and when its bytes may be overwritten.
class TensorProgress {
 public:
  void written(int64_t first, int64_t end, const Progress& point) {
    parts_.push_back({first, end, point});
    hold_until(point);
  }
  /// It must stay until this point.
  void hold_until(const Progress& point) { done_.include(point); }
  /// The point at which nobody writes or reads it any more.
  const Progress& done() const { return done_; }
  /// The point at which bytes [first, end) are all there.
  Progress ready(int64_t first, int64_t end) const {
    Progress point;
    for (const Part& part : parts_)
      if (part.first < end && first < part.end) point.include(part.point);
    return point;
  }

 private:
  struct Part {
    int64_t first, end;
    Progress point;
  };
  std::vector<Part> parts_;
  Progress done_;
};

/// Bounds the memory of a program.
inline constexpr size_t kMostCommands = size_t{1} << 23;

/// Collects the commands of a program and what they must wait for. Commands refer only to commands before them, so
/// the host can issue them in order without a deadlock, however short the units' queues are.
class ProgramBuilder {
 public:
  ProgramBuilder(const Limits& limits, size_t tensors);

  /// Layer of the commands to come.
  void begin_layer(int layer) { layer_ = static_cast<uint16_t>(layer); }

  /// Appends a command; returns the point at which it is complete. InputError beyond kMostCommands.
  Progress add(Unit unit, const Progress& wait, const CommandBody& body);

  std::vector<Command> take_commands() { return std::move(commands_); }
  const Progress& issued() const { return issued_; }

  DoubleBuffer weights, parameters;  ///< both in the weight scratchpad
  DoubleBuffer activations, outputs;
  std::vector<TensorProgress> tensors;
  Progress result_free;  ///< the point from which on the layer's result may be written to its place on chip

 private:
  std::vector<Command> commands_;
  Progress issued_;
  uint16_t layer_ = 0;
};

}  // namespace tram
