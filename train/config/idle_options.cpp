#include "train/config/idle_options.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tram::train {
namespace {

bool quantises(const Settings& s) { return s.method != "fp32"; }
bool trains_fp32(const Settings& s) { return s.weights.empty(); }
bool is_tram_plus(const Settings& s) { return s.method == "tram+"; }
bool is_recoded(const Settings& s) { return is_tram_plus(s) && s.mapping == "recoded"; }
bool explores(const Settings& s) { return s.method == "tram" || (is_tram_plus(s) && s.mapping == "gates"); }
bool approximates(const Settings& s) { return quantises(s) && s.method != "qat"; }
bool recodes(const Settings& s) { return is_tram_plus(s) || s.method == "fixed"; }

/// When options count.
struct Rule {
  std::vector<std::string> options;
  bool (*counts)(const Settings&);
  const char* when;
};

const std::vector<Rule>& rules() {
  static const std::vector<Rule> all = {
      {{"depth"}, [](const Settings& s) { return s.network == "resnet"; }, "with --network resnet"},
      {{"width"},
       [](const Settings& s) { return s.network == "resnet" && trains_fp32(s); },
       "with --network resnet and without --weights"},
      {{"epochs", "optimiser", "lr", "schedule", "warmup"}, trains_fp32, "without --weights"},
      {{"bits", "calibrate", "range-bits", "learn-ranges", "tables", "liberty", "tune-optimiser", "recover-epochs",
        "recover-lr", "weight-energy", "activation-energy", "teacher", "teacher-network", "teacher-weights"},
       quantises,
       "with another --method than fp32"},
      {{"multiplier"}, [](const Settings& s) { return s.method == "fixed"; }, "with --method fixed"},
      {{"mapping", "budget"}, is_tram_plus, "with --method tram+"},
      {{"join"},
       [](const Settings& s) { return is_tram_plus(s) && s.mapping != "gates"; },
       "with --method tram+ and --mapping recoded or fisher"},
      {{"correlated", "substitute"}, is_recoded, "with --method tram+ and --mapping recoded"},
      {{"explore-epochs", "explore-lr", "structure-rate", "lambda"},
       explores,
       "with --method tram, or tram+ and --mapping gates"},
      {{"tree"}, [](const Settings& s) { return s.method == "tram"; }, "with --method tram"},
      {{"recode"}, recodes, "with --method tram+ or fixed"},
      {{"recode-energy"},
       [](const Settings& s) { return recodes(s) && s.recode != 0; },
       "with --method tram+ or fixed and --recode 1"},
      {{"compensate", "difference-gradient"}, approximates, "with --method fixed, tram or tram+"},
      {{"temperature"}, [](const Settings& s) { return quantises(s) && s.teacher > 0; }, "with --teacher above 0"}};
  return all;
}

}  // namespace

std::vector<std::string> idle_options(const Settings& settings, const std::set<std::string>& given) {
  const nlohmann::json now = to_json(settings), usual = to_json(default_settings(settings.data));
  std::vector<std::string> lines;
  visit_settings(settings, [&](const char* option, const auto& value, const char*) {
    if (!given.contains(option) || now.at(option) == usual.at(option)) return;
    for (const Rule& rule : rules())
      if (std::ranges::find(rule.options, option) != rule.options.end() && !rule.counts(settings))
        lines.push_back(fmt::format("--{} {} has no effect here; it counts {}", option, value, rule.when));
  });
  return lines;
}

}  // namespace tram::train
