#include "models/multiplier/structure/json_with_lines.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "models/support/error.hpp"

namespace tram {
namespace {

/// Characters of a text, counting the lines of what has been read.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, long* line) : at_(at), line_(line) {}
  const char& operator*() const { return *at_; }
  CountingIterator& operator++() {
    *line_ += *at_ == '\n';
    ++at_;
    return *this;
  }
  CountingIterator operator++(int) {
    const CountingIterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  long* line_;
};

/// Builds the tree from the parser's events.
class TreeBuilder : public nlohmann::json_sax<nlohmann::json> {
 public:
  TreeBuilder(const std::string& file, const long& line, int depth) : file_(file), line_(line), depth_(depth) {}

  JsonValue root;

  bool null() override { return put(nullptr); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(int64_t value) override { return put(value); }
  bool number_unsigned(uint64_t value) override {
    if (value > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) return put(static_cast<double>(value));
    return put(static_cast<int64_t>(value));
  }
  bool number_float(double value, const std::string&) override { return put(value); }
  bool string(std::string& value) override { return put(std::move(value)); }
  bool binary(nlohmann::json::binary_t&) override { return false; }
  bool start_object(size_t) override { return open(JsonValue::Object()); }
  bool start_array(size_t) override { return open(JsonValue::Array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(std::string& name) override {
    auto& object = std::get<JsonValue::Object>(open_.back()->value);
    for (const auto& member : object)
      if (member.first == name)
        throw InputError(file_, line_, fmt::format("field '{}' stands there twice; once is expected", printable(name)));
    if (object.size() >= max_fields)
      throw InputError(file_, line_, fmt::format("more than {} fields in an object; fewer are expected", max_fields));
    object.emplace_back(std::move(name), JsonValue{line_, nullptr});
    return true;
  }

  bool parse_error(size_t, const std::string&, const nlohmann::detail::exception& error) override {
    std::string what = error.what();
    const size_t text = what.find(": ");  // after "[json.exception...] parse error at line 1, column 2"
    if (text != std::string::npos) what = what.substr(text + 2);
    std::replace_if(
        what.begin(), what.end(), [](unsigned char c) { return c < 32 || c > 126; }, '?');
    throw InputError(file_, line_, what.substr(0, 200) + "; JSON is expected");
  }

 private:
  static constexpr size_t max_fields = 100;

  JsonValue& place() {
    if (open_.empty()) return root;
    if (auto* object = std::get_if<JsonValue::Object>(&open_.back()->value)) return object->back().second;
    return std::get<JsonValue::Array>(open_.back()->value).emplace_back();
  }

  template <class Value>
  bool put(Value value) {
    place() = JsonValue{line_, std::move(value)};
    return true;
  }

  template <class Container>
  bool open(Container container) {
    if (static_cast<int>(open_.size()) >= depth_)
      throw InputError(file_, line_, fmt::format("nested deeper than {} levels; fewer are expected", depth_));
    JsonValue& value = place();
    value = JsonValue{line_, std::move(container)};
    open_.push_back(&value);  // stays where it is while open: only the innermost array grows
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  const std::string& file_;
  const long& line_;
  int depth_;
  std::vector<JsonValue*> open_;
};

}  // namespace

const char* JsonValue::kind() const {
  static constexpr const char* names[] = {"null",     "true or false", "a whole number", "a number",
                                          "a string", "an array",      "an object"};
  return names[value.index()];
}

JsonValue parse_json_with_lines(const std::string& text, const std::string& file, const JsonLimits& limits) {
  if (text.size() > limits.bytes)
    throw InputError(file, fmt::format("{} bytes; at most {} are expected", text.size(), limits.bytes));
  long line = 1;
  TreeBuilder builder(file, line, limits.depth);
  nlohmann::json::sax_parse(CountingIterator(text.data(), &line), CountingIterator(text.data() + text.size(), &line),
                            &builder);
  return std::move(builder.root);
}

std::string printable(const std::string& text) {
  const std::string quoted = nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
  const std::string inner = quoted.substr(1, quoted.size() - 2);
  return inner.size() > 60 ? inner.substr(0, 57) + "..." : inner;
}

}  // namespace tram
