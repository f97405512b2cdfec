#include "sim/engines/rtl_engine.hpp"

#include <algorithm>
#include <utility>

#include "models/cells/mapping/technology_mapping.hpp"
#include "models/support/error.hpp"
#include "rtl/mapped_row.hpp"
#include "rtl/row_compiler.hpp"
#include "sim/config/scenario.hpp"
#include "sim/engines/array_area.hpp"
#include "sim/engines/array_edge.hpp"
#include "sim/engines/first_difference.hpp"
#include "sim/engines/fold_gemm.hpp"
#include "sim/engines/gated_array.hpp"
#include "sim/engines/pe_check.hpp"
#include "sim/engines/pe_model.hpp"
#include "sim/engines/pe_trace.hpp"
#include "sim/engines/rtl_array.hpp"
#include "sim/engines/stream_block.hpp"

namespace tram {
namespace {

/// The tables whose difference is the glitch share: with the library's delays and without.
std::vector<const TransitionEnergy*> glitch_tables(const PeModel& model) {
  if (model.delays == DelayModel::zero) return {};
  return {&*model.library, &*model.zero};
}

class RtlEngine final : public Engine {
 public:
  RtlEngine(const Scenario& scenario, std::shared_ptr<const PeModel> model)
      : model_(std::move(model)), row_(mapped_row(model_->design.netlist, model_->design.contract)),
        row_library_(compile_row(row_, default_cache_folder()).path),
        array_(row_library_, model_->design.contract, scenario.array.rows, scenario.array.columns, model_->skips_zeros),
        blocks_(model_->design, model_->nets, model_->energies, glitch_tables(*model_), model_->skips_zeros),
        rows_(scenario.array.rows), columns_(scenario.array.columns), clocks_(*model_, rows_, columns_),
        edge_(model_->edge, scenario, {.kind = SampleRule::Kind::all}), input_slew_(scenario.technology.input_slew_s),
        difference_(*model_, row_, array_, scenario.array) {
    if (scenario.array.design.empty()) return;
    check_pe(*model_, row_library_);
    expected_.emplace(model_->table);
  }

  std::string name() const override { return "rtl"; }
  std::optional<DelayModel> delay_model() const override { return model_->delays; }
  double critical_path() const override { return model_->critical_path(); }
  double clock_tree_estimate() const override { return clocks_.tree_estimate(input_slew_); }
  double leakage_power() const override { return model_->energies.leakage_power * rows_ * columns_; }
  void plan(const RunPlan& plan) override {
    difference_.plan(plan);
    edge_.plan(plan);
  }
  void reset() override {
    array_.reset();
    difference_.reset();
    edge_.reset();
  }
  AreaBreakdown area() const override { return array_area(*model_, edge_, rows_, columns_); }
  Edge* edge() override { return &edge_; }
  void run(const Fold& fold) override;
  ArrayEnergy take_energy() override;
  void trace(VcdRecorder& recorder) override {
    trace_ = std::make_unique<PeTrace>(recorder, model_->design.contract, row_.nets, rows_, columns_);
  }

 private:
  void observe(const Fold& fold);
  void add_glitches(const Fold& fold);
  void compare(const Fold& fold);

  std::shared_ptr<const PeModel> model_;
  MappedRow row_;
  RowLibrary row_library_;
  RtlArray array_;
  StreamBlocks blocks_;
  int rows_, columns_;
  ArrayClocks clocks_;
  ArrayEdge edge_;
  double input_slew_;
  double glitches_ = 0, clock_ = 0;  // J since the last take_energy
  std::vector<uint8_t> weights_;
  std::unique_ptr<PeTrace> trace_;

  // Of a PE of the user's, every fold of which is compared with the multiplier's table:
  std::optional<FoldGemm> expected_;
  std::vector<int32_t> expected_products_;
  FirstDifference difference_;
};

void RtlEngine::observe(const Fold& fold) {
  array_.stop_watching();
  if (!trace_ || !trace_->wants(fold.start_cycle, array_.clocks(fold.m) + fold.wait)) return;
  const bool is_plain = model_->kind == PeKind::plain;
  const PeTrace::Place place{fold.start_cycle, is_plain ? 0 : array_.stream() + fold.wait - 1, is_plain};
  array_.watch(trace_->nets(), [this, place](int row, int column, int64_t clocks, const auto& words) {
    trace_->record(place, row, column, clocks, words);
  });
}

void RtlEngine::add_glitches(const Fold& fold) {
  if (model_->delays == DelayModel::zero) return;
  place_weights(fold, rows_, columns_, model_->kind, weights_);
  const StreamBlock& block = blocks_.get(fold.activations, fold.rows, fold.m);
  const int moving = model_->moving_columns(fold, columns_);
  glitches_ += stream_energy(block, 0, *model_->library, columns_, moving, weights_) -
               stream_energy(block, 1, *model_->zero, columns_, moving, weights_);
}

void RtlEngine::run(const Fold& fold) {
  observe(fold);
  array_.run(fold);
  add_glitches(fold);
  clock_ += clocks_.energy(fold, array_.activity().ticks);
  std::ranges::fill(array_.activity().ticks, 0);
  const int32_t idle = model_->idle_sum(fold, rows_);
  for (int32_t& product : fold.products) product = model_->design.sum(static_cast<uint32_t>(product)) - idle;
  for (int m = 0; m < fold.m; ++m) {
    const auto row = fold.activations.subspan(size_t(m) * fold.rows, fold.rows);
    int32_t sum = 0;
    for (const uint8_t activation : row) sum += activation;
    fold.activation_sums[m] = sum;
  }
  compare(fold);
}

void RtlEngine::compare(const Fold& fold) {
  if (!expected_) return;
  difference_.begin(fold);
  expected_products_.resize(fold.products.size());
  expected_->run(fold, expected_products_);
  const auto [found, expected] = std::ranges::mismatch(fold.products, expected_products_);
  if (found == fold.products.end()) return;
  const auto index = static_cast<size_t>(found - fold.products.begin());
  throw RunError(fmt::format("PE {}: {}", model_->design.netlist.name(),
                             difference_.text(fold, index, *found, *expected, "the multiplier's table")));
}

ArrayEnergy RtlEngine::take_energy() {
  ArrayActivity& counted = array_.activity();
  const PeEnergies& joule = model_->energies;
  ArrayEnergy energy;
  for (size_t i = 0; i < row_.nets.size(); ++i) {
    const NetId net = row_.nets[i];
    const auto toggles = static_cast<double>(counted.toggles[i]);
    energy.multiplier += toggles * joule.multiplier[net];
    energy.adder += toggles * joule.adder[net];
    energy.registers += toggles * joule.registers[net];
  }
  energy.multiplier += std::exchange(glitches_, 0);
  energy.clock = std::exchange(clock_, 0);
  std::ranges::fill(counted.toggles, 0);
  std::ranges::fill(counted.ones, 0);
  counted.samples = 0;
  return energy;
}

}  // namespace

std::unique_ptr<Engine> make_rtl_engine(const Scenario& scenario, const Netlist& multiplier,
                                        std::shared_ptr<const Library> library, int threads) {
  const Tables tables = scenario.technology.delays == DelayModel::zero ? Tables::none : Tables::both;
  return make_rtl_engine(scenario,
                         std::make_shared<const PeModel>(scenario, multiplier, std::move(library), tables, threads));
}

std::unique_ptr<Engine> make_rtl_engine(const Scenario& scenario, std::shared_ptr<const PeModel> model) {
  return std::make_unique<RtlEngine>(scenario, std::move(model));
}

}  // namespace tram
