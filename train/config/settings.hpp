#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "models/data/image_set.hpp"
#include "models/multiplier/structure/structure.hpp"
#include "models/network/graph.hpp"
#include "models/options/parse_number.hpp"
#include "train/config/setting_choices.hpp"

namespace tram::train {

/// Everything that determines the result of a training. The same settings give the same weights bit for bit, whatever
/// the number of threads, on processors for which oneDNN takes the same kernels.
struct Settings {
  Method method = Method::tram_plus;
  ImageSet data = ImageSet::shapes;
  std::string data_mean = {}, data_deviation = {}, data_resize = {}, data_crop = {}, data_interpolation = {};
  std::string network = "resnet";
  std::string weights = {};
  int train_images = 40000;
  int validation_images = 2000;
  int test_images = 2000;
  int depth = 8, width = 8;
  int epochs = 20;
  int batch = 128;
  int shard = 32;
  float learning_rate = 0.1F;
  OptimiserKind optimiser = OptimiserKind::sgd;
  float momentum = 0.9F;
  float weight_decay = 1e-4F;
  ScheduleKind schedule = ScheduleKind::cosine;
  float warmup = 1;
  float smoothing = 0;
  float average = 0;
  int crop = 0;
  bool flip = true;
  uint64_t seed = 1;
  int bits = 8;
  int calibrate = 256;
  int range_bits = 0;
  bool learn_ranges = true;
  MultiplierSharing tables = MultiplierSharing::single;
  std::string multiplier = "exact";
  std::optional<bool> multiplier_signed = {};  ///< nothing: as a file says, else as is nearer to a b
  bool multiplier_swap = false;
  std::string liberty = "osu018";
  MappingKind mapping = MappingKind::recoded;
  OptimiserKind tune_optimiser = OptimiserKind::adam;
  Accumulation tree = Accumulation::array;
  int explore_epochs = 10;
  float explore_rate = 5e-4F;
  float structure_rate = 1;
  float lambda = 0.3F;
  float budget = 0.28F;
  bool correlated = false;
  int substitute = 0;
  int recover_epochs = 10;
  float recover_rate = 5e-4F;
  bool recode = true;
  float recode_energy = 0;
  bool compensate = true;
  int difference_gradient = 0;
  float activation_energy = 0;
  float teacher = 0;
  std::string teacher_network = {}, teacher_weights = {};
  float temperature = 1;

  bool is_resnet() const { return network == "resnet"; }  ///< of --depth and --width, trained from scratch
  bool is_small_vit() const { return network == "vit"; }
  /// Whether phase 1 trains structure and weights together.
  bool explores() const {
    return method == Method::tram || (method == Method::tram_plus && mapping == MappingKind::gates);
  }
  bool trains_fp32() const { return weights.empty(); }
  bool recodes() const { return recode && may_recode(method); }
  int steps_per_epoch() const { return train_images / batch; }
  int shards() const { return batch / shard; }
  /// What load_network and tram_sim call the network, such as resnet20_cifar10.
  std::string network_name() const;
  /// The network to train from scratch, all parameters zero: a CIFAR ResNet of this depth and width, or a small vision
  /// transformer. InputError for networks that need weights.
  NetworkGraph graph() const;
  /// What the options --data-... say; nothing for those that are empty. InputError naming the one that is wrong.
  PreprocessingChoice preprocessing() const;
  /// Throws InputError naming the first option that is out of its range.
  void check() const;
  /// The command line that gives these settings, without machine-dependent options.
  std::string command() const;
  bool operator==(const Settings&) const = default;

 private:
  void check_network() const;
  void check_quantised() const;
  void check_teacher() const;
};

/// When a setting counts; elsewhere what is given for it has no effect.
struct Counting {
  bool (*counts)(const Settings&) = nullptr;  ///< none: always
  const char* when = "";
};

namespace counting {
inline constexpr Counting of_resnet{[](const Settings& s) { return s.is_resnet(); }, "with --network resnet"};
inline constexpr Counting of_new_resnet{[](const Settings& s) { return s.is_resnet() && s.trains_fp32(); },
                                        "with --network resnet and without --weights"};
inline constexpr Counting of_fp32{[](const Settings& s) { return s.trains_fp32(); }, "without --weights"};
inline constexpr Counting of_quantised{[](const Settings& s) { return quantises(s.method); },
                                       "with another --method than fp32"};
inline constexpr Counting of_fixed{[](const Settings& s) { return s.method == Method::fixed; }, "with --method fixed"};
inline constexpr Counting of_mapping{[](const Settings& s) { return s.method == Method::tram_plus; },
                                     "with --method tram+"};
inline constexpr Counting of_recoded_mapping{
    [](const Settings& s) { return s.method == Method::tram_plus && s.mapping == MappingKind::recoded; },
    "with --method tram+ and --mapping recoded"};
inline constexpr Counting of_exploring{[](const Settings& s) { return s.explores(); },
                                       "with --method tram, or tram+ and --mapping gates"};
inline constexpr Counting of_columns{[](const Settings& s) { return s.method == Method::tram; }, "with --method tram"};
inline constexpr Counting of_recodable{[](const Settings& s) { return may_recode(s.method); },
                                       "with --method tram+ or fixed"};
inline constexpr Counting of_recoding{[](const Settings& s) { return s.recodes(); },
                                      "with --method tram+ or fixed and --recode yes"};
inline constexpr Counting of_approximate{[](const Settings& s) { return approximates(s.method); },
                                         "with --method fixed, tram or tram+"};
inline constexpr Counting of_distilling{[](const Settings& s) { return quantises(s.method) && s.teacher > 0; },
                                        "with --teacher above 0"};
}  // namespace counting

/// Calls visitor(option, value, kind, description, counting) for each setting, in the order of --help: its kind is what the
/// command line and settings.json are read with, the range that --help shows and that check() holds to.
template <typename SomeSettings, typename Visitor>
void visit_settings(SomeSettings& s, const Visitor& visitor) {
  const auto visit = [&](const char* option, auto& value, const auto& kind, const char* description,
                         const Counting& counting = {}) { visitor(option, value, kind, description, counting); };
  visit("method", s.method, choice<Method>(),
        "fp32; qat (quantised, exact multipliers); fixed (--multiplier); tram (columns, as "
        "published, wholly so with --compensate 0); tram+ (partial products by loss increase and "
        "energies of circuits)");
  visit("data", s.data, choice<ImageSet>(), "data set: shapes (drawn by this program), cifar10 or imagenet");
  visit("data-mean", s.data_mean, text(),
        "taken from pixels of 0 to 1 before the network sees them: one number, or three "
        "separated by commas; none: as the network's name and the data set say, as in "
        "tram_sim");
  visit("data-deviation", s.data_deviation, text(), "by which they are divided after that, likewise");
  visit("data-resize", s.data_resize, text(),
        "of imagenet: pixels of an image's shorter side after resizing, 0: as the file "
        "is; none: likewise");
  visit("data-crop", s.data_crop, text(),
        "of imagenet: pixels a side of the square cut from its middle; none: likewise");
  visit("data-interpolation", s.data_interpolation, text(), "of imagenet: bicubic or bilinear; none: likewise");
  visit("network", s.network, text(),
        "resnet (--depth, --width), vit (small, for images of 32 x 32), or, with --weights, one "
        "that tram_sim knows, such as deit_tiny_patch16_224");
  visit("weights", s.weights, text(), "safetensors file with trained fp32 weights, in place of training them first");
  visit("train-images", s.train_images, plain_number(1, 10'000'000),
        "images trained on: the first ones of the training set");
  visit("validation-images", s.validation_images, plain_number(0, 10'000'000),
        "images of the end of the training set, scored after each epoch; 0: none");
  visit("test-images", s.test_images, plain_number(1, 10'000'000), "images of the test set, scored once, at the end");
  visit("depth", s.depth, plain_number(8, 1202), "layers of the ResNet: 6 n + 2", counting::of_resnet);
  visit("width", s.width, plain_number(8, 1024), "channels of its first stage, a multiple of 8",
        counting::of_new_resnet);
  visit("epochs", s.epochs, plain_number(1, 100'000), "passes over the training images", counting::of_fp32);
  visit("batch", s.batch, plain_number(1, 10'000'000),
        "images a step; images that do not fill a batch wait for the next epoch's order");
  visit("shard", s.shard, plain_number(2, 1024),
        "images that share batch-norm statistics and a thread; divides the batch");
  visit("optimiser", s.optimiser, choice<OptimiserKind>(), "sgd (with momentum) or adam (with decoupled weight decay)",
        counting::of_fp32);
  visit("lr", s.learning_rate, plain_number(0.0F, 1e30F), "peak learning rate", counting::of_fp32);
  visit("schedule", s.schedule, choice<ScheduleKind>(),
        "of the learning rate: cosine (to 0), step (a tenth at 1/2 and at 3/4) or constant", counting::of_fp32);
  visit("momentum", s.momentum, plain_number(0.0F, 1.0F), "of sgd; the first moment's decay of adam");
  visit("weight-decay", s.weight_decay, plain_number(0.0F, 1.0F),
        "of convolution and linear weights, a step, times the learning rate");
  visit("warmup", s.warmup, plain_number(0.0F, 100'000.0F), "epochs over which the learning rate rises to its peak",
        counting::of_fp32);
  visit("smoothing", s.smoothing, plain_number(0.0F, 1.0F),
        "label smoothing: share of the target that all classes have alike");
  visit("average", s.average, plain_number(0.0F, 1.0F),
        "decay a step of a moving average of the weights, which is scored and exported; 0: none");
  visit("crop", s.crop, plain_number(0, 32), "augmentation: random crop after padding by so many pixels");
  visit("flip", s.flip, boolean(), "augmentation: mirrors every other image");
  visit("seed", s.seed, plain_number<uint64_t>(0, UINT64_MAX), "of initial weights, order and augmentation");
  visit("bits", s.bits, plain_number(4, 8), "of codes of weights and activations once quantised",
        counting::of_quantised);
  visit("calibrate", s.calibrate, plain_number(1, 10'000'000),
        "training images that first ranges of activations are fitted to", counting::of_quantised);
  visit("range-bits", s.range_bits, number_or_zero(2, 8),
        "first ranges of codes are those of least squared error for codes of so many bits, which "
        "suit a coarse multiplier; 0: of --bits",
        counting::of_quantised);
  visit("learn-ranges", s.learn_ranges, boolean(),
        "whether the ranges of quantisers are trained; else the first ones stay", counting::of_quantised);
  visit("tables", s.tables, choice<MultiplierSharing>(),
        "single: one multiplier for all layers; layer-wise: one a layer", counting::of_quantised);
  visit("multiplier", s.multiplier, text(), "of fixed: a built-in name (tram_axm list) or a file", counting::of_fixed);
  visit("multiplier-signed", s.multiplier_signed, boolean_or_auto(),
        "of a netlist file: yes, no, or auto: as it says, else as is nearer to a "
        "b, which is said");
  visit("multiplier-swap", s.multiplier_swap, boolean(),
        "whether a netlist file's first operand is the activation, its second the weight");
  visit("liberty", s.liberty, text(),
        "library in which energies of multipliers are measured: a name or its Liberty files (between "
        "commas or repeated)",
        counting::of_quantised);
  visit("mapping", s.mapping, choice<MappingKind>(),
        "of tram+: recoded chooses the structure that stands best for recoded weights; gates trains "
        "a gate at each partial product, sum and carry (phase 1)",
        counting::of_mapping);
  visit("tune-optimiser", s.tune_optimiser, choice<OptimiserKind>(),
        "of phases 1 and 3, sgd or adam; batch norm is folded into weights of "
        "different sizes there, which adam does not mind",
        counting::of_quantised);
  visit("explore-epochs", s.explore_epochs, plain_number(1, 100'000),
        "phase 1, of tram and of gates: epochs that train structure and weights", counting::of_exploring);
  visit("explore-lr", s.explore_rate, plain_number(0.0F, 1e30F), "its constant learning rate", counting::of_exploring);
  visit("structure-rate", s.structure_rate, plain_number(0.0F, 1e30F),
        "learning rate of structure parameters, times that of the weights", counting::of_exploring);
  visit("lambda", s.lambda, plain_number(0.0F, 1e30F), "of the loss by the multipliers' power, relative to exact ones",
        counting::of_exploring);
  visit("tree", s.tree, choice<Accumulation>(),
        "of tram: the exact multiplier that it starts from: array (as published), wallace or dadda",
        counting::of_columns);
  visit("budget", s.budget, plain_number(0.01F, 1.0F),
        "of tram+: energy of the multiplier wanted, relative to the library's best exact one; of "
        "recoded layer-wise ones that of all together",
        counting::of_mapping);
  visit("correlated", s.correlated, boolean(),
        "of recoded mapping, one multiplier for all layers: whether it chooses by what the errors of all "
        "products do to the loss together; else they are taken for independent of each other",
        counting::of_recoded_mapping);
  visit("substitute", s.substitute, plain_number(0, 1000),
        "of recoded mapping: nets that are tried in the place of each net of the circuit; 0 "
        "only removes partial products",
        counting::of_recoded_mapping);
  visit("recover-epochs", s.recover_epochs, plain_number(0, 100'000),
        "phase 3: epochs that train weights with the multiplier as it is", counting::of_quantised);
  visit("recover-lr", s.recover_rate, plain_number(0.0F, 1e30F),
        "its peak learning rate, falling to 0 by half a cosine", counting::of_quantised);
  visit("recode", s.recode, boolean(),
        "of tram+ and fixed: whether each weight is stored as the code that suits the multiplier best",
        counting::of_recodable);
  visit("recode-energy", s.recode_energy, plain_number(0.0F, 1e6F),
        "what energy counts beside error when codes are chosen, both relative to those of "
        "the closest codes: 0 not at all",
        counting::of_recoding);
  visit("compensate", s.compensate, boolean(),
        "whether the multiplier's mean error is taken out of the biases before phase 3", counting::of_approximate);
  visit("difference-gradient", s.difference_gradient, plain_number(0, 127),
        "of phase 3: gradients of weights and activations by differences of "
        "the multiplier, smoothed over so many codes on each side; 0: "
        "those of the exact product",
        counting::of_approximate);
  visit("activation-energy", s.activation_energy, plain_number(0.0F, 1e30F),
        "of phase 3: loss by the multipliers' energy on this network's operands, "
        "relative to that before training, which draws activations to cheap "
        "codes",
        counting::of_quantised);
  visit("teacher", s.teacher, plain_number(0.0F, 1.0F),
        "weight of a fp32 network's answers in the loss of phases 1 and 3, and of what the mapping "
        "takes for the loss increase (distillation)",
        counting::of_quantised);
  visit("temperature", s.temperature, plain_number(0.01F, 1000.0F),
        "by which the answers of teacher and student are divided in that loss", counting::of_distilling);
  visit("teacher-network", s.teacher_network, text(),
        "that network, one that tram_sim knows, such as resnet56_cifar10; not "
        "given: the network itself in fp32",
        counting::of_quantised);
  visit("teacher-weights", s.teacher_weights, text(), "safetensors file with its weights", counting::of_quantised);
}

/// The defaults for a data set.
Settings default_settings(ImageSet data);

/// For each of the options given that changes nothing with these settings, and is not the data set's default, a line
/// that says when it would, in the order of --help.
std::vector<std::string> idle_options(const Settings& settings, const std::vector<std::string>& given);

/// By option name, e.g. {"lr": 0.1}.
nlohmann::json to_json(const Settings& settings);
/// The reverse. What is not named, as a training begun by an earlier version does not name later options, has its
/// default, so the default of a new option must be what was done without it. InputError naming `source` when an option
/// is unknown or of the wrong type, or the data set is missing.
Settings settings_from_json(const nlohmann::json& json, const std::string& source);

}  // namespace tram::train
