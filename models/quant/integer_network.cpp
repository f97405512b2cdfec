#include "models/quant/integer_network.hpp"

#include <algorithm>

namespace tram {
namespace {

struct LayerKind {
  std::string operator()(const GemmLayer& layer) const {
    return layer.kernel_height * layer.kernel_width > 1 ? "conv" : "linear";
  }
  std::string operator()(const MatmulLayer&) const { return "matmul"; }
  std::string operator()(const SliceLayer&) const { return "slice"; }
  std::string operator()(const PrependLayer&) const { return "prepend"; }
  std::string operator()(const SelectLayer&) const { return "select"; }
  std::string operator()(const VectorLayer& layer) const {
    return std::visit([](const auto& parameters) { return parameters.kind; }, layer.parameters);
  }
};

}  // namespace

int64_t IntegerNetwork::macs() const {
  int64_t total = 0;
  for (const IntegerStep& step : steps) {
    if (const auto* gemm = std::get_if<GemmLayer>(&step.layer)) total += gemm->macs();
    if (const auto* matmul = std::get_if<MatmulLayer>(&step.layer)) total += matmul->macs();
  }
  return total;
}

const std::string& layer_name(const IntegerStep& step) {
  return std::visit([](const auto& layer) -> const std::string& { return layer.name; }, step.layer);
}

std::string layer_kind(const IntegerStep& step) { return std::visit(LayerKind{}, step.layer); }

bool uses_multiplier(const IntegerStep& step) {
  return std::holds_alternative<GemmLayer>(step.layer) || std::holds_alternative<MatmulLayer>(step.layer);
}

OperandBits operand_bits(const IntegerStep& step) {
  if (const auto* gemm = std::get_if<GemmLayer>(&step.layer)) return {gemm->weight_codes.bits, gemm->operands.bits};
  const CodeFormat format = std::get<MatmulLayer>(step.layer).operands;
  return {format.bits, format.bits};
}

OperandBits widest_operands(const IntegerNetwork& network) {
  OperandBits widest{0, 0};
  for (const IntegerStep& step : network.steps) {
    if (!uses_multiplier(step)) continue;
    const OperandBits bits = operand_bits(step);
    widest = {std::max(widest.weights, bits.weights), std::max(widest.activations, bits.activations)};
  }
  return widest.weights == 0 ? OperandBits{} : widest;
}

bool has_weight_zeros(const GemmLayer& layer) {
  return std::any_of(layer.weight_zero.begin(), layer.weight_zero.end(), [](int32_t zero) { return zero != 0; });
}

}  // namespace tram
