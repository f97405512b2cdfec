#include "models/data/image_file.hpp"

#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"

namespace tram {

void check_image_size(const std::string& name, uint64_t width, uint64_t height) {
  constexpr uint64_t largest_side = 32768, max_pixels = uint64_t{1} << 27;
  if (width < 1 || height < 1 || width > largest_side || height > largest_side || width * height > max_pixels)
    throw InputError(name, fmt::format("an image of {} x {} pixels; 1 .. {} a side and at most {} in all are expected",
                                       width, height, largest_side, max_pixels));
}

RgbImage decode_image(const std::string& name, const std::string& bytes) {
  if (bytes.starts_with("\xFF\xD8\xFF")) return decode_jpeg(name, bytes);
  if (bytes.starts_with("\x89PNG\r\n\x1A\n")) return decode_png(name, bytes);
  throw InputError(name, "neither a JPEG nor a PNG file; one of them is expected");
}

RgbImage read_image(const std::filesystem::path& path) { return decode_image(path.string(), read_file(path)); }

}  // namespace tram
