#include "train/data/pixel_cache.hpp"

#include "models/support/archive.hpp"
#include "models/support/content_cache.hpp"
#include "models/support/error.hpp"
#include "models/support/parallel.hpp"

namespace tram::train {
namespace {

// The version is raised whenever the pixels change.
const CacheKind kind{"images", 2, ".bin"};

size_t image_bytes(const DatasetPart& part) {
  const FeatureShape shape = part.dataset->shape();
  return size_t{3} * static_cast<size_t>(shape.height) * static_cast<size_t>(shape.width);
}

/// Decodes a part's images, as many at a time as memory should hold.
void write_part(const DatasetPart& part, int threads, std::ostream& out) {
  constexpr int at_a_time = 256;
  std::vector<std::vector<uint8_t>> pixels(at_a_time);
  for (int first = 0; first < part.count; first += at_a_time) {
    const int count = std::min(at_a_time, part.count - first);
    parallel_for(count, threads, [&](int64_t i) {
      pixels[static_cast<size_t>(i)] = part.dataset->pixels(first + static_cast<int>(i));
    });
    for (int i = 0; i < count; ++i) {
      const std::vector<uint8_t>& image = pixels[static_cast<size_t>(i)];
      out.write(reinterpret_cast<const char*>(image.data()), static_cast<std::streamsize>(image.size()));
    }
  }
}

CacheEntry entry_of(const std::vector<DatasetPart>& parts, const PixelCache& cache) {
  ArchiveWriter content;
  for (const DatasetPart& part : parts) {
    content.put(part.count);
    content.put(part.dataset->content_key(part.count));
  }
  return {kind, content.bytes(), cache.folder};
}

/// The views of a part's images, which lie one after the other from pixels on.
void append_views(const DatasetPart& part, const uint8_t* pixels, PixelImages& set) {
  const FeatureShape shape = part.dataset->shape();
  for (int i = 0; i < part.count; ++i, pixels += image_bytes(part)) {
    set.images.push_back({pixels, shape.height, shape.width});
    set.labels.push_back(part.dataset->label(i));
  }
}

}  // namespace

PixelImages cached_images(const std::vector<DatasetPart>& parts, const PixelCache& cache) {
  size_t bytes = 0;
  for (const DatasetPart& part : parts) {
    if (part.count > part.dataset->count())
      throw InputError(part.dataset->name(),
                       fmt::format("has {} images; {} are asked for", part.dataset->count(), part.count));
    bytes += static_cast<size_t>(part.count) * image_bytes(part);
  }
  const CachedFile file = entry_of(parts, cache).find_or_make([&](std::ostream& out) {
    for (const DatasetPart& part : parts) write_part(part, cache.threads, out);
  });
  if (file.content.size() != bytes)
    throw RunError(fmt::format("{}: has {} bytes of pixels; {} are expected; remove it to have it made again",
                               file.path.string(), file.content.size(), bytes));
  const Dataset& first = *parts.front().dataset;
  PixelImages set{first.name(), first.shape(), first.normalisation(), {}, {}, file.file};
  const auto* pixels = reinterpret_cast<const uint8_t*>(file.content.data());
  for (const DatasetPart& part : parts) {
    append_views(part, pixels, set);
    pixels += static_cast<size_t>(part.count) * image_bytes(part);
  }
  return set;
}

}  // namespace tram::train
