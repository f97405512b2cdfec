#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "models/data/preprocessing.hpp"
#include "models/network/graph.hpp"

namespace tram::train {

/// Everything that determines the result of a training. The same settings give the same weights bit for bit, whatever
/// the number of threads, on processors for which oneDNN takes the same kernels.
struct Settings {
  std::string method = "tram+";
  std::string data = "shapes";
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
  std::string optimiser = "sgd";
  float momentum = 0.9F;
  float weight_decay = 1e-4F;
  std::string schedule = "cosine";
  float warmup = 1;
  float smoothing = 0;
  float average = 0;
  int crop = 0;
  int flip = 1;
  float mixup = 0;
  uint64_t seed = 1;
  int bits = 8;
  int calibrate = 256;
  int range_bits = 0;
  int learn_ranges = 1;
  std::string tables = "single";
  std::string multiplier = "exact";
  std::string multiplier_signed = "auto";
  int multiplier_swap = 0;
  std::string liberty = "osu018";
  std::string mapping = "recoded";
  std::string tune_optimiser = "adam";
  std::string tree = "array";
  int explore_epochs = 10;
  float explore_rate = 5e-4F;
  float structure_rate = 1;
  float lambda = 0.3F;
  float budget = 0.28F;
  int correlated = 0;
  int substitute = 0;
  int recover_epochs = 10;
  float recover_rate = 5e-4F;
  int recode = 1;
  float recode_energy = 0;
  int compensate = 1;
  int difference_gradient = 0;
  float activation_energy = 0;
  float teacher = 0;
  std::string teacher_network = {}, teacher_weights = {};
  float temperature = 1;

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

/// Calls visit(option, value, description) for each setting, in the order of --help.
template <typename SomeSettings, typename Visit>
void visit_settings(SomeSettings& s, const Visit& visit) {
  visit("method", s.method,
        "fp32; qat (quantised, exact multipliers); fixed (--multiplier); tram (columns, as "
        "published, wholly so with --compensate 0); tram+ (partial products by loss increase and "
        "energies of circuits)");
  visit("data", s.data, "data set: shapes (drawn by this program), cifar10 or imagenet");
  visit("data-mean", s.data_mean,
        "taken from pixels of 0 to 1 before the network sees them: one number, or three "
        "separated by commas; none: as the network's name and the data set say, as in "
        "tram_sim");
  visit("data-deviation", s.data_deviation, "by which they are divided after that, likewise");
  visit("data-resize", s.data_resize,
        "of imagenet: pixels of an image's shorter side after resizing, 0: as the file "
        "is; none: likewise");
  visit("data-crop", s.data_crop, "of imagenet: pixels a side of the square cut from its middle; none: likewise");
  visit("data-interpolation", s.data_interpolation, "of imagenet: bicubic or bilinear; none: likewise");
  visit("network", s.network,
        "resnet (--depth, --width), vit (small, for images of 32 x 32), or, with --weights, one "
        "that tram_sim knows, such as deit_tiny_patch16_224");
  visit("weights", s.weights, "safetensors file with trained fp32 weights, in place of training them first");
  visit("train-images", s.train_images, "images trained on: the first ones of the training set");
  visit("validation-images", s.validation_images,
        "images of the end of the training set, scored after each epoch; 0: none");
  visit("test-images", s.test_images, "images of the test set, scored once, at the end");
  visit("depth", s.depth, "layers of the ResNet: 6 n + 2");
  visit("width", s.width, "channels of its first stage, a multiple of 8");
  visit("epochs", s.epochs, "passes over the training images");
  visit("batch", s.batch, "images a step; images that do not fill a batch wait for the next epoch's order");
  visit("shard", s.shard, "images that share batch-norm statistics and a thread; divides the batch");
  visit("optimiser", s.optimiser, "sgd (with momentum) or adam (with decoupled weight decay)");
  visit("lr", s.learning_rate, "peak learning rate");
  visit("schedule", s.schedule, "of the learning rate: cosine (to 0), step (a tenth at 1/2 and at 3/4) or constant");
  visit("momentum", s.momentum, "of sgd; the first moment's decay of adam");
  visit("weight-decay", s.weight_decay, "of convolution and linear weights, a step, times the learning rate");
  visit("warmup", s.warmup, "epochs over which the learning rate rises to its peak");
  visit("smoothing", s.smoothing, "label smoothing: share of the target that all classes have alike");
  visit("average", s.average, "decay a step of a moving average of the weights, which is scored and exported; 0: none");
  visit("crop", s.crop, "augmentation: random crop after padding by so many pixels");
  visit("flip", s.flip, "augmentation: 1 mirrors every other image, 0 none");
  visit("mixup", s.mixup,
        "augmentation: adds to each image the next of its shard, the shares of both drawn from Beta(N, N), "
        "N .01 to 1; 0: none. Accuracy shown then is that of the larger share's label");
  visit("seed", s.seed, "of initial weights, order and augmentation");
  visit("bits", s.bits, "of codes of weights and activations once quantised");
  visit("calibrate", s.calibrate, "training images that first ranges of activations are fitted to");
  visit("range-bits", s.range_bits,
        "first ranges of codes are those of least squared error for codes of so many bits, which "
        "suit a coarse multiplier; 0: of --bits");
  visit("learn-ranges", s.learn_ranges, "1 trains the ranges of quantisers, 0 keeps the first ones");
  visit("tables", s.tables, "single: one multiplier for all layers; layer-wise: one a layer");
  visit("multiplier", s.multiplier, "of fixed: a built-in name (tram_axm list) or a file");
  visit("multiplier-signed", s.multiplier_signed,
        "of a netlist file: yes, no, or auto: as it says, else as is nearer to a "
        "b, which is said");
  visit("multiplier-swap", s.multiplier_swap,
        "1: a netlist file's first operand is the activation, its second the weight");
  visit("liberty", s.liberty,
        "library in which energies of multipliers are measured: a name or its Liberty files (between "
        "commas or repeated)");
  visit("mapping", s.mapping,
        "of tram+: recoded chooses the structure that stands best for recoded weights; gates trains "
        "a gate at each partial product, sum and carry (phase 1)");
  visit("tune-optimiser", s.tune_optimiser,
        "of phases 1 and 3, sgd or adam; batch norm is folded into weights of "
        "different sizes there, which adam does not mind");
  visit("explore-epochs", s.explore_epochs, "phase 1, of tram and of gates: epochs that train structure and weights");
  visit("explore-lr", s.explore_rate, "its constant learning rate");
  visit("structure-rate", s.structure_rate, "learning rate of structure parameters, times that of the weights");
  visit("lambda", s.lambda, "of the loss by the multipliers' power, relative to exact ones");
  visit("tree", s.tree, "of tram: the exact multiplier that it starts from: array (as published), wallace or dadda");
  visit("budget", s.budget,
        "of tram+: energy of the multiplier wanted, relative to the library's best exact one; of "
        "recoded layer-wise ones that of all together");
  visit("correlated", s.correlated,
        "of recoded mapping, one multiplier for all layers: 1 chooses by what the errors of all "
        "products do to the loss together, 0 takes them for independent of each other");
  visit("substitute", s.substitute,
        "of recoded mapping: nets that are tried in the place of each net of the circuit; 0 "
        "only removes partial products");
  visit("recover-epochs", s.recover_epochs, "phase 3: epochs that train weights with the multiplier as it is");
  visit("recover-lr", s.recover_rate, "its peak learning rate, falling to 0 by half a cosine");
  visit("recode", s.recode, "of tram+ and fixed: 1 stores for each weight the code that suits the multiplier best");
  visit("recode-energy", s.recode_energy,
        "what energy counts beside error when codes are chosen, both relative to those of "
        "the closest codes: 0 not at all");
  visit("compensate", s.compensate, "1 takes the multiplier's mean error out of the biases before phase 3");
  visit("difference-gradient", s.difference_gradient,
        "of phase 3: gradients of weights and activations by differences of "
        "the multiplier, smoothed over so many codes on each side; 0: "
        "those of the exact product");
  visit("activation-energy", s.activation_energy,
        "of phase 3: loss by the multipliers' energy on this network's operands, "
        "relative to that before training, which draws activations to cheap "
        "codes");
  visit("teacher", s.teacher,
        "weight of a fp32 network's answers in the loss of phases 1 and 3, and of what the mapping "
        "takes for the loss increase (distillation)");
  visit("temperature", s.temperature, "by which the answers of teacher and student are divided in that loss");
  visit("teacher-network", s.teacher_network,
        "that network, one that tram_sim knows, such as resnet56_cifar10; not "
        "given: the network itself in fp32");
  visit("teacher-weights", s.teacher_weights, "safetensors file with its weights");
}

/// The defaults for a data set; InputError when it is unknown.
Settings default_settings(const std::string& data);

/// By option name, e.g. {"lr": 0.1}.
nlohmann::json to_json(const Settings& settings);
/// The reverse. What is not named, as a training begun by an earlier version does not name later options, has its
/// default, so the default of a new option must be what was done without it. InputError naming `source` when an option
/// is unknown or of the wrong type, or the data set is missing.
Settings settings_from_json(const nlohmann::json& json, const std::string& source);

}  // namespace tram::train
