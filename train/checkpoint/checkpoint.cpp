#include "train/checkpoint/checkpoint.hpp"

#include <algorithm>
#include <map>

#include "models/network/safetensors.hpp"
#include "models/support/content_hash.hpp"
#include "models/support/error.hpp"

namespace tram::train {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* prefix = "checkpoint_";
constexpr const char* suffix = ".safetensors";
constexpr size_t kept = 2;

json to_json(const Score& score) { return {score.loss_sum, score.correct, score.images}; }

Score score_from(const json& j) {
  return {.loss_sum = j.at(0).get<double>(), .correct = j.at(1).get<int64_t>(), .images = j.at(2).get<int64_t>()};
}

json to_json(const EpochRecord& r) {
  return {{"epoch", r.epoch},          {"lr", r.learning_rate},
          {"train", to_json(r.train)}, {"validation", to_json(r.validation)},
          {"power", r.power},          {"images_per_second", r.images_per_second}};
}

EpochRecord record_from(const json& j) {
  return {.epoch = j.at("epoch").get<int>(),
          .learning_rate = j.at("lr").get<float>(),
          .train = score_from(j.at("train")),
          .validation = score_from(j.at("validation")),
          .power = j.value("power", EpochRecord{}.power),  // older checkpoints have none
          .images_per_second = j.at("images_per_second").get<double>()};
}

json position(const TrainState& state) {
  json history = json::array();
  for (const EpochRecord& record : state.history) history.push_back(to_json(record));
  return {
      {"epoch", state.epoch}, {"step", state.step}, {"epoch_score", to_json(state.epoch_score)}, {"history", history}};
}

void set_position(const json& j, TrainState& state) {
  state.epoch = j.at("epoch").get<int>();
  state.step = j.at("step").get<int>();
  state.epoch_score = score_from(j.at("epoch_score"));
  for (const json& record : j.at("history")) state.history.push_back(record_from(record));
}

/// Calls visit(name in the file, parameter, flat vector it lies in) for each array of the state.
template <typename State, typename Visit>
void visit_arrays(const StateLayout& layout, State& state, const Visit& visit) {
  for (const Parameter& p : layout.parameters.running.entries()) visit(p.name, p, state.running);
  for (const Parameter& p : layout.parameters.trained.entries()) {
    visit(p.name, p, state.trained);
    for (size_t i = 0; i < layout.slots.size(); ++i) visit(layout.slots[i] + "/" + p.name, p, state.slots[i]);
    if (layout.average) visit("average/" + p.name, p, state.average);
  }
}

/// Hash of the text and of every array with its name, in alphabetical order.
std::string hash_of(const std::string& text, const std::map<std::string, Tensor>& arrays) {
  std::string all = text;
  for (const auto& [name, tensor] : arrays) {
    all += name;
    all.append(reinterpret_cast<const char*>(tensor.data.data()), tensor.data.size() * sizeof(float));
  }
  return content_hash(all);
}

/// A checkpoint whose hash is right.
struct Verified {
  std::string path;
  json text;
  std::map<std::string, Tensor> arrays;
};

/// InputError when the file is damaged or something else than a checkpoint.
Verified read_verified(const fs::path& path) {
  const SafeTensors file(path);
  const auto metadata = [&](const char* key) { return file.metadata().count(key) ? file.metadata().at(key) : ""; };
  Verified checkpoint{file.path(), {}, {}};
  for (const std::string& name : file.names()) checkpoint.arrays[name] = file.read(name);
  if (metadata("hash") != hash_of(metadata("state"), checkpoint.arrays))
    throw InputError(file.path(), "its content does not have the hash written with it; a whole checkpoint is expected");
  checkpoint.text = json::parse(metadata("state"));
  return checkpoint;
}

/// The newest checkpoint that is whole.
Verified newest_verified(const fs::path& folder, const Checkpoints::Warning& warn) {
  for (const fs::path& path : Checkpoints::list(folder)) {
    try {
      return read_verified(path);
    } catch (const InputError& error) {
      warn(fmt::format("{}; passed over", error.what()));
    }
  }
  throw InputError("--resume",
                   fmt::format("no usable checkpoint in {}; a folder with one is expected", folder.string()));
}

void check_settings(const std::string& path, const json& saved, const Settings& settings) {
  const json made_with = train::to_json(settings_from_json(saved, path));
  visit_settings(settings, [&](const char* option, const auto& value, const char*) {
    const json ours = value;
    if (made_with.at(option) != ours)
      throw InputError(fmt::format("--{}", option), fmt::format("{}; {} is expected, with which {} was made",
                                                                ours.dump(), made_with.at(option).dump(), path));
  });
}

}  // namespace

Checkpoints::Checkpoints(fs::path folder, StateLayout layout)
    : folder_(std::move(folder)), layout_(std::move(layout)) {}

std::vector<fs::path> Checkpoints::list(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(prefix) && name.ends_with(suffix)) paths.push_back(entry.path());
  }
  std::sort(paths.rbegin(), paths.rend());
  return paths;
}

void Checkpoints::save(const Settings& settings, const TrainState& state) const {
  const std::string text = json{{"settings", train::to_json(settings)}, {"position", position(state)}}.dump();
  std::map<std::string, Tensor> arrays;
  visit_arrays(layout_, state, [&](const std::string& name, const Parameter& p, const std::vector<float>& values) {
    arrays[name] = Tensor{p.shape, {values.begin() + p.offset, values.begin() + p.offset + p.size}};
  });
  const fs::path path = folder_ / fmt::format("{}{:06}_{:06}{}", prefix, state.epoch, state.step, suffix);
  write_safetensors(path, NamedTensors(arrays.begin(), arrays.end()),
                    {{"state", text}, {"hash", hash_of(text, arrays)}});
  const std::vector<fs::path> paths = list(folder_);
  for (size_t i = kept; i < paths.size(); ++i) fs::remove(paths[i]);
}

TrainState Checkpoints::load(const Settings& settings, const Warning& warn) const {
  const Verified checkpoint = newest_verified(folder_, warn);
  check_settings(checkpoint.path, checkpoint.text.at("settings"), settings);
  TrainState state;
  state.trained.resize(static_cast<size_t>(layout_.parameters.trained.size()));
  state.running.resize(static_cast<size_t>(layout_.parameters.running.size()));
  state.slots.assign(layout_.slots.size(), state.trained);
  if (layout_.average) state.average = state.trained;
  set_position(checkpoint.text.at("position"), state);
  visit_arrays(layout_, state, [&](const std::string& name, const Parameter& p, std::vector<float>& values) {
    const Tensor& tensor = checkpoint.arrays.at(name);
    std::copy(tensor.data.begin(), tensor.data.end(), values.begin() + p.offset);
  });
  return state;
}

}  // namespace tram::train
