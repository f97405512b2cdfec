#include "models/data/image_folder.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <string_view>

#include "models/data/image_file.hpp"
#include "models/data/resize.hpp"
#include "models/support/archive.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/content_hash.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

/// The lines of a text file, without line ends.
std::vector<std::string> lines_of(const fs::path& path) {
  const std::string text = read_file(path);
  std::vector<std::string> lines;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    if (lines.back().ends_with('\r')) lines.back().pop_back();
    begin = end + 1;
  }
  return lines;
}

std::vector<std::string> fields_of(const std::string& line, char separator) {
  std::vector<std::string> fields(1);
  for (const char c : line) {
    if (c == separator) fields.emplace_back();
    else fields.back() += c;
  }
  return fields;
}

/// The number that text is, or -1.
int number_of(std::string_view text) {
  int value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : -1;
}

size_t column_of(const fs::path& path, const std::vector<std::string>& header, const char* column) {
  const auto found = std::find(header.begin(), header.end(), column);
  if (found == header.end())
    throw InputError(path.string(), 1, fmt::format("no column {}; columns file and label are expected", column));
  return static_cast<size_t>(found - header.begin());
}

void check_exists(const fs::path& file) {
  std::error_code error;
  if (!fs::is_regular_file(file, error)) throw InputError(file.string(), "is not there; an image file is expected");
}

bool is_image(const fs::path& file) {
  std::string extension = file.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension == ".jpg" || extension == ".jpeg" || extension == ".png";
}

/// Entries of a folder, in alphabetical order.
std::vector<fs::path> entries_of(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> entries;
  for (const auto& entry : fs::directory_iterator(folder, error)) entries.push_back(entry.path());
  if (error) throw InputError(folder.string(), fmt::format("{}; a folder is expected", error.message()));
  std::sort(entries.begin(), entries.end());
  return entries;
}

ImagePreprocessing checked(const ImagePreprocessing& preprocessing) {
  if (preprocessing.resize != 0 && preprocessing.resize < preprocessing.crop)
    throw InputError("data.resize",
                     fmt::format("{} with data.crop: {}; 0 (no resizing) or at least the crop is expected",
                                 preprocessing.resize, preprocessing.crop));
  return preprocessing;
}

std::vector<std::string> words_of(const std::vector<Synset>& classes) {
  std::vector<std::string> words;
  for (const Synset& synset : classes) words.push_back(synset.words);
  return words;
}

}  // namespace

std::vector<Synset> read_synsets(const fs::path& path) {
  constexpr size_t most = 100'000;
  std::vector<Synset> synsets;
  for (const std::string& line : lines_of(path)) {
    const std::vector<std::string> fields = fields_of(line, '\t');
    const auto expected = static_cast<int>(synsets.size());
    if (fields.size() != 3 || number_of(fields[0]) != expected || fields[1].empty() || synsets.size() == most)
      throw InputError(path.string(), expected + 1,
                       fmt::format("'{}'; {}, a synset and its words, separated by tabs, are expected",
                                   line.substr(0, 40), expected));
    synsets.push_back({fields[1], fields[2]});
  }
  return synsets;
}

ImageFolder::ImageFolder(std::string name, const fs::path& folder, const fs::path& labels,
                         const std::vector<Synset>& classes, const ImagePreprocessing& preprocessing)
    : name_(std::move(name)), preprocessing_(preprocessing), class_names_(words_of(classes)) {
  set_normalisation(preprocessing.normalisation);
  const std::vector<std::string> lines = lines_of(labels);
  const std::vector<std::string> header = fields_of(lines.empty() ? "" : lines[0], ',');
  const size_t file = column_of(labels, header, "file"), label = column_of(labels, header, "label");
  for (size_t i = 1; i < lines.size(); ++i) {
    const auto line = static_cast<long>(i) + 1;
    const std::vector<std::string> fields = fields_of(lines[i], ',');
    if (fields.size() != header.size())
      throw InputError(labels.string(), line, fmt::format("{} fields; {} are expected", fields.size(), header.size()));
    const int number = number_of(fields[label]);
    if (number < 0 || number >= static_cast<int>(classes.size()))
      throw InputError(labels.string(), line,
                       fmt::format("label '{}'; 0 .. {} is expected", fields[label], classes.size() - 1));
    images_.push_back({folder / fields[file], number});
    check_exists(images_.back().file);
  }
  if (images_.empty()) throw InputError(labels.string(), "lists no image; at least one is expected");
}

ImageFolder::ImageFolder(std::string name, const fs::path& folder, const std::vector<Synset>& classes,
                         const ImagePreprocessing& preprocessing)
    : name_(std::move(name)), preprocessing_(preprocessing), class_names_(words_of(classes)) {
  set_normalisation(preprocessing.normalisation);
  std::map<std::string, int> label_of;
  for (const Synset& synset : classes) label_of.emplace(synset.id, static_cast<int>(label_of.size()));
  for (const fs::path& subfolder : entries_of(folder)) {
    if (!fs::is_directory(subfolder)) continue;
    const auto found = label_of.find(subfolder.filename().string());
    if (found == label_of.end())
      throw InputError(subfolder.string(), "is not named by a class; a synset of synsets.txt is expected");
    for (const fs::path& file : entries_of(subfolder))
      if (is_image(file)) images_.push_back({file, found->second});
  }
  if (images_.empty())
    throw InputError(folder.string(),
                     "holds no image; subfolders named by synset with .jpg, .jpeg or .png files are "
                     "expected");
}

std::vector<uint8_t> ImageFolder::pixels(int index) const {
  const fs::path& path = file(index);
  RgbImage image = read_image(path);
  if (preprocessing_.resize > 0)
    image = resize_shorter_side(image, preprocessing_.resize, preprocessing_.interpolation);
  if (std::min(image.width, image.height) < preprocessing_.crop)
    throw InputError(path.string(), fmt::format("{} x {} pixels; at least {} x {} are expected, to crop", image.width,
                                                image.height, preprocessing_.crop, preprocessing_.crop));
  return centre_crop(image, preprocessing_.crop, preprocessing_.half_pixel).pixels;
}

std::string ImageFolder::preprocessing() const {
  ImagePreprocessing now = preprocessing_;
  now.normalisation = normalisation();
  return to_text(now);
}

std::string ImageFolder::content_key(int count) const {
  ArchiveWriter content;
  content.put(preprocessing_.resize);
  content.put(preprocessing_.crop);
  content.put(static_cast<int>(preprocessing_.interpolation));
  content.put(static_cast<int>(preprocessing_.half_pixel));
  content.put(normalisation().mean);
  content.put(normalisation().deviation);
  for (int i = 0; i < count; ++i) content.put(content_hash(read_file(file(i))));
  return content_hash(content.bytes());
}

ImagePreprocessing small_set_preprocessing(const PreprocessingChoice& choice, const ImagePreprocessing& of_network) {
  ImagePreprocessing preprocessing = of_network;
  preprocessing.resize = 0;
  preprocessing = checked(choice.over(preprocessing));
  if (preprocessing.resize == 0) preprocessing.half_pixel = HalfPixel::down;
  return preprocessing;
}

std::unique_ptr<Dataset> imagenet(const fs::path& folder, Split split, const PreprocessingChoice& choice,
                                  const ImagePreprocessing& of_network) {
  const fs::path root = folder / "imagenet";
  std::vector<Synset> classes = read_synsets(root / "synsets.txt");
  const std::string whole = split == Split::test ? "val" : "train";
  const std::string part = split == Split::test ? "val500" : "sample1000";
  if (std::error_code error; fs::is_directory(root / whole, error))
    return std::make_unique<ImageFolder>("imagenet " + whole, root / whole, std::move(classes),
                                         checked(choice.over(of_network)));
  return std::make_unique<ImageFolder>("imagenet " + part, root / part, root / (part + ".csv"), std::move(classes),
                                       small_set_preprocessing(choice, of_network));
}

}  // namespace tram
