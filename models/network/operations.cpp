#include "models/network/operations.hpp"

#include <cmath>
#include <numbers>

namespace tram {
namespace {

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double relu6(double x) { return std::clamp(x, 0.0, 6.0); }

struct UnaryFunction {
  const char* name;
  double (*value)(double);
};

const UnaryFunction& function_of(UnaryKind kind) {
  static constexpr UnaryFunction functions[] = {
      // in the order of UnaryKind
      {"relu6", relu6},
      {"sigmoid", sigmoid},
      {"hard_sigmoid", [](double x) { return relu6(x + 3) / 6; }},
      {"silu", [](double x) { return x * sigmoid(x); }},
      {"hard_swish", [](double x) { return x * relu6(x + 3) / 6; }},
      {"tanh", [](double x) { return std::tanh(x); }},
  };
  return functions[static_cast<size_t>(kind)];
}

}  // namespace

const char* UnaryOp::name() const { return function_of(kind).name; }
double UnaryOp::value(double x) const { return function_of(kind).value(x); }

double GeluOp::value(double x) const { return x / 2 * (1 + std::erf(x / std::numbers::sqrt2)); }

std::string kind(const Operation& operation) {
  return std::visit([](const auto& op) -> std::string { return op.name(); }, operation);
}

}  // namespace tram
