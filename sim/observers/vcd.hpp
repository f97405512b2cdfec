#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tram {

/// Collects value changes of a window of clock cycles and writes them as a VCD file (IEEE 1364, four-state text).
///
/// Components declare their variables once and then record values at cycles, in any order: a value holds from its
/// cycle until the next recorded one. Of two values of one variable at one cycle the last recorded counts. Values
/// before the window become the initial values at its first cycle; a variable is x before its first value. Repeated
/// equal values are not written. The time of cycle c in the file is c clock periods; the last time is that of `to`.
class VcdRecorder {
 public:
  using Variable = size_t;

  /// Window [from, to) in clock cycles of the machine. Throws InputError("--vcd", ...) unless from < to and the time of
  /// `to` fits 64 bits in the file's unit.
  VcdRecorder(uint64_t from, uint64_t to, double clock_hz);

  /// scope: path with dots, as "machine.array.row0.pe3"; width 1 .. 64 bits. Names must be printable without spaces;
  /// a name declared twice in one scope throws std::logic_error.
  Variable declare(const std::string& scope, const std::string& name, int width);

  /// The variable has this value from the start of this cycle on; higher bits than its width are dropped.
  void record(Variable variable, uint64_t cycle, uint64_t value);

  /// Whether cycles [first, last) touch the window: lets costly recording be skipped outside of it. The value at
  /// the window's start is right only if the last change before it was recorded too.
  bool wants(uint64_t first, uint64_t last) const { return first < to_ && last > from_; }

  uint64_t from() const { return from_; }
  uint64_t to() const { return to_; }

  /// Size of the file, in B, if every variable declared changed in every cycle of the window: an upper bound. The
  /// memory that the recorder takes is some three times as much at most.
  double most_bytes() const;
  size_t variables() const { return signals_.size(); }

  /// The file as text.
  std::string text() const;
  /// Writes it through an AtomicFile.
  void write(const std::filesystem::path& path) const;

 private:
  /// The last value at or before the window's first cycle, and its cycle.
  struct Initial {
    uint64_t cycle, value;
  };
  struct Change {
    uint64_t cycle, value;
  };
  struct Signal {
    std::string scope, name;
    int width = 1;
    std::optional<Initial> initial;
    std::vector<Change> changes;  ///< within the window, by cycle
  };

  std::string header() const;
  uint64_t period_fs() const;
  uint64_t ticks_a_cycle() const;
  static void insert(std::vector<Change>& changes, Change change);

  uint64_t from_, to_;
  double clock_hz_;
  std::vector<Signal> signals_;
  std::set<std::string> names_;
};

}  // namespace tram
