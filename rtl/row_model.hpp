#pragma once
#include <filesystem>
#include <memory>
#include <vector>

#include "rtl/row_interface.hpp"

namespace tram {

/// A compiled row, loaded from its shared object.
class RowLibrary {
 public:
  /// Throws RunError when the file cannot be loaded or has another interface.
  explicit RowLibrary(const std::filesystem::path& object);

  uint32_t nets() const { return api_->nets; }
  uint32_t south_planes() const { return api_->south_planes; }

 private:
  friend class RowGroup;
  std::shared_ptr<void> handle_;
  const TramRowApi* api_ = nullptr;
};

/// A group of tram_row_group rows of 64 PEs: one Verilated instance. The library must outlive it.
class RowGroup {
 public:
  explicit RowGroup(const RowLibrary& library);

  void reset() { api_->reset(group_.get()); }
  void run(const TramRowRun& run) { api_->run(group_.get(), &run); }

 private:
  const TramRowApi* api_;
  std::unique_ptr<void, void (*)(void*)> group_;
};

}  // namespace tram
