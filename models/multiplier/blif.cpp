#include "models/multiplier/blif.hpp"

#include <fmt/ranges.h>

#include <set>
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

/// Lines of the specification, and of Yosys, that hold no logic.
bool holds_no_logic(const std::string& directive) {
  static const std::set<std::string> names = {".area",
                                              ".delay",
                                              ".wire_load_slope",
                                              ".wire",
                                              ".input_arrival",
                                              ".default_input_arrival",
                                              ".output_required",
                                              ".default_output_required",
                                              ".input_required",
                                              ".default_input_required",
                                              ".input_drive",
                                              ".default_input_drive",
                                              ".output_load",
                                              ".default_output_load",
                                              ".max_input_load",
                                              ".default_max_input_load",
                                              ".attr",
                                              ".cname"};
  return names.contains(directive);
}

/// Reason for which a line is refused.
std::string refusal(const std::vector<std::string>& words) {
  const std::string& first = words[0];
  const std::string second = words.size() > 1 ? words[1] : "";
  if (first == ".latch" || first == ".mlatch")
    return fmt::format("a register ({} {}); a combinational multiplier is expected", first,
                       fmt::join(words.begin() + 1, words.end(), " "));
  if (first == ".clock" || first == ".clock_event" || first == ".start_kiss")
    return fmt::format("'{}' of a circuit with registers; a combinational multiplier is expected", first);
  if (first == ".gate")
    return fmt::format(
        "'.gate {0}' is a cell of a library, whose function is not in the file; .names are expected (in ABC, "
        "read_library the library, read_blif, strash and write_blif)",
        second);
  if (first == ".search") return fmt::format("'.search {}' reads another file; one file is expected", second);
  return fmt::format("'{}'; .model, .inputs, .outputs, .names, .subckt or .end is expected", first);
}

class Parser {
 public:
  Parser(const std::string& text, const std::string& file) : lines_(text), file_(file) {}

  std::vector<BlifModel> parse() {
    for (std::vector<std::string> words; lines_.next(words);) {
      if (words[0][0] == '.') directive(words);
      else if (state_ == State::cover) add_cube(models_.back().covers.back(), words, file_, lines_.line());
      else if (state_ != State::passed_over)
        fail(fmt::format("'{}' outside a .names; a directive is expected", words[0]));
    }
    if (models_.empty()) throw InputError(file_, 1, "no .model; a BLIF netlist is expected");
    if (!ended_) fail("no .end; the file is cut short");
    for (BlifModel& model : models_) model.is_signed = lines_.says_signed();
    return std::move(models_);
  }

 private:
  enum class State { none, cover, passed_over };  ///< what rows of a cover that come next belong to

  [[noreturn]] void fail(const std::string& what) const { throw InputError(file_, lines_.line(), what); }

  void directive(const std::vector<std::string>& words) {
    const std::string& first = words[0];
    const std::vector<std::string> rest(words.begin() + 1, words.end());
    if (first == ".model") return begin_model(rest);
    if (ended_)
      fail(models_.empty() ? fmt::format("'{}' before .model; .model is expected first", first)
                           : fmt::format("'{}' after .end; .model or nothing is expected", first));
    if (first == ".end") {
      ended_ = true;
      state_ = State::none;
    } else if (first == ".exdc" || is_external_) {
      is_external_ = true;
      state_ = State::passed_over;
    } else if (holds_no_logic(first)) {
      state_ = State::passed_over;
    } else {
      state_ = State::none;
      add(first, rest, words);
    }
  }

  void begin_model(const std::vector<std::string>& rest) {
    if (!ended_) fail("a .model before the .end of the last; .end is expected");
    models_.emplace_back();
    models_.back().name = rest.empty() ? "multiplier" : rest[0];
    models_.back().line = lines_.line();
    ended_ = is_external_ = false;
    state_ = State::none;
  }

  void add(const std::string& first, const std::vector<std::string>& rest, const std::vector<std::string>& words) {
    BlifModel& model = models_.back();
    if (first == ".inputs") {
      model.inputs.insert(model.inputs.end(), rest.begin(), rest.end());
      model.inputs_line = lines_.line();
    } else if (first == ".outputs") {
      model.outputs.insert(model.outputs.end(), rest.begin(), rest.end());
      model.outputs_line = lines_.line();
    } else if (first == ".names") {
      if (rest.empty()) fail(".names without an output");
      add_cover({rest.begin(), rest.end() - 1}, rest.back());
    } else if (first == ".conn" && rest.size() == 2) {
      add_cover({rest[0]}, rest[1]);
      model.covers.back().cubes = {"1"};
    } else if (first == ".subckt") {
      add_instance(rest);
    } else if (first == ".blackbox") {
      model.is_black_box = true;
    } else {
      fail(refusal(words));
    }
  }

  void add_cover(std::vector<std::string> inputs, const std::string& output) {
    models_.back().covers.push_back({std::move(inputs), output, {}, true, lines_.line()});
    state_ = State::cover;
  }

  void add_instance(const std::vector<std::string>& rest) {
    if (rest.empty()) fail(".subckt without a model");
    BlifInstance instance{rest[0], {}, models_.back().covers.size(), lines_.line()};
    for (size_t i = 1; i < rest.size(); ++i) {
      const size_t equals = rest[i].find('=');
      if (equals == std::string::npos || equals == 0 || equals + 1 == rest[i].size())
        fail(fmt::format("'{}' in a .subckt; PORT=NET is expected", rest[i]));
      instance.connections.emplace_back(rest[i].substr(0, equals), rest[i].substr(equals + 1));
    }
    models_.back().instances.push_back(std::move(instance));
  }

  BlifLines lines_;
  const std::string& file_;
  std::vector<BlifModel> models_;
  State state_ = State::none;
  bool ended_ = true, is_external_ = false;
};

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

std::vector<BlifModel> parse_blif_models(const std::string& text, const std::string& file) {
  return Parser(text, file).parse();
}

}  // namespace tram
