#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "models/network/onnx/constant_folding.hpp"
#include "models/network/onnx/lowering.hpp"
#include "models/network/onnx/operator_signature.hpp"
#include "models/support/error.hpp"

// Nodes that cannot be run: collected over the whole model, so that one message names them all.

namespace tram {
namespace {

constexpr size_t max_named = 20, longest_reason = 400;
constexpr const char* unsupported = "operator is not supported";

}  // namespace

void Lowering::check_signatures() {
  for (const OnnxNode& node : model_.nodes) {
    try {
      check_signature(model_.where(node), node);
    } catch (const InputError& error) {
      refuse(node, error.what());
    }
  }
}

/// Reason for which an input of a node has no values; empty when all have.
std::string Lowering::unreadable_input(const OnnxNode& node) const {
  for (const std::string& input : node.inputs)
    if (const auto found = model_.unreadable.find(input); found != model_.unreadable.end())
      return fmt::format("tensor {} is of type {}; FLOAT, DOUBLE, INT64, INT32 or BOOL is expected", input,
                         found->second);
  return "";
}

/// Whether a node was refused before, or cannot be looked at because one before it was. An operator without a rule is
/// refused here.
bool Lowering::waits_for_refused(const OnnxNode& node) {
  const auto is_unknown = [&](const std::string& name) { return unknown_.contains(name); };
  if (std::ranges::any_of(node.outputs, is_unknown)) return true;
  const bool waits = std::ranges::any_of(node.inputs, is_unknown);
  const auto is_of_image = [&](const std::string& name) { return is_activation(name); };
  const bool reads_image = std::ranges::any_of(node.inputs, is_of_image);
  const bool folds = folds_constants(node.type);
  if (!rules().contains(node.type) && (reads_image || !folds)) {
    refuse(node, unsupported);
    has_unsupported_ = true;
  } else if (const std::string reason = unreadable_input(node); !reason.empty()) {
    refuse(node, reason);
  }
  if (waits) define_unknown(node);
  return waits || std::ranges::any_of(node.outputs, is_unknown);
}

void Lowering::refuse(const OnnxNode& node, const std::string& message) {
  const std::string place = model_.where(node) + ": ";
  std::string reason = message.starts_with(place) ? message.substr(place.size()) : message;
  if (reason.size() > longest_reason) reason = reason.substr(0, longest_reason) + "...";
  if (refused_.size() < max_named)
    refused_.push_back({fmt::format("{} ({})", node.name, node.type), std::move(reason)});
  ++refused_count_;
  define_unknown(node);
}

void Lowering::define_unknown(const OnnxNode& node) {
  for (const std::string& output : node.outputs)
    if (!output.empty()) unknown_.insert(output);
}

void Lowering::report_refused() const {
  if (refused_count_ == 0) return;
  std::vector<std::string> known;
  for (const auto& [type, function] : rules()) known.push_back(type);
  std::string expected = has_unsupported_ ? fmt::format("; one of {} is expected", fmt::join(known, ", ")) : "";
  if (batch_ > 1)
    expected += fmt::format(" (the file is for {} images; one exported for 1 or any number may be read)", batch_);
  if (refused_count_ == 1)
    throw InputError(fmt::format("{}, node {}", model_.file, refused_[0].place), refused_[0].reason + expected);
  std::string text;
  for (size_t i = 0; i < refused_.size(); ++i)
    text += fmt::format(" ({}) {}: {}", i + 1, refused_[i].place, refused_[i].reason);
  const auto more = refused_count_ - static_cast<int64_t>(refused_.size());
  throw InputError(model_.file, fmt::format("{} nodes cannot be run:{}{}{}", refused_count_, text,
                                            more > 0 ? fmt::format(" and {} more", more) : "", expected));
}

}  // namespace tram
