#include "sim/engines/sign_extension.hpp"

#include <utility>

namespace tram {
namespace {

class SignExtension final : public Engine {
 public:
  SignExtension(Engine& engine, std::vector<OperandBits> of_layer, OperandBits array, bool sign_magnitude)
      : engine_(engine), of_layer_(std::move(of_layer)), array_(array), sign_magnitude_(sign_magnitude) {}

  std::string name() const override { return engine_.name(); }
  void plan(const RunPlan& plan) override { engine_.plan(plan); }
  void reset() override { engine_.reset(); }
  void run(const Fold& fold) override;
  ArrayEnergy take_energy() override { return engine_.take_energy(); }
  SampledEnergy take_sampled() override { return engine_.take_sampled(); }
  int64_t take_checked() override { return engine_.take_checked(); }
  double leakage_power() const override { return engine_.leakage_power(); }
  bool has_values() const override { return engine_.has_values(); }
  std::optional<DelayModel> delay_model() const override { return engine_.delay_model(); }
  double critical_path() const override { return engine_.critical_path(); }
  double clock_tree_estimate() const override { return engine_.clock_tree_estimate(); }
  AreaBreakdown area() const override { return engine_.area(); }
  Edge* edge() override { return engine_.edge(); }
  void trace(VcdRecorder& recorder) override { engine_.trace(recorder); }

 private:
  Engine& engine_;
  std::vector<OperandBits> of_layer_;
  OperandBits array_;
  bool sign_magnitude_;
  std::vector<uint8_t> weights_, activations_;
};

void extend(std::span<const uint8_t> codes, CodeFormat from, int bits, std::vector<uint8_t>& extended) {
  CodeFormat to = from;
  to.bits = bits;
  extended.resize(codes.size());
  for (size_t i = 0; i < codes.size(); ++i) extended[i] = static_cast<uint8_t>(to.raw(from.value(codes[i])));
}

/// Sums of activations are those of the codes as they came.
void SignExtension::run(const Fold& fold) {
  const OperandBits bits = of_layer_[static_cast<size_t>(fold.layer)];
  Fold wide = fold;
  extend(fold.weights, {bits.weights, !sign_magnitude_, sign_magnitude_}, array_.weights, weights_);
  extend(fold.activations, {bits.activations, !sign_magnitude_}, array_.activations, activations_);
  wide.weights = weights_;
  wide.activations = activations_;
  engine_.run(wide);
  for (int m = 0; m < fold.m; ++m) {
    int32_t sum = 0;
    for (int k = 0; k < fold.rows; ++k) sum += fold.activations[size_t(m) * size_t(fold.rows) + size_t(k)];
    fold.activation_sums[size_t(m)] = sum;
  }
}

}  // namespace

std::unique_ptr<Engine> make_sign_extension(Engine& engine, std::vector<OperandBits> of_layer, OperandBits array,
                                            bool sign_magnitude) {
  return std::make_unique<SignExtension>(engine, std::move(of_layer), array, sign_magnitude);
}

}  // namespace tram
