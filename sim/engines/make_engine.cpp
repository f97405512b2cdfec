#include "sim/engines/make_engine.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include "models/support/error.hpp"
#include "sim/config/scenario.hpp"
#include "sim/engines/cosim_engine.hpp"
#include "sim/engines/pe_model.hpp"
#include "sim/engines/rtl_engine.hpp"
#include "sim/engines/table_engine.hpp"
#include "sim/engines/timing_engine.hpp"

namespace tram {
namespace {

/// A fold of random operands.
struct RandomFold {
  RandomFold(const TruthTable& table, int row_count, int column_count)
      : rows(row_count), columns(column_count), weights(size_t(rows * columns)), activations(size_t(rows * m)),
        products(size_t(m * columns)), sums(size_t(m)) {
    std::mt19937 random(1);
    for (uint8_t& weight : weights) weight = static_cast<uint8_t>(random() & ((1U << table.a_bits) - 1));
    for (uint8_t& activation : activations) activation = static_cast<uint8_t>(random() & ((1U << table.b_bits) - 1));
  }
  ArrayEnergy energy_on(Engine& engine) {
    engine.reset();
    engine.run({rows, columns, m, weights, activations, products, sums});
    return engine.take_energy();
  }

  int rows, columns, m = 64;
  std::vector<uint8_t> weights, activations;
  std::vector<int32_t> products, sums;
};

/// The tables know registers at the operands, behind the multiplier and at the partial sum. A PE of the user's is to
/// spend on a small array what its RTL counts.
void check_tables_fit(Scenario scenario, const std::shared_ptr<const PeModel>& model) {
  scenario.sample = {SampleRule::Kind::all};
  scenario.array.rows = std::min(scenario.array.rows, 8);
  scenario.array.columns = std::min(scenario.array.columns, 8);
  RandomFold fold(model->table, scenario.array.rows, scenario.array.columns);
  const double rtl = fold.energy_on(*make_rtl_engine(scenario, model)).total();
  const double table = fold.energy_on(*make_table_engine(scenario, model, 1)).total();
  if (std::abs(table / rtl - 1) > 1e-3)
    throw InputError("array.design",
                     fmt::format("{}: a random fold takes {:.4g} J on engine: rtl and {:.4g} J on engine: table, which "
                                 "knows registers of the operands, the product and the partial sum; engine: rtl or "
                                 "timing is expected",
                                 scenario.array.design.string(), rtl, table));
}

}  // namespace

std::unique_ptr<Engine> make_engine(const Scenario& scenario, const Netlist& multiplier,
                                    std::shared_ptr<const Library> library, uint64_t seed, int threads) {
  if (scenario.engine == EngineKind::timing) return make_timing_engine();
  if (scenario.engine == EngineKind::rtl) return make_rtl_engine(scenario, multiplier, std::move(library), threads);
  const bool is_own_pe = !scenario.array.design.empty(), is_checked = scenario.cosim > 0 || is_own_pe;
  const auto model = std::make_shared<const PeModel>(scenario, multiplier, std::move(library),
                                                     is_checked ? Tables::both : Tables::of_delays, threads);
  if (is_own_pe) check_tables_fit(scenario, model);
  auto engine = make_table_engine(scenario, model, seed);
  if (scenario.cosim == 0) return engine;
  return make_cosim_engine(std::move(engine), scenario, model, {.share = scenario.cosim / 100, .seed = seed});
}

}  // namespace tram
