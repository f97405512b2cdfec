#pragma once
#include <array>

#include "models/options/named_values.hpp"

namespace tram::train {

// What settings of a training choose from, where no library below has an enumeration for it.

/// What a training makes: fp32 weights; exact multipliers (qat); those of --multiplier (fixed); columns, as published (tram);
/// partial products by what they do to the loss and energies of circuits (tram+).
enum class Method { tram_plus, tram, fixed, qat, fp32 };
constexpr std::array<NamedValue<Method>, 5> method_names{{{Method::tram_plus, "tram+"},
                                                          {Method::tram, "tram"},
                                                          {Method::fixed, "fixed"},
                                                          {Method::qat, "qat"},
                                                          {Method::fp32, "fp32"}}};
inline std::span<const NamedValue<Method>> names_of(Method) { return method_names; }
constexpr bool quantises(Method method) { return method != Method::fp32; }
constexpr bool approximates(Method method) { return quantises(method) && method != Method::qat; }
/// Whether it makes the multiplier's structure.
constexpr bool maps(Method method) { return method == Method::tram || method == Method::tram_plus; }
/// Whether weights may be stored as the codes that suit the multiplier best.
constexpr bool may_recode(Method method) { return method == Method::tram_plus || method == Method::fixed; }

enum class OptimiserKind { sgd, adam };
constexpr std::array<NamedValue<OptimiserKind>, 2> optimiser_names{
    {{OptimiserKind::sgd, "sgd"}, {OptimiserKind::adam, "adam"}}};
inline std::span<const NamedValue<OptimiserKind>> names_of(OptimiserKind) { return optimiser_names; }

enum class ScheduleKind { cosine, step, constant };
constexpr std::array<NamedValue<ScheduleKind>, 3> schedule_names{
    {{ScheduleKind::cosine, "cosine"}, {ScheduleKind::step, "step"}, {ScheduleKind::constant, "constant"}}};
inline std::span<const NamedValue<ScheduleKind>> names_of(ScheduleKind) { return schedule_names; }

/// One multiplier for all layers, or one a layer.
enum class MultiplierSharing { single, layer_wise };
constexpr std::array<NamedValue<MultiplierSharing>, 2> sharing_names{
    {{MultiplierSharing::single, "single"}, {MultiplierSharing::layer_wise, "layer-wise"}}};
inline std::span<const NamedValue<MultiplierSharing>> names_of(MultiplierSharing) { return sharing_names; }

/// How tram+ finds a structure.
enum class MappingKind { recoded, gates };
constexpr std::array<NamedValue<MappingKind>, 2> mapping_names{
    {{MappingKind::recoded, "recoded"}, {MappingKind::gates, "gates"}}};
inline std::span<const NamedValue<MappingKind>> names_of(MappingKind) { return mapping_names; }

}  // namespace tram::train
