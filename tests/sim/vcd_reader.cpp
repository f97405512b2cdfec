#include "vcd_reader.hpp"

#include <fmt/format.h>

#include <sstream>
#include <stdexcept>

namespace tram::test {
namespace {

class Reader {
 public:
  explicit Reader(const std::string& text) : in_(text) {}

  Vcd run() {
    while (keyword() != "$enddefinitions") definition();
    expect("$end");
    for (std::string token; in_ >> token;) change(token);
    return std::move(vcd_);
  }

 private:
  [[noreturn]] static void fail(const std::string& what) { throw std::runtime_error("VCD: " + what); }

  std::string next() {
    std::string token;
    if (!(in_ >> token)) fail("the file ends too early");
    return token;
  }
  void expect(const std::string& token) {
    if (const std::string found = next(); found != token) fail("'" + found + "' where '" + token + "' is due");
  }
  const std::string& keyword() { return keyword_ = next(); }

  std::string until_end() {
    std::string text;
    for (std::string token = next(); token != "$end"; token = next()) text += (text.empty() ? "" : " ") + token;
    return text;
  }

  void definition() {
    if (keyword_ == "$version") {
      until_end();
    } else if (keyword_ == "$timescale") {
      vcd_.timescale = until_end();
    } else if (keyword_ == "$scope") {
      expect("module");
      scope_.push_back(next());
      expect("$end");
    } else if (keyword_ == "$upscope") {
      if (scope_.empty()) fail("$upscope without a scope");
      scope_.pop_back();
      expect("$end");
    } else if (keyword_ == "$var") {
      variable();
    } else {
      fail("unknown keyword " + keyword_);
    }
  }

  void variable() {
    expect("wire");
    const int width = std::stoi(next());
    const std::string code = next();
    std::string path;
    for (const std::string& part : scope_) path += part + ".";
    path += next();
    if (width > 1) expect(fmt::format("[{}:0]", width - 1));
    expect("$end");
    if (!codes_.emplace(code, path).second) fail("identifier " + code + " is used twice");
    if (!vcd_.signals.emplace(path, Vcd::Signal{width, {}}).second) fail(path + " is declared twice");
  }

  void change(const std::string& token) {
    if (token[0] == '#') {
      const uint64_t time = std::stoull(token.substr(1));
      if (!vcd_.times.empty() && time <= vcd_.times.back()) fail("time goes back to " + token);
      vcd_.times.push_back(time);
    } else if (token == "$dumpvars" || token == "$end") {
      if (vcd_.times.size() != 1) fail(token + " out of place");
    } else if (token[0] == 'b') {
      set(next(), token.substr(1), true);
    } else {
      set(token.substr(1), token.substr(0, 1), false);
    }
  }

  void set(const std::string& code, const std::string& digits, bool vector) {
    if (!codes_.contains(code)) fail("unknown identifier " + code);
    Vcd::Signal& signal = vcd_.signals.at(codes_.at(code));
    if (digits.empty() || digits.find_first_not_of("01x") != std::string::npos) fail("value " + digits);
    if (vector != (signal.width > 1) || digits.size() > static_cast<size_t>(signal.width)) fail("width of " + code);
    signal.changes.emplace_back(vcd_.times.back(), digits);
  }

  std::istringstream in_;
  std::string keyword_;
  std::vector<std::string> scope_;
  std::map<std::string, std::string> codes_;
  Vcd vcd_;
};

}  // namespace

int64_t Vcd::Signal::at(uint64_t time) const {
  std::string digits = "x";
  for (const auto& [when, value] : changes)
    if (when <= time) digits = value;
  return digits == "x" ? -1 : static_cast<int64_t>(std::stoull(digits, nullptr, 2));
}

Vcd read_vcd(const std::string& text) { return Reader(text).run(); }

}  // namespace tram::test
