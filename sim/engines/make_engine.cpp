#include "sim/engines/make_engine.hpp"

#include "sim/config/scenario.hpp"
#include "sim/engines/cosim_engine.hpp"
#include "sim/engines/pe_model.hpp"
#include "sim/engines/rtl_engine.hpp"
#include "sim/engines/table_engine.hpp"
#include "sim/engines/timing_engine.hpp"

namespace tram {

std::unique_ptr<Engine> make_engine(const Scenario& scenario, const Netlist& multiplier,
                                    std::shared_ptr<const Library> library, uint64_t seed, int threads) {
  if (scenario.engine == EngineKind::timing) return make_timing_engine();
  if (scenario.engine == EngineKind::rtl) return make_rtl_engine(scenario, multiplier, std::move(library), threads);
  const bool is_checked = scenario.cosim > 0;
  const auto model = std::make_shared<const PeModel>(scenario, multiplier, std::move(library),
                                                     is_checked ? Tables::both : Tables::of_delays, threads);
  auto engine = make_table_engine(scenario, model, seed);
  if (!is_checked) return engine;
  return make_cosim_engine(std::move(engine), scenario, model, {.share = scenario.cosim / 100, .seed = seed});
}

}  // namespace tram
