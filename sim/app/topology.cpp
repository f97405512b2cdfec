#include "sim/app/topology.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <optional>

#include "models/support/error.hpp"
#include "models/support/text.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

constexpr int64_t largest_size = int64_t{1} << 20, largest_volume = INT32_MAX;
constexpr size_t convolution_fields = 8, gemm_fields = 4;

/// Fields between commas; a comma at the end of the line ends the last one.
std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields;
  for (size_t first = 0; first <= line.size();) {
    const size_t comma = std::min(line.find(',', first), line.size());
    fields.emplace_back(trimmed(std::string_view(line).substr(first, comma - first), " \t\r"));
    first = comma + 1;
  }
  if (!fields.empty() && fields.back().empty()) fields.pop_back();
  return fields;
}

/// The layers of a file, one line at a time.
class TopologyReader {
 public:
  explicit TopologyReader(const fs::path& file) : file_(file.string()) { network_.name = file.stem().string(); }

  IntegerNetwork run(std::istream& input) {
    for (std::string text; std::getline(input, text);) {
      ++line_;
      const std::vector<std::string> fields = fields_of(text);
      if (fields.empty()) continue;
      if (columns_ == 0) read_header(fields);
      else read_layer(fields);
    }
    if (network_.steps.empty()) throw InputError(file_, "no layers; expected a header and a line for each layer");
    GemmLayer& last = std::get<GemmLayer>(network_.steps.back().layer);
    last.requantise.clear();
    last.logit_scale.assign(static_cast<size_t>(last.n()), 1.0F);
    return std::move(network_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw InputError(file_, line_, what); }

  void read_header(const std::vector<std::string>& fields) {
    columns_ = fields.size();
    if (columns_ != convolution_fields && columns_ != gemm_fields)
      fail(fmt::format("a header of {} columns; expected {} (name, IFMAP height and width, filter height and "
                       "width, channels, filters, strides) or {} (layer, M, N, K)", columns_, convolution_fields,
                       gemm_fields));
  }

  int size(const std::string& field) const {
    int64_t value = 0;
    const char* const end = field.data() + field.size();
    const auto [stop, error] = std::from_chars(field.data(), end, value);
    if (error != std::errc{} || stop != end || value < 1 || value > largest_size)
      fail(fmt::format("'{}'; expected a whole number from 1 to {}", field, largest_size));
    return static_cast<int>(value);
  }

  void read_layer(const std::vector<std::string>& fields) {
    if (fields.size() != columns_)
      fail(fmt::format("{} fields; expected {}, as in the header", fields.size(), columns_));
    GemmLayer layer;
    layer.name = fields[0].empty() ? fmt::format("layer{}", network_.steps.size()) : fields[0];
    std::vector<int> sizes;
    for (size_t i = 1; i < fields.size(); ++i) sizes.push_back(size(fields[i]));
    if (columns_ == gemm_fields) {
      layer.in = {sizes[0], 1, sizes[2]};
      layer.out = {sizes[0], 1, sizes[1]};
    } else {
      layer.in = {sizes[0], sizes[1], sizes[4]};
      layer.kernel_height = sizes[2];
      layer.kernel_width = sizes[3];
      layer.stride = sizes[6];
      if (layer.kernel_height > layer.in.height || layer.kernel_width > layer.in.width)
        fail(fmt::format("a filter of {} x {} on a map of {} x {}; expected one that fits", layer.kernel_height,
                         layer.kernel_width, layer.in.height, layer.in.width));
      const auto side = [&](int in, int filter) { return (in - filter + 2 * layer.stride - 1) / layer.stride; };
      layer.out = {side(layer.in.height, layer.kernel_height), side(layer.in.width, layer.kernel_width), sizes[5]};
    }
    add(std::move(layer));
  }

  /// With a tensor of its own to read and one to write.
  void add(GemmLayer layer) {
    const auto volume = [&](double a, double b, double c, const char* what) {
      if (a * b * c > static_cast<double>(largest_volume))
        fail(fmt::format("{} {}; expected at most {}", a * b * c, what, largest_volume));
    };
    volume(double(layer.k()), double(layer.n()), 1, "weights");
    volume(layer.in.height, layer.in.width, layer.in.channels, "inputs");
    volume(layer.out.height, layer.out.width, layer.out.channels, "outputs");
    const auto channels = static_cast<size_t>(layer.n());
    layer.weights.assign(static_cast<size_t>(layer.k()) * channels, 0);
    layer.weight_zero.assign(channels, 0);
    layer.bias.assign(channels, 0);
    layer.requantise.assign(channels, Requantiser{0, 16});
    const int input = static_cast<int>(network_.tensors.size());
    network_.tensors.push_back({.shape = layer.in, .affine = {}});
    network_.tensors.push_back({.shape = layer.out, .affine = {}});
    network_.steps.push_back({std::move(layer), {input}, input + 1});
  }

  std::string file_;
  long line_ = 0;
  size_t columns_ = 0;   // 0: before the header
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

IntegerNetwork read_topology(const fs::path& file) {
  std::ifstream input(file);
  if (!input) throw InputError(file.string(), "cannot be read; expected a topology file of SCALE-Sim");
  return TopologyReader(file).run(input);
}

bool is_topology(const std::string& network) { return network.ends_with(".csv"); }

std::unique_ptr<Dataset> zero_images(const IntegerNetwork& network, int count) {
  return std::make_unique<ZeroImages>(network.tensors.front().shape, count);
}

}  // namespace tram
