#include "sim/engines/cosim_engine.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/cells/mapping/technology_mapping.hpp"
#include "models/support/error.hpp"
#include "rtl/mapped_row.hpp"
#include "rtl/row_compiler.hpp"
#include "sim/config/scenario.hpp"
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
        load_(*model_, rows_, columns_), no_weights_(size_t(rows_) * size_t(columns_), 0) {}

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
    layers_ = plan.layers;
    engine_->plan(plan);
  }
  void reset() override {
    engine_->reset();
    layer_ = -1;
  }
  void run(const Fold& fold) override;

 private:
  bool is_chosen(const Fold& fold) const;
  void check(const Fold& fold);
  void check_energy(const Fold& fold);
  [[noreturn]] void report_product(const Fold& fold, int m, int column, int32_t rtl);
  std::vector<uint32_t> sums_along_column(const Fold& fold, int m, int column);
  std::string place(const Fold& fold) const;

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
  std::vector<std::string> layers_;
  int layer_ = -1, fold_of_layer_ = 0;
  int64_t checked_ = 0;
};

void CosimEngine::run(const Fold& fold) {
  fold_of_layer_ = fold.layer == layer_ ? fold_of_layer_ + 1 : 0;
  layer_ = fold.layer;
  engine_->run(fold);
  if (is_chosen(fold)) check(fold);
}

bool CosimEngine::is_chosen(const Fold& fold) const {
  const uint64_t hash = hash_bytes(fold.weights) ^ hash_bytes(fold.activations) * 3 ^
                        options_.seed * 0x9e3779b97f4a7c15 ^ uint64_t(fold_of_layer_) << 32 ^ uint64_t(layer_);
  uint64_t mixed = (hash ^ hash >> 31) * 0xbf58476d1ce4e5b9;
  mixed ^= mixed >> 29;
  return static_cast<double>(mixed >> 11) * 0x1p-53 < options_.share;
}

std::string CosimEngine::place(const Fold& fold) const {
  const auto layer = static_cast<size_t>(fold.layer);
  const std::string name = layer < layers_.size() ? layers_[layer] : std::to_string(layer);
  return fmt::format("cosim: layer {}, fold {}", name, fold_of_layer_);
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
    if (rtl != fold.products[i]) report_product(fold, int(i) / fold.columns, int(i) % fold.columns, rtl);
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
    throw RunError(fmt::format(
        "{}, cycles {} to {}: zero-delay multiplier energy of all PEs: rtl {:.9g} J, table "
        "{:.9g} J",
        place(fold), fold.start_cycle, fold.start_cycle + uint64_t(array_.clocks(fold.m)), counted, summed));
}

/// The sum that leaves every row of the column for vector m: a clock after its activation is taken there.
std::vector<uint32_t> CosimEngine::sums_along_column(const Fold& fold, int m, int column) {
  std::vector<uint32_t> nets;
  for (const NetId net : model_->design.contract[Operand::sum].output.bits)
    nets.push_back(uint32_t(std::ranges::find(row_.nets, net) - row_.nets.begin()));
  std::vector<uint32_t> sums(size_t(rows_), 0);
  array_.reset();
  array_.watch(nets, [&](int first_row, int first_column, int64_t, const std::vector<uint64_t>& words) {
    if (column < first_column || column >= first_column + int(tram_row_lanes)) return;
    for (int r = 0; r < int(tram_row_group) && first_row + r < rows_; ++r) {
      const size_t clock = size_t(array_.stream() + 1 + first_row + r + m + column);
      for (size_t i = 0; i < nets.size(); ++i)
        sums[size_t(first_row + r)] |=
            uint32_t(words[(clock * nets.size() + i) * tram_row_group + size_t(r)] >> (column - first_column) & 1) << i;
    }
  });
  Fold copy = fold;
  copy.products = products_;
  copy.wait = 0;
  array_.run(copy);
  array_.stop_watching();
  return sums;
}

/// The row at which the partial sum leaves what the multiplier's table says, else the last one (the engine is wrong).
void CosimEngine::report_product(const Fold& fold, int m, int column, int32_t rtl) {
  const std::vector<uint32_t> sums = sums_along_column(fold, m, column);
  weights_ = no_weights_;
  place_weights(fold, rows_, columns_, model_->kind, weights_);
  const PeDesign& design = model_->design;
  const uint32_t mask = (1U << design.psum_planes) - 1;
  uint32_t expected = 0, previous = 0;
  int row = 0;
  for (;; ++row) {
    const int k = row - (rows_ - fold.rows);
    const uint8_t x = k < 0 ? uint8_t{0} : fold.activations[size_t(m) * size_t(fold.rows) + size_t(k)];
    const int32_t product = k < 0 && model_->kind != PeKind::plain
                                ? 0
                                : model_->table.at(weights_[size_t(row) * size_t(columns_) + size_t(column)], x);
    expected = (expected + uint32_t(product >> design.product_lsb)) & mask;
    if (expected != sums[size_t(row)] || row + 1 == rows_) break;
    previous = sums[size_t(row)];
  }
  const uint64_t cycle = fold.start_cycle + uint64_t(array_.stream() + fold.wait + 1 + row + m + column) + 1;
  throw RunError(fmt::format(
      "{}, PE (row {}, column {}), cycle {}: vector {} sums to {} on rtl, {} on {}; the PE's "
      "product in RTL is {}",
      place(fold), row, column, cycle, m, rtl, fold.products[size_t(m) * size_t(fold.columns) + size_t(column)],
      engine_->name(), design.sum((sums[size_t(row)] - previous) & mask)));
}

}  // namespace

std::unique_ptr<Engine> make_cosim_engine(std::unique_ptr<Engine> engine, const Scenario& scenario,
                                          std::shared_ptr<const PeModel> model, const CosimOptions& options) {
  return std::make_unique<CosimEngine>(std::move(engine), scenario, std::move(model), options);
}

}  // namespace tram
