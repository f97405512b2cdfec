#pragma once
#include <filesystem>
#include <memory>

#include "models/data/preprocessing.hpp"

namespace tram {

/// A class of ImageNet.
struct Synset {
  std::string id;     ///< e.g. "n01440764"
  std::string words;  ///< e.g. "tench, Tinca tinca"
};

/// Reads lines of index, synset and words, separated by tabs, with indices counting from 0 (at most 100,000 lines).
std::vector<Synset> read_synsets(const std::filesystem::path& path);

/// Labelled images in files, decoded when asked for (see image_file.hpp). Every listed file must exist; one that is
/// broken, or smaller than the crop, throws an InputError that names it when it is read.
class ImageFolder : public Dataset {
 public:
  /// Images in folder as listed in a CSV file with a header line that names at least the columns file and label
  /// (0 .. classes - 1), in that order of images; fields contain no commas.
  ImageFolder(std::string name, const std::filesystem::path& folder, const std::filesystem::path& labels,
              const std::vector<Synset>& classes, const ImagePreprocessing& preprocessing);

  /// Images in subfolders named by synset: files *.jpg, *.jpeg, *.png in any case, in alphabetical order.
  ImageFolder(std::string name, const std::filesystem::path& folder, const std::vector<Synset>& classes,
              const ImagePreprocessing& preprocessing);

  std::string name() const override { return name_; }
  int count() const override { return static_cast<int>(images_.size()); }
  FeatureShape shape() const override { return {preprocessing_.crop, preprocessing_.crop, 3}; }
  std::vector<uint8_t> pixels(int index) const override;
  int label(int index) const override { return images_[static_cast<size_t>(index)].label; }
  const std::vector<std::string>& class_names() const override { return class_names_; }
  std::string preprocessing() const override;
  /// Hash of the preprocessing and of the files' bytes, which are not decoded.
  std::string content_key(int count) const override;

  const std::filesystem::path& file(int index) const { return images_[static_cast<size_t>(index)].file; }

 private:
  struct Image {
    std::filesystem::path file;
    int label;
  };

  std::string name_;
  ImagePreprocessing preprocessing_;
  std::vector<Image> images_;
  std::vector<std::string> class_names_;
};

/// Preprocessing of the small sets below: `choice`, else the network's preprocessing, but they are not resized, and
/// their crop then begins at the lower pixel where the middle is half a pixel off (HalfPixel::down), as where their
/// reference logits come from. InputError for a resize below the crop.
ImagePreprocessing small_set_preprocessing(const PreprocessingChoice& choice, const ImagePreprocessing& of_network);

/// ImageNet below `folder`/imagenet, with the classes of synsets.txt there:
/// - Split::test: val/ (a subfolder a synset), else val500/ with val500.csv;
/// - Split::train, for calibration: train/, else sample1000/ with sample1000.csv.
/// What `choice` leaves open is the network's preprocessing (network_preprocessing); the two small sets, val500 and
/// sample1000, as above. InputError for a resize below the crop.
std::unique_ptr<Dataset> imagenet(const std::filesystem::path& folder, Split split,
                                  const PreprocessingChoice& choice = {},
                                  const ImagePreprocessing& of_network = network_preprocessing(""));

}  // namespace tram
