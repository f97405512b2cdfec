#include <csetjmp>
#include <cstdio>

// libjpeg's header needs <cstdio> before it.
#include <jerror.h>
#include <jpeglib.h>

#include "models/data/image_file.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

/// libjpeg's error manager with a way back: it must not return from error_exit.
struct ErrorManager {
  jpeg_error_mgr base;  // first, so that a pointer to it is one to this
  std::jmp_buf back;
  char message[JMSG_LENGTH_MAX];
};

void leave(j_common_ptr jpeg) {
  auto* errors = reinterpret_cast<ErrorManager*>(jpeg->err);
  jpeg->err->format_message(jpeg, errors->message);
  std::longjmp(errors->back, 1);
}

/// libjpeg goes on with grey where data is missing or spoilt; that is an error here. Other warnings are harmless.
void warn(j_common_ptr jpeg, int level) {
  if (level >= 0) return;
  const int code = jpeg->err->msg_code;
  if (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE) leave(jpeg);
}

/// The steps of decoding, each with a way back on error; holds no C++ object, so that longjmp is allowed.
class Decoder {
 public:
  Decoder() {
    jpeg_.err = jpeg_std_error(&errors_.base);
    errors_.base.error_exit = leave;
    errors_.base.emit_message = warn;
    errors_.message[0] = '\0';
  }
  ~Decoder() { jpeg_destroy_decompress(&jpeg_); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  bool read_header(const unsigned char* data, unsigned long size) {
    if (setjmp(errors_.back) != 0) return false;
    jpeg_create_decompress(&jpeg_);
    jpeg_mem_src(&jpeg_, data, size);
    jpeg_read_header(&jpeg_, TRUE);
    return true;
  }

  bool start() {
    if (setjmp(errors_.back) != 0) return false;
    const bool inks = jpeg_.jpeg_color_space == JCS_CMYK || jpeg_.jpeg_color_space == JCS_YCCK;
    jpeg_.out_color_space = inks ? JCS_CMYK : jpeg_.num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_start_decompress(&jpeg_);
    return true;
  }

  bool read_rows(unsigned char* to) {
    if (setjmp(errors_.back) != 0) return false;
    while (jpeg_.output_scanline < jpeg_.output_height) {
      JSAMPROW row = to + size_t{jpeg_.output_scanline} * jpeg_.output_width * size_t(jpeg_.output_components);
      jpeg_read_scanlines(&jpeg_, &row, 1);
    }
    jpeg_finish_decompress(&jpeg_);
    return true;
  }

  const jpeg_decompress_struct& jpeg() const { return jpeg_; }
  const char* message() const { return errors_.message; }

 private:
  jpeg_decompress_struct jpeg_{};
  ErrorManager errors_{};
};

/// a b / 255, rounded, as Pillow does it.
int product_of_bytes(int a, int b) {
  const int t = a * b + 128;
  return ((t >> 8) + t) >> 8;
}

std::vector<uint8_t> grey_to_rgb(const std::vector<uint8_t>& grey) {
  std::vector<uint8_t> rgb;
  rgb.reserve(grey.size() * 3);
  for (const uint8_t value : grey) rgb.insert(rgb.end(), 3, value);
  return rgb;
}

/// The samples are 255 - ink, as Adobe's programs write them; Pillow reads files without Adobe's marker so too.
std::vector<uint8_t> cmyk_to_rgb(const std::vector<uint8_t>& cmyk) {
  std::vector<uint8_t> rgb;
  rgb.reserve(cmyk.size() / 4 * 3);
  const auto ink = [&](size_t i) { return 255 - cmyk[i]; };
  for (size_t i = 0; i + 3 < cmyk.size(); i += 4)
    for (size_t c = 0; c < 3; ++c) {
      const int white = 255 - ink(i + 3);
      rgb.push_back(static_cast<uint8_t>(white - product_of_bytes(ink(i + c), white)));
    }
  return rgb;
}

}  // namespace

RgbImage decode_jpeg(const std::string& name, const std::string& bytes) {
  Decoder decoder;
  const auto fail = [&] {
    throw InputError(name, fmt::format("broken JPEG: {}; a whole JPEG file is expected", decoder.message()));
  };
  if (!decoder.read_header(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size())) fail();
  check_image_size(name, decoder.jpeg().image_width, decoder.jpeg().image_height);
  if (!decoder.start()) fail();
  const jpeg_decompress_struct& jpeg = decoder.jpeg();
  RgbImage image{static_cast<int>(jpeg.output_width), static_cast<int>(jpeg.output_height), {}};
  std::vector<uint8_t> samples(size_t{jpeg.output_width} * jpeg.output_height * size_t(jpeg.output_components));
  if (!decoder.read_rows(samples.data())) fail();
  if (jpeg.output_components == 1) image.pixels = grey_to_rgb(samples);
  else if (jpeg.output_components == 4) image.pixels = cmyk_to_rgb(samples);
  else image.pixels = std::move(samples);
  return image;
}

}  // namespace tram
