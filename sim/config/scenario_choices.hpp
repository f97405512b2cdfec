#pragma once
#include <array>

#include "models/options/named_values.hpp"
#include "models/quant/multiplier_assignment.hpp"

namespace tram {

// What scenario keys choose from, where the library that does it has no enumeration of its own. The first is the default.

/// What fills the processing elements.
enum class EngineKind { rtl, table, timing };
constexpr std::array<NamedValue<EngineKind>, 3> engine_names{
    {{EngineKind::rtl, "rtl"}, {EngineKind::table, "table"}, {EngineKind::timing, "timing"}}};
inline std::span<const NamedValue<EngineKind>> names_of(EngineKind) { return engine_names; }
/// Whether it computes products: it needs circuits, weights and classes then, and else shapes only.
constexpr bool computes_values(EngineKind engine) { return engine != EngineKind::timing; }

/// What codes of weights and activations are.
enum class CodeKind { unsigned_codes, signed_codes, sign_magnitude };
constexpr std::array<NamedValue<CodeKind>, 3> code_names{{{CodeKind::unsigned_codes, "unsigned"},
                                                          {CodeKind::signed_codes, "signed"},
                                                          {CodeKind::sign_magnitude, "sign_magnitude"}}};
inline std::span<const NamedValue<CodeKind>> names_of(CodeKind) { return code_names; }
/// Two's complement, of both operands.
constexpr bool is_signed(CodeKind codes) { return codes == CodeKind::signed_codes; }

constexpr std::array<NamedValue<ArrayWidth>, 2> array_width_names{
    {{ArrayWidth::network, "network"}, {ArrayWidth::layer, "layer"}}};
inline std::span<const NamedValue<ArrayWidth>> names_of(ArrayWidth) { return array_width_names; }

enum class ActivationGranularity { per_layer };
constexpr std::array<NamedValue<ActivationGranularity>, 1> activation_names{
    {{ActivationGranularity::per_layer, "per_layer"}}};
inline std::span<const NamedValue<ActivationGranularity>> names_of(ActivationGranularity) { return activation_names; }

/// What of a multiplier's error is taken out of the biases.
enum class Compensation { none, mean_error };
constexpr std::array<NamedValue<Compensation>, 2> compensation_names{
    {{Compensation::none, "none"}, {Compensation::mean_error, "mean_error"}}};
inline std::span<const NamedValue<Compensation>> names_of(Compensation) { return compensation_names; }

/// What stays in the array while the rest streams.
enum class DataflowKind { weight_stationary, input_stationary };
constexpr std::array<NamedValue<DataflowKind>, 2> dataflow_names{
    {{DataflowKind::weight_stationary, "weight_stationary"}, {DataflowKind::input_stationary, "input_stationary"}}};
inline std::span<const NamedValue<DataflowKind>> names_of(DataflowKind) { return dataflow_names; }

/// Which registers of the PEs are clocked: all, those that work, or those that work on activations of a code other
/// than 0.
enum class Gating { none, clock, zero };
constexpr std::array<NamedValue<Gating>, 3> gating_names{
    {{Gating::none, "none"}, {Gating::clock, "clock"}, {Gating::zero, "zero"}}};
inline std::span<const NamedValue<Gating>> names_of(Gating) { return gating_names; }

/// When weights load: between folds, or while the fold before streams.
enum class WeightLoading { exposed, hidden };
constexpr std::array<NamedValue<WeightLoading>, 2> weight_loading_names{
    {{WeightLoading::exposed, "exposed"}, {WeightLoading::hidden, "hidden"}}};
inline std::span<const NamedValue<WeightLoading>> names_of(WeightLoading) { return weight_loading_names; }

/// Where tensors between layers may lie: in the activation scratchpad as far as it holds them, or all in DRAM.
enum class TensorPlaces { on_chip, dram };
constexpr std::array<NamedValue<TensorPlaces>, 2> tensor_place_names{
    {{TensorPlaces::on_chip, "on_chip"}, {TensorPlaces::dram, "dram"}}};
inline std::span<const NamedValue<TensorPlaces>> names_of(TensorPlaces) { return tensor_place_names; }

/// Whether weights come from DRAM image by image, or once, to stay in the weight scratchpad.
enum class WeightPlaces { streamed, resident };
constexpr std::array<NamedValue<WeightPlaces>, 2> weight_place_names{
    {{WeightPlaces::streamed, "streamed"}, {WeightPlaces::resident, "resident"}}};
inline std::span<const NamedValue<WeightPlaces>> names_of(WeightPlaces) { return weight_place_names; }

/// Wires within PEs and the accumulators behind them: none, or an estimate from cell areas and fan-out.
enum class WireModel { none, estimate };
constexpr std::array<NamedValue<WireModel>, 2> wire_names{
    {{WireModel::none, "none"}, {WireModel::estimate, "estimate"}}};
inline std::span<const NamedValue<WireModel>> names_of(WireModel) { return wire_names; }

/// Processing elements that are simulated for an estimate: as many as a 95 % interval of 1 % needs, all, or a number.
struct SampleRule {
  enum class Kind { automatic, all, number } kind = Kind::automatic;
  int pes = 0;  ///< of a number, at least 1

  bool operator==(const SampleRule&) const = default;
};

}  // namespace tram
