#include "models/multiplier/blif.hpp"

#include <sstream>

#include "models/support/error.hpp"

namespace tram {
namespace {

/// The words of one logical line (continued by `\`), without comments.
class BlifLines {
 public:
  explicit BlifLines(const std::string& text) : in_(text) {}

  bool next(std::vector<std::string>& words) {
    words.clear();
    bool continued = true;
    std::string line;
    while (continued && std::getline(in_, line)) {
      ++number_;
      if (words.empty()) line_ = number_;
      says_signed_ = says_signed_ || (line.starts_with("# Multiplier ") && line.ends_with(", signed"));
      line = line.substr(0, line.find('#'));
      const size_t end = line.find_last_not_of(" \t\r");
      continued = end != std::string::npos && line[end] == '\\';
      if (continued) line.resize(end);
      std::istringstream split(line);
      for (std::string word; split >> word;) words.push_back(word);
      if (words.empty()) continued = true;
    }
    return !words.empty();
  }

  long line() const { return line_; }
  bool says_signed() const { return says_signed_; }

 private:
  std::istringstream in_;
  long number_ = 0, line_ = 0;
  bool says_signed_ = false;
};

void add_cube(BlifCover& cover, const std::vector<std::string>& words, const std::string& file, long line) {
  const std::string cube = cover.inputs.empty() ? "" : words[0];
  const std::string& value = words.back();
  const bool good = words.size() == (cover.inputs.empty() ? 1u : 2u) && (value == "0" || value == "1") &&
                    cube.size() == cover.inputs.size() && cube.find_first_not_of("01-") == std::string::npos;
  if (!good)
    throw InputError(file, line,
                     fmt::format("bad cover row '{}' for '{}'; {} of 0, 1, - and a value 0 or 1 are expected", words[0],
                                 cover.output, cover.inputs.size()));
  const bool on = value == "1";
  if (!cover.cubes.empty() && on != cover.on_set)
    throw InputError(file, line, fmt::format("the cover of '{}' mixes values 0 and 1", cover.output));
  cover.on_set = on;
  cover.cubes.push_back(cube);
}

}  // namespace

unsigned BlifCover::truth_table() const {
  unsigned table = 0;
  for (unsigned m = 0; m < 1u << inputs.size(); ++m) {
    bool any = false;
    for (const std::string& cube : cubes) {
      bool all = true;
      for (size_t i = 0; i < cube.size(); ++i) all = all && (cube[i] == '-' || (cube[i] == '1') == ((m >> i & 1) != 0));
      any = any || all;
    }
    table |= unsigned(any == on_set) << m;
  }
  return table;
}

BlifModel parse_blif_model(const std::string& text, const std::string& file) {
  BlifModel model;
  BlifLines lines(text);
  bool in_cover = false, has_model = false, ended = false;
  for (std::vector<std::string> words; !ended && lines.next(words);) {
    const std::string& first = words[0];
    if (first[0] != '.') {
      if (!in_cover)
        throw InputError(file, lines.line(), fmt::format("'{}' outside a .names; a directive is expected", first));
      add_cube(model.covers.back(), words, file, lines.line());
      continue;
    }
    in_cover = first == ".names";
    const std::vector<std::string> rest(words.begin() + 1, words.end());
    if (first == ".model") {
      if (has_model) throw InputError(file, lines.line(), "a second .model; one is expected");
      has_model = true;
      model.name = rest.empty() ? "multiplier" : rest[0];
    } else if (first == ".inputs") {
      model.inputs.insert(model.inputs.end(), rest.begin(), rest.end());
      model.inputs_line = lines.line();
    } else if (first == ".outputs") {
      model.outputs.insert(model.outputs.end(), rest.begin(), rest.end());
      model.outputs_line = lines.line();
    } else if (in_cover) {
      if (rest.empty()) throw InputError(file, lines.line(), ".names without an output");
      model.covers.push_back({{rest.begin(), rest.end() - 1}, rest.back(), {}, true, lines.line()});
    } else if (first == ".end") {
      ended = true;
    } else {
      throw InputError(file, lines.line(),
                       fmt::format("'{}'; .model, .inputs, .outputs, .names or .end is expected", first));
    }
  }
  if (!has_model) throw InputError(file, 1, "no .model; a BLIF netlist is expected");
  if (!ended) throw InputError(file, lines.line(), "no .end; the file is cut short");
  model.is_signed = lines.says_signed();
  return model;
}

}  // namespace tram
