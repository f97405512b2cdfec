#include "train/data/pixel_cache.hpp"

#include <cstring>
#include <optional>
#include <span>
#include <string_view>

#include "models/support/archive.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/content_hash.hpp"
#include "models/support/error.hpp"
#include "models/support/mapped_file.hpp"
#include "models/support/parallel.hpp"

namespace tram::train {
namespace {

namespace fs = std::filesystem;

// Raised whenever the pixels or the file's format change.
constexpr uint32_t format_version = 1;
constexpr size_t hash_size = 32;

struct Entry {
  uint32_t height = 0, width = 0, label = 0, reserved = 0;
  char hash[hash_size] = {};

  uint64_t pixel_bytes() const { return uint64_t{3} * height * width; }
};
static_assert(sizeof(Entry) == 48);

struct Trailer {
  char magic[8] = {'T', 'R', 'A', 'M', 'I', 'M', 'G', '\n'};
  uint32_t version = format_version, count = 0;
  char hash[hash_size] = {};  ///< of the table
};
static_assert(sizeof(Trailer) == 48);

std::string hash_of(const void* bytes, size_t size) {
  return content_hash({static_cast<const char*>(bytes), size});
}

void set_hash(char (&to)[hash_size], const void* bytes, size_t size) {
  const std::string hash = hash_of(bytes, size);
  std::memcpy(to, hash.data(), hash_size);
}

bool has_hash(const char (&expected)[hash_size], const void* bytes, size_t size) {
  return hash_of(bytes, size) == std::string_view(expected, hash_size);
}

/// The table at the end of a file; nothing when the file is damaged.
std::optional<std::vector<Entry>> read_table(std::span<const uint8_t> bytes) {
  Trailer trailer;
  if (bytes.size() < sizeof(Trailer)) return std::nullopt;
  bytes = bytes.first(bytes.size() - sizeof(Trailer));
  std::memcpy(&trailer, bytes.data() + bytes.size(), sizeof(Trailer));
  const Trailer expected;
  if (std::memcmp(trailer.magic, expected.magic, sizeof(trailer.magic)) != 0) return std::nullopt;
  if (trailer.version != format_version || trailer.count > bytes.size() / sizeof(Entry)) return std::nullopt;
  const auto table = bytes.last(trailer.count * sizeof(Entry));
  if (!has_hash(trailer.hash, table.data(), table.size())) return std::nullopt;
  std::vector<Entry> entries(trailer.count);
  std::memcpy(entries.data(), table.data(), table.size());
  uint64_t size = table.size();
  for (const Entry& entry : entries) size += entry.pixel_bytes();
  if (size != bytes.size()) return std::nullopt;
  return entries;
}

/// Fills set with the images of a file; false when the file is absent or damaged.
bool read_cache(const fs::path& path, const PixelCache& cache, PixelImages& set) {
  std::error_code error;
  if (!fs::exists(path, error)) return false;
  const auto file = std::make_shared<const MappedFile>(path);
  const auto table = read_table(file->bytes());
  if (!table) return false;
  const uint8_t* pixels = file->bytes().data();
  for (const Entry& entry : *table) {
    set.images.push_back({pixels, static_cast<int>(entry.height), static_cast<int>(entry.width)});
    set.labels.push_back(static_cast<int>(entry.label));
    pixels += entry.pixel_bytes();
  }
  std::atomic<bool> whole = true;
  parallel_for(set.count(), cache.threads, [&](int64_t i) {
    const Entry& entry = (*table)[static_cast<size_t>(i)];
    if (!has_hash(entry.hash, set.images[static_cast<size_t>(i)].pixels, entry.pixel_bytes())) whole = false;
  });
  if (!whole) set.images.clear(), set.labels.clear();
  set.memory = file;
  return whole;
}

/// Decodes a part's images, as many at a time as memory should hold, and appends pixels and entries.
void write_part(const DatasetPart& part, int threads, std::ostream& out, std::vector<Entry>& table) {
  constexpr int at_a_time = 256;
  const FeatureShape shape = part.dataset->shape();
  std::vector<std::vector<uint8_t>> pixels(at_a_time);
  for (int first = 0; first < part.count; first += at_a_time) {
    const int count = std::min(at_a_time, part.count - first);
    parallel_for(count, threads, [&](int64_t i) {
      pixels[static_cast<size_t>(i)] = part.dataset->pixels(first + static_cast<int>(i));
    });
    for (int i = 0; i < count; ++i) {
      const std::vector<uint8_t>& image = pixels[static_cast<size_t>(i)];
      out.write(reinterpret_cast<const char*>(image.data()), static_cast<std::streamsize>(image.size()));
      table.push_back({static_cast<uint32_t>(shape.height), static_cast<uint32_t>(shape.width),
                       static_cast<uint32_t>(part.dataset->label(first + i)), 0, {}});
      set_hash(table.back().hash, image.data(), image.size());
    }
  }
}

void write_cache(const fs::path& path, const std::vector<DatasetPart>& parts, int threads) {
  std::error_code ignored;  // told by AtomicFile
  fs::create_directories(path.parent_path(), ignored);
  AtomicFile file(path);
  std::vector<Entry> table;
  for (const DatasetPart& part : parts) write_part(part, threads, file.stream(), table);
  const size_t table_bytes = table.size() * sizeof(Entry);
  Trailer trailer;
  trailer.count = static_cast<uint32_t>(table.size());
  set_hash(trailer.hash, table.data(), table_bytes);
  file.stream().write(reinterpret_cast<const char*>(table.data()), static_cast<std::streamsize>(table_bytes));
  file.stream().write(reinterpret_cast<const char*>(&trailer), sizeof(Trailer));
  file.commit();
}

fs::path cache_file(const std::vector<DatasetPart>& parts, const PixelCache& cache) {
  ArchiveWriter content;
  content.put(format_version);
  for (const DatasetPart& part : parts) {
    content.put(part.count);
    content.put(part.dataset->content_key(part.count));
    for (int i = 0; i < part.count; ++i) content.put(part.dataset->label(i));
  }
  return cache.folder / fmt::format("images-{}.bin", content_hash(content.bytes()));
}

}  // namespace

PixelImages cached_images(const std::vector<DatasetPart>& parts, const PixelCache& cache) {
  for (const auto& [dataset, count] : parts)
    if (count > dataset->count())
      throw InputError(dataset->name(), fmt::format("has {} images; {} are asked for", dataset->count(), count));
  const Dataset& first = *parts.front().dataset;
  PixelImages set{first.name(), first.shape(), first.normalisation(), {}, {}, {}};
  const fs::path path = cache_file(parts, cache);
  if (read_cache(path, cache, set)) return set;
  write_cache(path, parts, cache.threads);
  if (!read_cache(path, cache, set))
    throw RunError(fmt::format("{}: was just written and is damaged; the disk or its memory may be faulty",
                               path.string()));
  return set;
}

}  // namespace tram::train
