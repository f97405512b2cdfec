#pragma once
#include <cstdint>
#include <string>

#include "sim/observers/vcd.hpp"

namespace tram {

/// A variable of a component in the VCD; does nothing until it is attached to a recorder.
class TraceSignal {
 public:
  void attach(VcdRecorder& recorder, const std::string& scope, const std::string& name, int width) {
    recorder_ = &recorder;
    variable_ = recorder.declare(scope, name, width);
  }
  /// The same, with value 0 from cycle 0 on; for states that are known without an event.
  void attach_idle(VcdRecorder& recorder, const std::string& scope, const std::string& name, int width) {
    attach(recorder, scope, name, width);
    set(0, 0);
  }
  void set(uint64_t cycle, uint64_t value) const {
    if (recorder_) recorder_->record(variable_, cycle, value);
  }
  /// 1 in cycles [first, end), 0 from then on.
  void pulse(uint64_t first, uint64_t end) const {
    set(first, 1);
    set(end, 0);
  }

 private:
  VcdRecorder* recorder_ = nullptr;
  VcdRecorder::Variable variable_ = 0;
};

}  // namespace tram
