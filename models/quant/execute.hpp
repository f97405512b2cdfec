#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "models/gemm/table_gemm.hpp"
#include "models/quant/integer_network.hpp"

namespace tram {

/// Codes in memory (CodeFormat), maps of several images one after another.
using Codes = std::vector<uint8_t>;

/// Tables and constants of a step that multiplies, beside its inputs.
struct StepTables {
  std::shared_ptr<const TableGemm> gemm;
  std::vector<int32_t> constants;  ///< of a GemmLayer: accumulator_constants()
};

/// Executes one step of a network on `images` images; inputs in the order of step.inputs. The result is the bytes of
/// the step's output tensor; the last step has its accumulators in logits instead, [images][N], and returns nothing.
Codes execute_step(const IntegerNetwork& network, const IntegerStep& step, const StepTables& tables,
                   std::span<const Codes* const> inputs, int64_t images, std::vector<int32_t>& logits);

}  // namespace tram
