#include "sim/app/topology.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fstream>
#include <set>

#include "models/support/error.hpp"
#include "models/support/printable.hpp"
#include "models/support/text.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

constexpr int64_t largest_size = int64_t{1} << 20, largest_volume = INT32_MAX, largest_dram = int64_t{4} << 30;
constexpr size_t most_layers = UINT16_MAX;  // commands number layers in 16 bits
constexpr const char* byte_order_mark = "\xef\xbb\xbf";

using Fields = std::vector<std::string>;

/// Fields between commas, without empty ones at the end; a field that begins with # and all after it is a comment.
Fields fields_of(const std::string& line) {
  Fields fields;
  for (size_t first = 0; first <= line.size();) {
    const size_t comma = std::min(line.find(',', first), line.size());
    fields.emplace_back(trimmed(std::string_view(line).substr(first, comma - first), " \t\r"));
    if (fields.back().starts_with('#')) fields.back().clear(), first = line.size();
    first = std::max(first, comma) + 1;
  }
  while (!fields.empty() && fields.back().empty()) fields.pop_back();
  return fields;
}

/// A column's name without what authors of such files write differently: blanks, underscores, capitals.
std::string plain(const std::string& name) {
  std::string text;
  for (const char c : name) {
    const auto code = static_cast<unsigned char>(c);
    if (std::isalnum(code)) text += static_cast<char>(std::tolower(code));
  }
  return text;
}

/// The columns that a layer needs, in their order, each by the names that published files give it.
struct Form {
  const char* described;
  std::vector<std::vector<std::string>> names;  ///< of the columns after the layer's name
  size_t columns() const { return names.size() + 1; }
};
const Form convolutions{"name, IFMAP height and width, filter height and width, channels, filters, strides",
                        {{"ifmapheight", "ifmapwidth"},
                         {"ifmapwidth"},
                         {"filterheight"},
                         {"filterwidth"},
                         {"channels", "channel"},
                         {"numfilter", "numfilters"},
                         {"strides", "stride", "strideheight"}}};
const Form products{"layer, M, N, K", {{"m"}, {"n"}, {"k"}}};

bool is_among(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

/// Columns behind those of the form.
enum class Extra { other, column_stride, batch, sparsity };

Extra extra_of(const std::string& name) {
  if (name == "stridewidth") return Extra::column_stride;
  if (name == "batch" || name == "batchsize") return Extra::batch;
  if (name == "sparsity" || name == "sparsityratio") return Extra::sparsity;
  return Extra::other;
}

/// Sizes of one line, and what its further columns say.
struct Row {
  std::string name;
  std::vector<int> sizes;
  int column_stride = 0;  ///< 0: not given
};

/// The layers of a file, one line at a time.
class TopologyReader {
 public:
  explicit TopologyReader(const fs::path& file) : file_(file.string()) { network_.name = file.stem().string(); }

  Topology run(std::istream& input) {
    for (std::string text; std::getline(input, text);) {
      if (++line_ == 1 && text.starts_with(byte_order_mark)) text.erase(0, 3);
      const Fields fields = fields_of(text);
      if (fields.empty()) continue;
      if (form_ == nullptr && read_header(fields)) continue;
      add(layer_of(read_row(fields)));
    }
    if (network_.steps.empty()) throw InputError(file_, "no layers; a line for each layer is expected");
    return {std::move(network_), note()};
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw InputError(file_, line_, what); }

  /// Takes the form of the file from its first line; false when that is a layer already.
  bool read_header(const Fields& fields) {
    const bool is_layer =
        fields.size() > 1 && fields[1].find_first_not_of("0123456789") == std::string::npos && !fields[1].empty();
    Fields names;
    for (const std::string& field : fields) names.push_back(is_layer ? "" : plain(field));
    const auto has = [&](const char* name) { return is_among(names, name); };
    if (names.size() == products.columns() || (has("m") && has("n") && has("k"))) form_ = &products;
    else if (is_layer ? names.size() == convolutions.columns() : names.size() >= convolutions.columns())
      form_ = &convolutions;
    if (form_ == nullptr || names.size() < form_->columns())
      fail(fmt::format("{} of {} columns; {} ({}) or {} ({}) is expected",
                       is_layer ? "a layer before any header," : "a header", fields.size(), convolutions.columns(),
                       convolutions.described, products.columns(), products.described));
    check_order(fields, names);
    for (size_t i = form_->columns(); i < names.size(); ++i) {
      extras_.push_back(extra_of(names[i]));
      extra_names_.push_back(fields[i]);
    }
    return !is_layer;
  }

  /// No column of the form stands in another's place.
  void check_order(const Fields& fields, const Fields& names) const {
    for (size_t i = 1; i < names.size(); ++i)
      for (size_t column = 1; column < form_->columns(); ++column)
        if (is_among(form_->names[column - 1], names[i]) &&
            (i >= form_->columns() || !is_among(form_->names[i - 1], names[i])))
          fail(fmt::format("column {} is '{}'; the order {} is expected", i + 1, fields[i], form_->described));
  }

  int size(const std::string& field) const {
    int64_t value = 0;
    const char* const end = field.data() + field.size();
    const auto [stop, error] = std::from_chars(field.data(), end, value);
    if (error != std::errc{} || stop != end || value < 1 || value > largest_size)
      fail(fmt::format("'{}'; a whole number from 1 to {} is expected", field, largest_size));
    return static_cast<int>(value);
  }

  Row read_row(const Fields& fields) {
    const size_t needed = form_->columns(), most = needed + extras_.size();
    if (fields.size() < needed || fields.size() > most)
      fail(fmt::format("{} fields; {}, as in the header, are expected", fields.size(),
                       needed == most ? std::to_string(needed) : fmt::format("{} to {}", needed, most)));
    Row row{.name = fields[0], .sizes = {}};
    for (size_t i = 1; i < needed; ++i) row.sizes.push_back(size(fields[i]));
    for (size_t i = needed; i < fields.size(); ++i)
      if (!fields[i].empty()) read_extra(i - needed, fields[i], row);
    return row;
  }

  void read_extra(size_t extra, const std::string& field, Row& row) {
    switch (extras_[extra]) {
      case Extra::column_stride: row.column_stride = size(field); break;
      case Extra::batch:
        if (const int batch = size(field); batch > 1)
          fail(fmt::format("a batch of {}; 1, and a line for each product, or data.images: {} is expected", batch,
                           batch));
        break;
      case Extra::sparsity: {
        const size_t colon = std::min(field.find(':'), field.size());
        has_sparsity_ |= size(field.substr(0, colon)) != size(field.substr(std::min(colon + 1, field.size())));
        break;
      }
      case Extra::other: passed_over_.insert(extra_names_[extra].empty() ? "without a name" : extra_names_[extra]);
    }
  }

  GemmLayer layer_of(const Row& row) {
    const std::vector<int>& sizes = row.sizes;
    GemmLayer layer;
    layer.name = row.name.empty() ? fmt::format("layer{}", network_.steps.size()) : row.name;
    if (form_ == &products) {
      layer.in = {sizes[0], 1, sizes[2]};
      layer.out = {sizes[0], 1, sizes[1]};
      return layer;
    }
    layer.in = {sizes[0], sizes[1], sizes[4]};
    layer.kernel_height = sizes[2];
    layer.kernel_width = sizes[3];
    layer.stride = sizes[6];
    layer.column_stride = row.column_stride == 0 ? layer.stride : row.column_stride;
    if (layer.kernel_height > layer.in.height || layer.kernel_width > layer.in.width)
      fail(fmt::format("a filter of {} x {} on a map of {} x {}; one that fits is expected", layer.kernel_height,
                       layer.kernel_width, layer.in.height, layer.in.width));
    const auto side = [](int in, int filter, int stride) { return (in - filter + 2 * stride - 1) / stride; };
    layer.out = {side(layer.in.height, layer.kernel_height, layer.stride),
                 side(layer.in.width, layer.kernel_width, layer.column_stride), sizes[5]};
    if (row.name.find("DP") != std::string::npos) make_depthwise(layer);
    return layer;
  }

  /// One convolution a channel, each with all filters of the line.
  void make_depthwise(GemmLayer& layer) {
    check_volume(layer.in.channels, layer.out.channels, 1, "filters, a set for each channel");
    layer.groups = layer.in.channels;
    layer.out.channels *= layer.groups;
    ++depthwise_;
  }

  void check_volume(double a, double b, double c, const char* what) const {
    if (a * b * c > static_cast<double>(largest_volume))
      fail(fmt::format("{} {}; at most {} is expected", a * b * c, what, largest_volume));
  }

  /// With a tensor of its own to read and one to write.
  void add(GemmLayer layer) {
    if (network_.steps.size() == most_layers) fail(fmt::format("more layers; at most {} is expected", most_layers));
    check_volume(double(layer.k()), double(layer.n()), 1, "weights");
    check_volume(layer.in.height, layer.in.width, layer.in.channels, "inputs");
    check_volume(layer.out.height, layer.out.width, layer.out.channels, "outputs");
    const auto channels = static_cast<size_t>(layer.n());
    bytes_ += layer.k() * layer.n() + 16 * layer.n() + layer.in.size() + layer.out.size();
    if (bytes_ > largest_dram)
      fail(fmt::format("{} B for the layers so far; DRAM holds at most {} B", bytes_, largest_dram));
    layer.weight_zero.assign(channels, 0);
    layer.bias.assign(channels, 0);
    layer.requantise.assign(channels, Requantiser{0, 16});
    const int input = static_cast<int>(network_.tensors.size());
    network_.tensors.push_back({.shape = layer.in, .affine = {}});
    network_.tensors.push_back({.shape = layer.out, .affine = {}});
    network_.steps.push_back({std::move(layer), {input}, input + 1});
  }

  /// What was read otherwise than it may be meant.
  std::string note() const {
    std::string text;
    const auto say = [&](const std::string& sentence) { text += (text.empty() ? "" : "; ") + sentence; };
    if (depthwise_ > 0)
      say(
          fmt::format("{} depthwise (DP in the name, as in SCALE-Sim): a convolution for each channel with all filters "
                      "of the line",
                      depthwise_ == 1 ? "1 layer is" : fmt::format("{} layers are", depthwise_)));
    if (has_sparsity_) say("sparsity is not modelled: all layers run dense");
    for (const std::string& name : passed_over_) say(fmt::format("column {} is passed over", printable(name)));
    return text.empty() ? text : fmt::format("{}: {}", file_, text);
  }

  std::string file_;
  long line_ = 0;
  const Form* form_ = nullptr;  ///< not known before the first line
  std::vector<Extra> extras_;   ///< columns behind those of the form
  Fields extra_names_;          ///< as written
  std::set<std::string> passed_over_;
  int depthwise_ = 0;
  int64_t bytes_ = 0;  ///< of all layers in DRAM
  bool has_sparsity_ = false;
  IntegerNetwork network_;
};

class ZeroImages final : public Dataset {
 public:
  ZeroImages(FeatureShape shape, int count) : shape_(shape), count_(count) {}
  std::string name() const override { return "shapes only"; }
  int count() const override { return count_; }
  FeatureShape shape() const override { return shape_; }
  std::vector<uint8_t> pixels(int) const override {
    return std::vector<uint8_t>(static_cast<size_t>(shape_.size()), 0);
  }
  int label(int) const override { return 0; }
  const std::vector<std::string>& class_names() const override {
    static const std::vector<std::string> names{"none"};
    return names;
  }

 private:
  FeatureShape shape_;
  int count_;
};

}  // namespace

Topology read_topology(const fs::path& file) {
  std::ifstream input(file);
  if (!input) throw InputError(file.string(), "cannot be read; a topology file of SCALE-Sim is expected");
  return TopologyReader(file).run(input);
}

bool is_topology(const std::string& network) { return network.ends_with(".csv"); }

std::unique_ptr<Dataset> zero_images(const FeatureShape& shape, int count) {
  return std::make_unique<ZeroImages>(shape, count);
}

}  // namespace tram
