#include "models/cells/liberty/liberty_file.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

constexpr size_t max_text = size_t{1} << 30;

constexpr std::string_view gzip_magic = "\x1f\x8b";

// First bytes of files that users may take for Liberty files.
constexpr std::pair<std::string_view, const char*> other_formats[] = {{"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"},
                                                                      {"\xfd"
                                                                       "7zXZ",
                                                                       "compressed by xz"},
                                                                      {"BZh", "compressed by bzip2"},
                                                                      {"\x28\xb5\x2f\xfd", "compressed by zstd"},
                                                                      {"PK\x03\x04", "a ZIP archive"}};

/// Undoes gzip, also of several parts one after the other.
class Gunzip {
 public:
  explicit Gunzip(const std::string& file) : file_(file) {
    if (inflateInit2(&stream_, 16 + MAX_WBITS) != Z_OK) throw RunError("zlib cannot be started");
  }
  ~Gunzip() { inflateEnd(&stream_); }
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;

  std::string text(std::string& data) {
    stream_.next_in = reinterpret_cast<Bytef*>(data.data());
    stream_.avail_in = static_cast<uInt>(data.size());
    std::string text;
    int status = Z_OK;
    while (status != Z_STREAM_END || has_another_part()) status = inflate_more(text);
    return text;
  }

 private:
  // Whether another compressed part follows; other trailing bytes, such as padding, are not read.
  bool has_another_part() {
    const std::string_view rest(reinterpret_cast<const char*>(stream_.next_in), stream_.avail_in);
    return rest.starts_with(gzip_magic) && inflateReset(&stream_) == Z_OK;
  }

  int inflate_more(std::string& text) {
    constexpr size_t step = size_t{1} << 20;
    const size_t before = text.size();
    if (before >= max_text) throw InputError(file_, "more than 1 GiB of text when decompressed; expected less");
    text.resize(before + step);
    stream_.next_out = reinterpret_cast<Bytef*>(text.data() + before);
    stream_.avail_out = static_cast<uInt>(step);
    const int status = inflate(&stream_, Z_NO_FLUSH);
    text.resize(before + step - stream_.avail_out);
    if (status == Z_OK || status == Z_STREAM_END) return status;
    throw InputError(file_, status == Z_BUF_ERROR ? "gzip data that ends too early; expected a whole file"
                                                  : "damaged gzip data; expected a whole file");
  }

  const std::string& file_;
  z_stream stream_{};
};

}  // namespace

std::string read_liberty_text(const std::filesystem::path& path) {
  std::error_code ignored;
  const auto size = std::filesystem::file_size(path, ignored);
  if (!ignored && size > max_text) throw InputError(path.string(), "more than 1 GiB; expected a smaller Liberty file");
  std::string text = read_file(path);
  for (const auto& [magic, what] : other_formats) {
    if (!text.starts_with(magic)) continue;
    throw InputError(path.string(), fmt::format("{}; expected Liberty text or gzip", what));
  }
  if (!text.starts_with(gzip_magic)) return text;
  const std::string file = path.string();
  return Gunzip(file).text(text);
}

}  // namespace tram
