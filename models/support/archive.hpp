#pragma once
#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "models/support/fields.hpp"

namespace tram {

template <class T>
concept Scalar = std::is_arithmetic_v<T> || std::is_enum_v<T>;

/// Structures as bytes, field by field in their order: scalars and their arrays as in memory, strings and vectors after their length
/// (64 bits), variants after the index of their alternative (32 bits). For files that only the machine that wrote them
/// reads, and for hashes.
class ArchiveWriter {
 public:
  template <Scalar T>
  void put(const T& value) {
    append(&value, sizeof(T));
  }
  void put(const std::string& text) {
    put(uint64_t{text.size()});
    append(text.data(), text.size());
  }
  template <class T>
  void put(const std::vector<T>& values) {
    put(uint64_t{values.size()});
    if constexpr (Scalar<T>) append(values.data(), values.size() * sizeof(T));
    else
      for (const T& value : values) put(value);
  }
  template <Scalar T, size_t N>
  void put(const std::array<T, N>& values) {
    append(values.data(), sizeof(values));
  }
  template <class... T>
  void put(const std::variant<T...>& value) {
    put(static_cast<uint32_t>(value.index()));
    std::visit([&](const auto& alternative) { put(alternative); }, value);
  }
  template <class T>
  requires std::is_aggregate_v<T>
  void put(const T& object) {
    std::apply([&](const auto&... field) { (put(field), ...); }, fields(object));
  }

  const std::string& bytes() const { return bytes_; }

 private:
  void append(const void* data, size_t size) {
    if (size > 0) bytes_.append(static_cast<const char*>(data), size);
  }
  std::string bytes_;
};

/// Reads what ArchiveWriter wrote. After bytes that cannot be that, ok() is false and values are unspecified; nothing
/// larger than the bytes given is allocated.
class ArchiveReader {
 public:
  explicit ArchiveReader(std::string_view bytes) : left_(bytes) {}

  template <Scalar T>
  void get(T& value) {
    take(&value, sizeof(T));
  }
  void get(bool& value) {
    uint8_t byte = 0;
    get(byte);
    ok_ = ok_ && byte <= 1;
    value = byte == 1;
  }
  void get(std::string& text) {
    text.resize(length(1));
    take(text.data(), text.size());
  }
  template <class T>
  void get(std::vector<T>& values) {
    if constexpr (Scalar<T>) {
      values.resize(length(sizeof(T)));
      take(values.data(), values.size() * sizeof(T));
    } else {
      values.clear();
      for (uint64_t count = length(1); count > 0 && ok_; --count) get(values.emplace_back());
    }
  }
  template <Scalar T, size_t N>
  void get(std::array<T, N>& values) {
    take(values.data(), sizeof(values));
  }
  template <class... T>
  void get(std::variant<T...>& value) {
    uint32_t index = 0;
    get(index);
    size_t candidate = 0;
    ok_ = ok_ && index < sizeof...(T);
    ((candidate++ == index && ok_ ? get(value.template emplace<T>()) : void()), ...);
  }
  template <class T>
  requires std::is_aggregate_v<T>
  void get(T& object) {
    std::apply([&](auto&... field) { (get(field), ...); }, fields(object));
  }

  bool ok() const { return ok_; }
  bool at_end() const { return left_.empty(); }

 private:
  void take(void* data, size_t size) {
    ok_ = ok_ && size <= left_.size();
    if (!ok_ || size == 0) return;
    std::memcpy(data, left_.data(), size);
    left_.remove_prefix(size);
  }
  /// Number of elements that follow, of at least `size` bytes each; 0 where so many cannot follow.
  uint64_t length(size_t size) {
    uint64_t count = 0;
    get(count);
    ok_ = ok_ && count <= left_.size() / size;
    return ok_ ? count : 0;
  }

  std::string_view left_;
  bool ok_ = true;
};

}  // namespace tram
