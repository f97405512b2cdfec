#include "models/quant/integer_network.hpp"

namespace tram {

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

bool uses_multiplier(const IntegerStep& step) {
  return std::holds_alternative<GemmLayer>(step.layer) || std::holds_alternative<MatmulLayer>(step.layer);
}

}  // namespace tram
