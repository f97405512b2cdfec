#include "train/config/idle_options.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tram::train {
namespace {

bool of_quantised(const Settings& s) { return quantises(s.method); }
bool trains_fp32(const Settings& s) { return s.weights.empty(); }
bool is_tram_plus(const Settings& s) { return s.method == Method::tram_plus; }

/// When options count.
struct Rule {
  std::vector<std::string> options;
  bool (*counts)(const Settings&);
  const char* when;
};

const std::vector<Rule>& rules() {
  static const std::vector<Rule> all = {
      {{"depth"}, [](const Settings& s) { return s.is_resnet(); }, "with --network resnet"},
      {{"width"},
       [](const Settings& s) { return s.is_resnet() && trains_fp32(s); },
       "with --network resnet and without --weights"},
      {{"epochs", "optimiser", "lr", "schedule", "warmup"}, trains_fp32, "without --weights"},
      {{"bits", "calibrate", "range-bits", "learn-ranges", "tables", "liberty", "tune-optimiser", "recover-epochs",
        "recover-lr", "activation-energy", "teacher", "teacher-network", "teacher-weights"},
       of_quantised,
       "with another --method than fp32"},
      {{"multiplier"}, [](const Settings& s) { return s.method == Method::fixed; }, "with --method fixed"},
      {{"mapping", "budget"}, is_tram_plus, "with --method tram+"},
      {{"correlated", "substitute"},
       [](const Settings& s) { return is_tram_plus(s) && s.mapping == MappingKind::recoded; },
       "with --method tram+ and --mapping recoded"},
      {{"explore-epochs", "explore-lr", "structure-rate", "lambda"},
       [](const Settings& s) { return s.explores(); },
       "with --method tram, or tram+ and --mapping gates"},
      {{"tree"}, [](const Settings& s) { return s.method == Method::tram; }, "with --method tram"},
      {{"recode"}, [](const Settings& s) { return may_recode(s.method); }, "with --method tram+ or fixed"},
      {{"recode-energy"},
       [](const Settings& s) { return s.recodes(); },
       "with --method tram+ or fixed and --recode yes"},
      {{"compensate", "difference-gradient"},
       [](const Settings& s) { return approximates(s.method); },
       "with --method fixed, tram or tram+"},
      {{"temperature"},
       [](const Settings& s) { return quantises(s.method) && s.teacher > 0; },
       "with --teacher above 0"}};
  return all;
}

}  // namespace

std::vector<std::string> idle_options(const Settings& settings, const std::set<std::string>& given) {
  const nlohmann::json now = to_json(settings), usual = to_json(default_settings(settings.data));
  std::vector<std::string> lines;
  visit_settings(settings, [&](const char* option, const auto& value, const auto& kind, const char*) {
    if (!given.contains(option) || now.at(option) == usual.at(option)) return;
    for (const Rule& rule : rules())
      if (std::ranges::find(rule.options, option) != rule.options.end() && !rule.counts(settings))
        lines.push_back(fmt::format("--{} {} has no effect here; it counts {}", option, kind.format(value), rule.when));
  });
  return lines;
}

}  // namespace tram::train
