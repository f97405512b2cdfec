#include "sim/engines/table_engine.hpp"

#include <algorithm>
#include <random>
#include <utility>

#include "sim/config/scenario.hpp"
#include "sim/engines/array_area.hpp"
#include "sim/engines/array_edge.hpp"
#include "sim/engines/column_sample.hpp"
#include "sim/engines/fold_gemm.hpp"
#include "sim/engines/gated_array.hpp"
#include "sim/engines/pe_model.hpp"
#include "sim/engines/sample_plan.hpp"
#include "sim/engines/stream_block.hpp"

namespace tram {
namespace {

class TableEngine final : public Engine {
 public:
  TableEngine(const Scenario& scenario, std::shared_ptr<const PeModel> model, uint64_t seed)
      : model_(std::move(model)), rows_(scenario.array.rows), columns_(scenario.array.columns),
        sample_(scenario.sample), seed_(seed), gemm_(model_->table),
        blocks_(model_->design, model_->nets, model_->energies, {&model_->transitions()}, model_->skips_zeros),
        load_(*model_, rows_, columns_),
        columns_sample_(model_->design, model_->nets, model_->energies, model_->table, rows_, model_->skips_zeros),
        clocks_(*model_, rows_, columns_), edge_(model_->edge, scenario, scenario.sample),
        input_slew_(scenario.technology.input_slew_s), weights_(size_t(rows_) * size_t(columns_), 0),
        old_weights_(weights_) {}

  std::string name() const override { return "table"; }
  std::optional<DelayModel> delay_model() const override { return model_->delays; }
  double critical_path() const override { return model_->critical_path(); }
  double clock_tree_estimate() const override { return clocks_.tree_estimate(input_slew_); }
  double leakage_power() const override { return model_->energies.leakage_power * rows_ * columns_; }
  void plan(const RunPlan& plan) override {
    folds_ = plan.folds;
    edge_.plan(plan);
  }
  void reset() override;
  void run(const Fold& fold) override;
  ArrayEnergy take_energy() override { return std::exchange(energy_, {}); }
  SampledEnergy take_sampled() override {
    sampled_ += edge_.take_sampled();
    return std::exchange(sampled_, {});
  }
  AreaBreakdown area() const override { return array_area(*model_, edge_, rows_, columns_); }
  Edge* edge() override { return &edge_; }

 private:
  void add_sampled(const Fold& fold, const StreamBlock& block);
  void run_column(const StreamBlock& block, int column, std::span<const int> rows, std::vector<ArrayEnergy>& energy);

  std::shared_ptr<const PeModel> model_;
  int rows_, columns_;
  SampleRule sample_;
  uint64_t seed_;
  int64_t folds_ = 1;
  FoldGemm gemm_;
  StreamBlocks blocks_;
  ArrayLoad load_;
  ColumnSample columns_sample_;
  ArrayClocks clocks_;
  ArrayEdge edge_;
  double input_slew_;
  std::vector<uint8_t> weights_, old_weights_;  // of the whole array
  std::vector<uint8_t> column_weights_, column_old_weights_;
  ArrayEnergy energy_;
  ArrayEnergy late_;  // counts in the next fold
  SampledEnergy sampled_;
};

void TableEngine::reset() {
  load_.reset();
  edge_.reset();
  late_ = {};
  std::ranges::fill(weights_, 0);
}

void TableEngine::run(const Fold& fold) {
  old_weights_ = weights_;
  place_weights(fold, rows_, columns_, model_->kind, weights_);
  gemm_.run(fold, fold.products);
  const StreamBlock& block = blocks_.get(fold.activations, fold.rows, fold.m);
  std::ranges::copy(block.sums, fold.activation_sums.begin());
  const int moving = model_->moving_columns(fold, columns_);
  energy_ += load_.load(fold, weights_, old_weights_);
  energy_.multiplier += stream_energy(block, 0, model_->transitions(), columns_, moving, weights_);
  energy_.registers += block.registers * moving + (moving < columns_ ? block.entering : 0);
  energy_.clock += clocks_.energy(fold, block.skipped);
  add_sampled(fold, block);
}

void TableEngine::run_column(const StreamBlock& block, int column, std::span<const int> rows,
                             std::vector<ArrayEnergy>& energy) {
  column_weights_.resize(size_t(rows_));
  column_old_weights_.resize(size_t(rows_));
  for (int r = 0; r < rows_; ++r) {
    column_weights_[size_t(r)] = weights_[size_t(r) * size_t(columns_) + size_t(column)];
    column_old_weights_[size_t(r)] = old_weights_[size_t(r) * size_t(columns_) + size_t(column)];
  }
  energy.resize(rows.size());
  columns_sample_.run({column_old_weights_, column_weights_, block.streams, block.registered(), block.m}, rows, energy);
}

/// Idle rows and columns are part of the population only where their sums move, idle columns of gated PEs never.
void TableEngine::add_sampled(const Fold& fold, const StreamBlock& block) {
  const bool quiet = columns_sample_.is_quiet();
  const bool is_gated = model_->kind != PeKind::plain;
  const int columns = is_gated || (quiet && columns_sample_.idle_is_quiet()) ? fold.columns : columns_;
  const int rows = quiet ? fold.rows : rows_;
  const SampleSize wanted = sample_size(sample_, folds_, columns, rows);
  std::mt19937_64 random(seed_ ^ block.hash ^ hash_bytes(weights_));
  TwoStageEstimate estimate(columns, rows);
  std::vector<ArrayEnergy> energy;
  ArrayEnergy late;  // of the last PE of the array, see engine.hpp
  for (const int column : random_choice(columns, wanted.columns, random)) {
    std::vector<int> chosen = systematic_choice(rows, wanted.rows, random);
    for (int& row : chosen) row += rows_ - rows;
    run_column(block, column, chosen, energy);
    if (!is_gated && column == columns_ - 1 && wanted.columns == columns && wanted.rows == rows) {
      late = columns_sample_.last_change();
      energy.back() -= late;
    }
    estimate.add_column(energy);
  }
  energy_ += estimate.energy();
  energy_ += std::exchange(late_, late);
  sampled_ += estimate.sampled();
}

}  // namespace

std::unique_ptr<Engine> make_table_engine(const Scenario& scenario, const Netlist& multiplier,
                                          std::shared_ptr<const Library> library, uint64_t seed, int threads) {
  auto model = std::make_shared<const PeModel>(scenario, multiplier, std::move(library), Tables::of_delays, threads);
  return make_table_engine(scenario, std::move(model), seed);
}

std::unique_ptr<Engine> make_table_engine(const Scenario& scenario, std::shared_ptr<const PeModel> model,
                                          uint64_t seed) {
  return std::make_unique<TableEngine>(scenario, std::move(model), seed);
}

}  // namespace tram
