#include "sim/engines/cosim_engine.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/cells/mapping/technology_mapping.hpp"
#include "models/support/error.hpp"
#include "rtl/mapped_row.hpp"
#include "rtl/row_compiler.hpp"
#include "sim/config/scenario.hpp"
#include "sim/engines/first_difference.hpp"
#include "sim/engines/gated_array.hpp"
#include "sim/engines/rtl_array.hpp"

namespace tram {
namespace {

class CosimEngine final : public Engine {
 public:
  CosimEngine(std::unique_ptr<Engine> engine, const Scenario& scenario, std::shared_ptr<const PeModel> model,
              const CosimOptions& options)
      : engine_(std::move(engine)), model_(std::move(model)), options_(options), rows_(scenario.array.rows),
        columns_(scenario.array.columns), row_(mapped_row(model_->design.netlist, model_->design.contract)),
        row_library_(compile_row(row_, default_cache_folder()).path),
        array_(row_library_, model_->design.contract, rows_, columns_, model_->skips_zeros),
        blocks_(model_->design, model_->nets, model_->energies, {&*model_->zero}, model_->skips_zeros),
        load_(*model_, rows_, columns_), no_weights_(size_t(rows_) * size_t(columns_), 0),
        difference_(*model_, row_, array_, scenario.array) {}

  std::string name() const override { return engine_->name(); }
  std::optional<DelayModel> delay_model() const override { return engine_->delay_model(); }
  double leakage_power() const override { return engine_->leakage_power(); }
  double clock_tree_estimate() const override { return engine_->clock_tree_estimate(); }
  double critical_path() const override { return engine_->critical_path(); }
  ArrayEnergy take_energy() override { return engine_->take_energy(); }
  SampledEnergy take_sampled() override { return engine_->take_sampled(); }
  AreaBreakdown area() const override { return engine_->area(); }
  Edge* edge() override { return engine_->edge(); }
  int64_t take_checked() override { return std::exchange(checked_, 0); }
  void trace(VcdRecorder& recorder) override { engine_->trace(recorder); }
  void plan(const RunPlan& plan) override {
    difference_.plan(plan);
    engine_->plan(plan);
  }
  void reset() override {
    engine_->reset();
    difference_.reset();
  }
  void run(const Fold& fold) override;

 private:
  bool is_chosen(const Fold& fold) const;
  void check(const Fold& fold);
  void check_energy(const Fold& fold);

  std::unique_ptr<Engine> engine_;
  std::shared_ptr<const PeModel> model_;
  CosimOptions options_;
  int rows_, columns_;
  MappedRow row_;
  RowLibrary row_library_;
  RtlArray array_;
  StreamBlocks blocks_;
  ArrayLoad load_;
  std::vector<uint8_t> no_weights_, weights_;
  std::vector<int32_t> products_;
  FirstDifference difference_;
  int64_t checked_ = 0;
};

void CosimEngine::run(const Fold& fold) {
  difference_.begin(fold);
  engine_->run(fold);
  if (is_chosen(fold)) check(fold);
}

bool CosimEngine::is_chosen(const Fold& fold) const {
  const uint64_t hash = hash_bytes(fold.weights) ^ hash_bytes(fold.activations) * 3 ^
                        options_.seed * 0x9e3779b97f4a7c15 ^ uint64_t(difference_.place().index()) << 32 ^
                        uint64_t(difference_.place().layer());
  uint64_t mixed = (hash ^ hash >> 31) * 0xbf58476d1ce4e5b9;
  mixed ^= mixed >> 29;
  return static_cast<double>(mixed >> 11) * 0x1p-53 < options_.share;
}

void CosimEngine::check(const Fold& fold) {
  ++checked_;
  products_.resize(fold.products.size());
  Fold copy = fold;
  copy.products = products_;
  copy.wait = 0;
  array_.reset();
  std::ranges::fill(array_.activity().toggles, 0);
  array_.run(copy);
  const int32_t idle = model_->idle_sum(fold, rows_);
  for (size_t i = 0; i < products_.size(); ++i) {
    const int32_t rtl = model_->design.sum(static_cast<uint32_t>(products_[i])) - idle;
    if (rtl != fold.products[i])
      throw RunError("cosim: " + difference_.text(fold, i, rtl, fold.products[i], engine_->name()));
  }
  check_energy(fold);
}

void CosimEngine::check_energy(const Fold& fold) {
  double counted = 0;
  for (size_t i = 0; i < row_.nets.size(); ++i)
    counted += double(array_.activity().toggles[i]) * model_->energies.multiplier[row_.nets[i]];
  const TransitionEnergy& table = *model_->zero;
  weights_ = no_weights_;
  place_weights(fold, rows_, columns_, model_->kind, weights_);
  load_.reset();
  const StreamBlock& block = blocks_.get(fold.activations, fold.rows, fold.m);
  const int moving = model_->moving_columns(fold, columns_);
  const double summed =
      load_.load(fold, weights_, no_weights_).multiplier + stream_energy(block, 0, table, columns_, moving, weights_);
  const double transitions = double(fold.m + 1) * fold.rows * moving;
  if (std::abs(counted - summed) > table.error_bound() * transitions + 1e-9 * counted)
    throw RunError(
        fmt::format("cosim: {}, cycles {} to {}: zero-delay multiplier energy of all PEs: rtl {:.9g} J, table "
                    "{:.9g} J",
                    difference_.place().text(), fold.start_cycle, fold.start_cycle + uint64_t(array_.clocks(fold.m)),
                    counted, summed));
}

}  // namespace

std::unique_ptr<Engine> make_cosim_engine(std::unique_ptr<Engine> engine, const Scenario& scenario,
                                          std::shared_ptr<const PeModel> model, const CosimOptions& options) {
  return std::make_unique<CosimEngine>(std::move(engine), scenario, std::move(model), options);
}

}  // namespace tram
