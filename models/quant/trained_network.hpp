#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "models/network/graph.hpp"
#include "models/network/safetensors.hpp"
#include "models/quant/quantise.hpp"
#include "models/quant/trained_network_info.hpp"

namespace tram {

// The file of a network whose quantisers were trained with it, a safetensors file, all tensors F32:
//   NODE.weight, NODE.bias, cls_token, pos_embed   parameters, named and shaped as in fp32 files; batch norm is folded
//   VALUE.affine        [1][2]  {scale, zero} of a value's quantiser; the image is the value `input`, any other is
//                               named as the node that computes it
//   NODE.weight_affine  [O][2]  {scale, zero} for each output channel of a convolution or linear layer
// Metadata, all text: format "tram trained network", version "1", network (the name, as load_network takes it), input
// ("32x32x3"), num_heads (where there is attention), data, and the QuantiseOptions under the names that scenarios have
// for them: bits, codes, stream_bits, score_bits, equalise, weights, calibrate, percentile, images; and, where they are
// known, of the preprocessing of images: mean, deviation, resize, crop, interpolation. Further entries are notes; of
// those, `recoded` is read (recoded_note), and predicted energies (predicted_energy.hpp).

/// The note, of any text, of networks whose weights were stored as the codes that suit their approximate multipliers
/// best: on others, exact ones too, the codes represent other weights.
inline constexpr char recoded_note[] = "recoded";

/// A network with the quantisers that were trained with it.
struct TrainedNetwork {
  NetworkGraph graph;               ///< batch norm folded, norms equalised if options say so (prepare_graph); its name
                                    ///< is the one that load_network takes, e.g. "resnet20_cifar10"
  std::vector<Affine> activations;  ///< by value of the graph; of the formats value_formats(graph, options)
  WeightAffines weights;            ///< of every convolution and linear layer
  QuantiseOptions options;          ///< bits, codes, stream, scores, equalise; the others: what training began with
  std::string data;                 ///< the data set it was trained on
  std::map<std::string, std::string> notes = {};  ///< further metadata: command, seed, accuracies ...
  PreprocessingChoice preprocessing = {};         ///< of the images it was trained on
};

/// Integer network of a trained network: the quantisers as they are, nothing fitted. (As always a channel of weights so
/// small that its bias would leave int32 gets a coarser scale, see quantise_weights.)
IntegerNetwork quantise(const TrainedNetwork& trained);

/// Writes the file through an AtomicFile. InputError where the file would not give the same network again: a graph that
/// load_network does not make from its name and shapes, quantisers that are missing or out of range.
void write_trained_network(const std::filesystem::path& path, const TrainedNetwork& trained);

/// Reads it back, equal in every bit. InputError names file and tensor or entry for anything else than such a file:
/// missing, misshapen or superfluous tensors, values that are not finite, quantisers out of range, another version.
TrainedNetwork read_trained_network(const std::filesystem::path& path);
TrainedNetwork read_trained_network(const SafeTensors& file);

}  // namespace tram
