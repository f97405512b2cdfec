#include "train/stages/pipeline.hpp"

#include "models/cells/liberty/liberty.hpp"
#include "models/cells/liberty/liberty_names.hpp"
#include "models/multiplier/catalogue.hpp"
#include "models/multiplier/import_multiplier.hpp"
#include "models/quant/compensate.hpp"
#include "models/support/error.hpp"
#include "models/support/printable.hpp"
#include "train/export/export_network.hpp"
#include "train/export/export_training.hpp"
#include "train/export/values_file.hpp"
#include "train/session/session.hpp"
#include "train/stages/energy_cost.hpp"
#include "train/stages/map_by_operands.hpp"

namespace tram::train {
namespace {

namespace fs = std::filesystem;

constexpr int loss_images = 4096;  // by which the mapping chooses

/// The settings of a stage after the first.
Settings stage_settings(Settings settings, int epochs, float rate, ScheduleKind schedule) {
  settings.epochs = epochs;
  settings.learning_rate = rate;
  settings.schedule = schedule;
  settings.optimiser = settings.tune_optimiser;
  settings.warmup = 0;
  return settings;
}

TableSharing sharing(const Settings& settings) {
  return settings.tables == MultiplierSharing::single ? TableSharing::single : TableSharing::layer_wise;
}

std::vector<std::string> gemm_names(const IntegerNetwork& network) {
  std::vector<std::string> names;
  for (const IntegerStep& step : network.steps)
    if (std::holds_alternative<GemmLayer>(step.layer)) names.push_back(layer_name(step));
  return names;
}

/// What make(table) gives for each multiplier of a choice, by layer, as the layers of the trainer want it.
template <typename Make>
auto by_layer(const IntegerNetwork& network, const MultiplierChoice& choice, const Make& make) {
  using Made = std::invoke_result_t<Make, const TruthTable&>;
  std::vector<std::shared_ptr<const Made>> made;
  for (const TruthTable& table : choice.tables) made.push_back(std::make_shared<Made>(make(table)));
  std::map<std::string, std::shared_ptr<const Made>> result;
  for (size_t i = 0; i < network.steps.size(); ++i)
    if (std::holds_alternative<GemmLayer>(network.steps[i].layer))
      result[layer_name(network.steps[i])] = made[static_cast<size_t>(choice.assignment.of_step[i])];
  return result;
}

auto table_gemms(const IntegerNetwork& network, const MultiplierChoice& choice) {
  return by_layer(network, choice, [](const TruthTable& table) { return TableGemm(table); });
}

}  // namespace

Pipeline::Pipeline(const Options& options, const std::atomic<bool>& stop, Ranks& ranks)
    : options_(options), settings_(options.settings), stop_(stop), ranks_(ranks),
      images_(load_images(options.settings, options.data_folder, options.threads)) {}

void Pipeline::write(const std::function<void()>& result) {
  if (ranks_.is_first()) result();
  ranks_.wait();
}

bool Pipeline::is_done(const fs::path& result) { return ranks_.first_says(fs::exists(result)); }

fs::path Pipeline::weights() const {
  return settings_.weights.empty() ? options_.out / "weights.safetensors" : fs::path(settings_.weights);
}

bool Pipeline::explores() const { return settings_.explores(); }

bool Pipeline::recodes() const { return settings_.recodes(); }

const Dataset& Pipeline::training() {
  if (training_ == nullptr)
    training_ = open_dataset(settings_, options_.data_folder, Split::train, settings_.calibrate);
  return *training_;
}

const QuantisedStart& Pipeline::start() {
  if (start_) return *start_;
  start_ = quantised_start(settings_, load_graph(settings_, weights()), training(), options_.threads);
  if (teacher_) start_->teacher = *teacher_;
  return *start_;
}

void Pipeline::read_fixed() {
  if (settings_.method != Method::fixed || !is_netlist_file(settings_.multiplier)) return;
  MultiplierFileOptions options;
  options.is_signed = settings_.multiplier_signed;
  options.swap_operands = settings_.multiplier_swap;
  MultiplierFile file = read_multiplier_file(settings_.multiplier, options);
  if (ranks_.is_first())
    for (const std::string& note : file.notes) fmt::print(stderr, "tram_train: note: {}\n", note);
  if (file.netlist.is_signed)
    throw InputError("--multiplier", fmt::format("{} is signed; one for the unsigned codes of this trainer is expected "
                                                 "(--multiplier-signed no reads it as unsigned)",
                                                 settings_.multiplier));
  fixed_ = std::move(file.netlist);
}

void Pipeline::check_inputs() {
  read_fixed();
  if (!settings_.weights.empty() && !is_done(weights()))
    throw InputError(settings_.weights, "no such file; one with trained weights is expected");
  const auto classes = static_cast<int>(training().class_names().size());
  const NetworkGraph graph = is_done(weights()) ? load_graph(settings_, weights()) : settings_.graph();
  check_fits("--network", settings_.network_name(), graph, training().shape(), classes);
  if (!settings_.teacher_network.empty()) teacher_ = load_teacher(settings_, training().shape(), classes);
  if (!quantises(settings_.method)) return;
  if (ranks_.is_first())
    for (const std::string& warning : read_liberty(find_liberty(settings_.liberty, "--liberty"))->warnings)
      fmt::print(stderr, "tram_train: warning: {}\n", warning);
  library_exact(settings_, options_.threads);
}

bool Pipeline::run() {
  if (!is_done(weights()) && !train_fp32()) return false;
  if (!quantises(settings_.method)) return true;
  if (maps(settings_.method)) {
    if (explores() && !is_done(options_.out / "explore" / "values.safetensors") && !explore()) return false;
    map();
  }
  return recover();
}

std::optional<TrainState> Pipeline::train(const Settings& settings, Trainer& trainer, const fs::path& folder) {
  fs::create_directories(folder);
  const Checkpoints checkpoints(folder, trainer.layout());
  const auto warn = [](const std::string& message) {
    fmt::print(stderr, "tram_train: warning: {}\n", printable_message(message));
  };
  const bool is_new = ranks_.first_says(Checkpoints::list(folder).empty());
  TrainState state = is_new ? trainer.initial_state() : checkpoints.load(settings, warn);
  ranks_.wait();  // before the first one writes checkpoints
  if (is_new && images_.validation.count() > 0)
    fmt::print("before training: validation {:.2f} %\n", 100 * trainer.evaluate(state, images_.validation).accuracy());
  Session session(settings, trainer, images_.validation, {folder, options_.checkpoint_seconds, &stop_, &ranks_});
  if (!session.run(state)) return std::nullopt;
  return state;
}

bool Pipeline::train_fp32() {
  fmt::print("phase 0: {} in fp32\n", settings_.network_name());
  Trainer trainer(settings_, fp32_model(settings_), images_.train, options_.threads, &ranks_);
  const auto state = train(settings_, trainer, options_.out / "fp32");
  if (!state) return false;
  const Score test = trainer.evaluate(*state, images_.test);
  write([&] { export_weights(weights(), settings_, trainer.parameters(), *state, test); });
  fmt::print("test accuracy {:.2f} % of {} images\nweights written to {}\n", 100 * test.accuracy(), test.images,
             weights().string());
  return true;
}

bool Pipeline::explore() {
  fmt::print("phase 1: structure and weights\n");
  const Settings settings =
      stage_settings(settings_, settings_.explore_epochs, settings_.explore_rate, ScheduleKind::constant);
  Model model = quantised_model(settings, start(), {.bits = settings.bits, .tables = sharing(settings)});
  const IntegerNetwork& network = start().network;
  add_structure(settings, network, settings.method == Method::tram ? OperandsByLayer{} : statistics(), options_.threads,
                model);
  Trainer trainer(settings, model, images_.train, options_.threads, &ranks_);
  const auto state = train(settings, trainer, options_.out / "explore");
  if (!state) return false;
  write([&] {
    write_values(options_.out / "explore" / "values.safetensors", {{trainer.parameters().trained, state->trained}},
                 {{"command", settings_.command()}});
  });
  return true;
}

void Pipeline::map() {
  const IntegerNetwork& network = start().network;
  const std::vector<std::string> names =
      settings_.tables == MultiplierSharing::single ? std::vector<std::string>{shared_table} : gemm_names(network);
  const fs::path folder = options_.out / "structures";
  structures_ = read_structures(folder, names);
  if (ranks_.first_says(!structures_.empty())) return;
  fmt::print("phase 2: hardware\n");
  if (explores()) {
    Model model = quantised_model(settings_, start(), {.bits = settings_.bits, .tables = sharing(settings_)});
    add_structure(settings_, network, {}, options_.threads, model);
    read_values(options_.out / "explore" / "values.safetensors", model.parameters.trained, model.trained);
    structures_ = map_explored(model, model.trained);
  } else {
    const auto loss = [&](const Circuit& circuit) { return loss_with({{shared_table, circuit}}); };
    structures_ = map_by_operands(settings_, options_.threads, statistics(), loss);
  }
  write([&] { write_structures(folder, structures_); });
}

std::vector<LayerMultiplierSource> Pipeline::multipliers() const {
  if (settings_.method == Method::qat) return {};
  if (settings_.method == Method::fixed) {
    if (fixed_) return {{"linear", *fixed_}};
    return {{"linear", settings_.multiplier}};
  }
  std::vector<LayerMultiplierSource> all;
  for (const auto& [name, circuit] : structures_) {
    const std::string layers = name == shared_table ? "linear" : name;
    std::visit([&](const auto& multiplier) { all.push_back({layers, multiplier}); }, circuit);
  }
  return all;
}

std::map<std::string, Netlist> Pipeline::netlists(const IntegerNetwork& network) const {
  std::map<std::string, Netlist> by_layer;
  const auto fixed = [&] {
    const bool is_exact = settings_.method == Method::qat || settings_.multiplier == "exact";
    if (is_exact) return library_exact(settings_, options_.threads).netlist;
    return fixed_ ? *fixed_ : find_multiplier(settings_.multiplier);
  };
  const Netlist shared = structures_.empty() ? fixed() : Netlist();
  for (const std::string& name : gemm_names(network)) {
    const auto own = structures_.find(settings_.tables == MultiplierSharing::single ? shared_table : name);
    by_layer.emplace(name, own != structures_.end() ? netlist_of(own->second) : shared);
  }
  return by_layer;
}

const OperandsByLayer& Pipeline::statistics() {
  if (statistics_.empty()) {
    Trainer trainer(settings_, quantised_model(settings_, start(), {.bits = settings_.bits}), images_.train, 1);
    statistics_ = operand_statistics(settings_, trainer, trainer.initial_state());
  }
  return statistics_;
}

/// The multiplier of each step, as weights before recoding meet it.
MultiplierChoice Pipeline::choice(const IntegerNetwork& network) const {
  const MultiplierChoice plain = choose_multipliers(network, multipliers());
  return recodings_.empty() ? plain : recoded_choice(network, plain, recodings_);
}

void Pipeline::find_codes(const IntegerNetwork& network) {
  const fs::path path = options_.out / "structures" / "codes.safetensors";
  if (!recodes()) return;
  if (!is_done(path)) {
    const Recodings found = find_recodings(settings_, netlists(network), statistics(), options_.threads);
    write([&] {
      fs::create_directories(path.parent_path());
      write_recodings(path, found);
    });
  }
  recodings_ = read_recodings(path);
}

TrainedNetwork Pipeline::trained(const NetworkParameters& parameters, std::span<const float> values) const {
  TrainedNetwork network = trained_network(parameters, values, start_->graph, start_->activations,
                                           quantise_options(settings_, options_.threads));
  network.graph.name = settings_.network_name();
  network.data = name_of(settings_.data);
  network.preprocessing = settings_.preprocessing();
  network.preprocessing.mean = training_->normalisation().mean;
  network.preprocessing.deviation = training_->normalisation().deviation;
  network.notes = {{"command", settings_.command()}, {"seed", std::to_string(settings_.seed)}};
  if (!recodings_.empty()) network.notes[recoded_note] = "yes";
  return network;
}

void Pipeline::compensate(Model& model) const {
  const TrainedNetwork network = trained(model.parameters, model.trained);
  const IntegerNetwork integers = quantise(network);
  const MultiplierChoice plan = choice(integers);
  const IntegerNetwork compensated =
      compensate_mean_error(integers, plan.assignment, plan.tables, *training_, {.threads = options_.threads});
  for (size_t i = 0; i < integers.steps.size(); ++i) {
    const auto* layer = std::get_if<GemmLayer>(&integers.steps[i].layer);
    if (layer == nullptr) continue;
    const auto& after = std::get<GemmLayer>(compensated.steps[i].layer);
    const float input = integers.tensors[static_cast<size_t>(integers.steps[i].inputs[0])].affine.scale;
    const auto& entries = model.parameters.trained.entries();
    const auto bias = std::ranges::find(entries, layer->name + ".bias", &Parameter::name);
    for (size_t o = 0; o < layer->bias.size(); ++o)
      model.trained[static_cast<size_t>(bias->offset) + o] +=
          input * network.weights.at(layer->name)[o].scale * static_cast<float>(after.bias[o] - layer->bias[o]);
  }
}

/// On training images, with codes and compensation.
double Pipeline::loss_with(Structures structures) {
  const IntegerNetwork& network = start().network;
  structures_ = std::move(structures);
  if (recodes()) recodings_ = find_recodings(settings_, netlists(network), statistics(), options_.threads);
  QuantisedSettings layers{.bits = settings_.bits};
  layers.circuits = table_gemms(network, choice(network));
  Model model = quantised_model(settings_, start(), layers);
  if (settings_.compensate) compensate(model);
  Trainer trainer(settings_, model, images_.train, options_.threads, &ranks_);
  return trainer.evaluate(trainer.initial_state(), images_.train.first(loss_images)).loss();
}

QuantisedSettings Pipeline::recover_layers(const IntegerNetwork& network) {
  QuantisedSettings layers{.bits = settings_.bits};
  if (settings_.method != Method::qat) {
    const MultiplierChoice chosen = choice(network);
    layers.circuits = table_gemms(network, chosen);
    if (settings_.difference_gradient > 0)
      layers.slopes = by_layer(network, chosen, [&](const TruthTable& table) {
        return product_slopes(table, settings_.difference_gradient);
      });
  }
  if (settings_.activation_energy > 0)
    layers.activation_cost_slopes =
        energy_slopes(settings_, network, statistics(), netlists(network), recodings_, options_.threads);
  return layers;
}

bool Pipeline::recover() {
  fmt::print("phase 3: weights for the multipliers as they are\n");
  const Settings settings =
      stage_settings(settings_, settings_.recover_epochs, settings_.recover_rate, ScheduleKind::cosine);
  const IntegerNetwork& network = start().network;
  find_codes(network);
  Model model = quantised_model(settings, start(), recover_layers(network));
  const fs::path explored = options_.out / "explore" / "values.safetensors";
  if (explores()) read_values(explored, model.parameters.trained, model.trained);
  if (settings.compensate && settings.method != Method::qat) compensate(model);
  const fs::path result = options_.out / "recover" / "values.safetensors";
  if (!is_done(result)) {
    Trainer trainer(settings, model, images_.train, options_.threads, &ranks_);
    const auto state = train(settings, trainer, options_.out / "recover");
    if (!state) return false;
    write([&] {
      write_values(result, {{model.parameters.trained, Trainer::result(*state)}}, {{"command", settings_.command()}});
    });
  }
  read_values(result, model.parameters.trained, model.trained);
  write([&] { export_network(model); });
  return true;
}

/// On the operands of the network as it was trained.
PredictedEnergy Pipeline::predict(const Model& model) {
  Trainer trainer(settings_, model, images_.train, 1);
  const OperandsByLayer operands = operand_statistics(settings_, trainer, trainer.initial_state());
  PredictedEnergy predicted =
      predicted_energy(settings_, operands, netlists(start().network), recodings_, options_.threads);
  fmt::print(
      "energy of the multipliers predicted: {:.4g} J a MAC in {}, {:.3f} of the best exact ones', glitches "
      "included\n",
      predicted.joule_a_mac, predicted.library, predicted.ratio);
  return predicted;
}

void Pipeline::export_network(const Model& model) {
  TrainedNetwork network = trained(model.parameters, model.trained);
  recode_weights(recodings_, network);
  add_prediction(network, predict(model));
  const IntegerNetwork integers = quantise(network);
  const MultiplierChoice choice = choose_multipliers(integers, multipliers());
  const auto test = open_dataset(settings_, options_.data_folder, Split::test, settings_.test_images);
  const GoldenScore score =
      golden_score(integers, choice.assignment, choice.tables, *test, 0, settings_.test_images, options_.threads);
  export_folder(options_.out, network, multipliers(),
                {.data_set = name_of(settings_.data),
                 .images = settings_.test_images,
                 .score = score,
                 .liberty = settings_.liberty});
  fmt::print("test accuracy {:.2f} % of {} images, on integers\nscenario written to {}\n", 100 * score.accuracy(),
             score.images, (options_.out / "scenario.yaml").string());
}

}  // namespace tram::train
