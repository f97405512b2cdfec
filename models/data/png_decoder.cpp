#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstring>

#include "models/data/image_file.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

/// State of libpng's callbacks: the bytes still to be read and the last message.
struct Source {
  const char* data;
  size_t size;
  char message[200];
};

void read_bytes(png_structp png, png_bytep to, size_t count) {
  auto* source = static_cast<Source*>(png_get_io_ptr(png));
  if (count > source->size) png_error(png, "data ends early");
  std::memcpy(to, source->data, count);
  source->data += count;
  source->size -= count;
}

[[noreturn]] void leave(png_structp png, png_const_charp message) {
  auto* source = static_cast<Source*>(png_get_error_ptr(png));
  std::strncpy(source->message, message, sizeof source->message - 1);
  png_longjmp(png, 1);
}

void ignore_warning(png_structp, png_const_charp) {}

/// The steps of decoding, each with a way back on error; holds no C++ object, so that longjmp is allowed.
class Decoder {
 public:
  explicit Decoder(const std::string& bytes) : source_{bytes.data(), bytes.size(), "out of memory"} {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, &source_, leave, ignore_warning);
    if (png_ != nullptr) info_ = png_create_info_struct(png_);
  }
  ~Decoder() { png_destroy_read_struct(&png_, &info_, nullptr); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  bool read_header() {
    if (info_ == nullptr || setjmp(png_jmpbuf(png_)) != 0) return false;
    png_set_read_fn(png_, &source_, read_bytes);
    png_read_info(png_, info_);
    return true;
  }

  /// Starts decoding to 8-bit RGB; no gamma or colour profile is applied.
  bool start() {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    png_set_strip_16(png_);
    png_set_palette_to_rgb(png_);
    png_set_expand_gray_1_2_4_to_8(png_);
    png_set_gray_to_rgb(png_);
    png_set_strip_alpha(png_);
    png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    return true;
  }

  bool read_rows(unsigned char** rows) {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    png_read_image(png_, rows);
    png_read_end(png_, nullptr);
    return true;
  }

  size_t width() const { return png_get_image_width(png_, info_); }
  size_t height() const { return png_get_image_height(png_, info_); }
  bool is_deep_grey() const {
    return png_get_bit_depth(png_, info_) == 16 && png_get_color_type(png_, info_) == PNG_COLOR_TYPE_GRAY;
  }
  size_t row_bytes() const { return png_get_rowbytes(png_, info_); }
  const char* message() const { return source_.message; }

 private:
  Source source_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

}  // namespace

RgbImage decode_png(const std::string& name, const std::string& bytes) {
  Decoder decoder(bytes);
  const auto fail = [&](const std::string& why) {
    throw InputError(name, fmt::format("broken PNG: {}; a whole PNG file is expected", why));
  };
  if (!decoder.read_header()) fail(decoder.message());
  check_image_size(name, decoder.width(), decoder.height());
  if (decoder.is_deep_grey())
    throw InputError(name, "grey of 16 bits, of which Pillow makes white above 255; 8 bits or colour are expected");
  if (!decoder.start()) fail(decoder.message());
  if (decoder.row_bytes() != decoder.width() * 3) fail(fmt::format("{} bytes a row", decoder.row_bytes()));
  RgbImage image{static_cast<int>(decoder.width()), static_cast<int>(decoder.height()), {}};
  image.pixels.resize(decoder.row_bytes() * decoder.height());
  std::vector<unsigned char*> rows(decoder.height());
  for (size_t row = 0; row < rows.size(); ++row) rows[row] = image.pixels.data() + row * decoder.row_bytes();
  if (!decoder.read_rows(rows.data())) fail(decoder.message());
  return image;
}

}  // namespace tram
