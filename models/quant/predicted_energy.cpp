#include "models/quant/predicted_energy.hpp"

#include <charconv>

#include "models/quant/trained_network.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

constexpr char library_note[] = "predicted_library", joule_note[] = "predicted_joule_a_mac",
               ratio_note[] = "predicted_ratio";

double number(const TrainedNetwork& network, const std::filesystem::path& file, const char* note) {
  const auto found = network.notes.find(note);
  const std::string text = found == network.notes.end() ? "" : found->second;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !(value > 0 && value < 1e30))
    throw InputError(file, fmt::format("{}: '{}'; a number above 0 is expected", note, text.substr(0, 60)));
  return value;
}

}  // namespace

void add_prediction(TrainedNetwork& network, const PredictedEnergy& predicted) {
  network.notes[library_note] = predicted.library;
  network.notes[joule_note] = fmt::format("{}", predicted.joule_a_mac);
  network.notes[ratio_note] = fmt::format("{}", predicted.ratio);
}

std::optional<PredictedEnergy> prediction(const TrainedNetwork& network, const std::filesystem::path& file) {
  const auto library = network.notes.find(library_note);
  if (library == network.notes.end()) return std::nullopt;
  return PredictedEnergy{library->second, number(network, file, joule_note), number(network, file, ratio_note)};
}

}  // namespace tram
