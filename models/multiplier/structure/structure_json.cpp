#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "models/multiplier/structure/json_with_lines.hpp"
#include "models/multiplier/structure/reduction_tree.hpp"
#include "models/multiplier/structure/structure.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/nearest.hpp"

namespace tram {
namespace {

constexpr int schema_version = 1;
const std::vector<std::string> tree_names = {"full", "remaining"};
const std::vector<std::string> state_names = {"keep", "zero", "one"};
constexpr char dot_characters[] = ".01";  ///< by NetState

/// One object of the file: its fields, each read once; what nobody reads is unknown.
class Fields {
 public:
  Fields(const JsonValue& value, std::vector<std::string> known, const std::string& what, const std::string& file)
      : file_(file), what_(what), line_(value.line) {
    const auto* object = std::get_if<JsonValue::Object>(&value.value);
    if (!object) throw InputError(file, value.line, fmt::format("{} is {}; an object is expected", what, value.kind()));
    for (const auto& [name, member] : *object) {
      if (std::find(known.begin(), known.end(), name) == known.end())
        throw InputError(file, member.line,
                         fmt::format("unknown field '{}' in {}; one of {} is expected{}", printable(name), what,
                                     fmt::join(known, ", "), did_you_mean(name.substr(0, 60), known)));
      members_.emplace(name, &member);
    }
  }

  const JsonValue* find(const std::string& name) const {
    const auto found = members_.find(name);
    return found == members_.end() ? nullptr : found->second;
  }

  const JsonValue& require(const std::string& name) const {
    if (const JsonValue* value = find(name)) return *value;
    throw InputError(file_, line_, fmt::format("no field '{}' in {}; it is required", name, what_));
  }

  int integer(const std::string& name, int low, int high) const {
    return in_range(require(name), "'" + name + "'", low, high);
  }

  int in_range(const JsonValue& value, const std::string& what, int low, int high) const {
    const auto* number = std::get_if<int64_t>(&value.value);
    if (!number)
      throw InputError(file_, value.line,
                       fmt::format("{} is {}; a whole number, {} to {}, is expected", what, value.kind(), low, high));
    if (*number < low || *number > high)
      throw InputError(file_, value.line, fmt::format("{} is {}; {} to {} is expected", what, *number, low, high));
    return static_cast<int>(*number);
  }

  const std::string& string(const std::string& name) const {
    const JsonValue& value = require(name);
    if (const auto* text = std::get_if<std::string>(&value.value)) return *text;
    throw InputError(file_, value.line, fmt::format("'{}' is {}; a string is expected", name, value.kind()));
  }

  int choice(const std::string& name, const std::vector<std::string>& choices) const {
    const std::string& text = string(name);
    const auto found = std::find(choices.begin(), choices.end(), text);
    if (found != choices.end()) return static_cast<int>(found - choices.begin());
    throw InputError(
        file_, require(name).line,
        fmt::format("'{}' is '{}'; one of {} is expected", name, printable(text), fmt::join(choices, ", ")));
  }

  /// The elements; none when the field is absent.
  const JsonValue::Array& array(const std::string& name) const {
    static const JsonValue::Array none;
    const JsonValue* value = find(name);
    if (!value) return none;
    if (const auto* elements = std::get_if<JsonValue::Array>(&value->value)) return *elements;
    throw InputError(file_, value->line, fmt::format("'{}' is {}; an array is expected", name, value->kind()));
  }

 private:
  const std::string& file_;
  std::string what_;
  long line_;
  std::map<std::string, const JsonValue*> members_;
};

void read_partial_products(const Fields& fields, const std::string& file, MultiplierStructure& s) {
  s.partial_products.assign(s.a_bits * s.b_bits, NetState::keep);
  if (!fields.find("partial_products")) return;
  const JsonValue::Array& rows = fields.array("partial_products");
  if (rows.size() != static_cast<size_t>(s.a_bits))
    throw InputError(
        file, fields.find("partial_products")->line,
        fmt::format("{} rows of partial products; {}, one a bit of a, are expected", rows.size(), s.a_bits));
  for (int i = 0; i < s.a_bits; ++i) {
    const auto* text = std::get_if<std::string>(&rows[i].value);
    if (!text || text->size() != static_cast<size_t>(s.b_bits) ||
        text->find_first_not_of(dot_characters) != std::string::npos)
      throw InputError(file, rows[i].line,
                       fmt::format("row {} of the partial products; a string of {} characters, each "
                                   "'.' (keep), '0' or '1', is expected",
                                   i, s.b_bits));
    for (int j = 0; j < s.b_bits; ++j)
      s.partial_product(i, j) = (*text)[j] == '.' ? NetState::keep : (*text)[j] == '0' ? NetState::zero : NetState::one;
  }
}

void read_or_groups(const Fields& fields, const std::string& file, MultiplierStructure& s) {
  std::vector<bool> taken(s.partial_products.size(), false);
  for (const JsonValue& element : fields.array("or_groups")) {
    const Fields group(element, {"column", "rows"}, "an OR group", file);
    OrGroup read{group.integer("column", 0, s.a_bits + s.b_bits - 2), {}};
    for (const JsonValue& row : group.array("rows")) {
      const int lowest = std::max({0, read.column - s.b_bits + 1, read.rows.empty() ? 0 : read.rows.back() + 1});
      const int i = group.in_range(row, "a row of the OR group", lowest, std::min(s.a_bits - 1, read.column));
      const size_t index = i * s.b_bits + read.column - i;
      if (taken[index])
        throw InputError(
            file, row.line,
            fmt::format("partial product ({}, {}) stands in two OR groups; one is expected", i, read.column - i));
      taken[index] = true;
      read.rows.push_back(i);
    }
    if (read.rows.size() < 2)
      throw InputError(file, element.line,
                       fmt::format("OR group of {} rows; two or more are expected", read.rows.size()));
    s.or_groups.push_back(std::move(read));
  }
}

/// Adder numbers by column and index in it.
std::map<std::pair<int, int>, int> adder_numbers(const ReductionTree& tree) {
  std::map<std::pair<int, int>, int> numbers;
  for (size_t k = 0; k < tree.adders.size(); ++k)
    numbers.emplace(std::pair(tree.adders[k].column, tree.adders[k].index), static_cast<int>(k));
  return numbers;
}

void read_adders(const Fields& fields, const std::string& file, MultiplierStructure& s) {
  reset_adders(s);
  std::vector<bool> given(s.adders.size(), false);
  const auto numbers = adder_numbers(reduction_tree(s));
  for (const JsonValue& element : fields.array("adders")) {
    const Fields adder(element, {"column", "index", "sum", "carry"}, "an adder", file);
    const int column = adder.integer("column", 0, s.a_bits + s.b_bits - 1);
    const int index = adder.integer("index", 0, static_cast<int>(s.adders.size()));
    const auto found = numbers.find({column, index});
    if (found == numbers.end())
      throw InputError(file, element.line,
                       fmt::format("no adder {} in column {} of this tree; one that the tree has is "
                                   "expected",
                                   index, column));
    if (given[found->second])
      throw InputError(file, element.line,
                       fmt::format("adder {} of column {} stands there twice; once is expected", index, column));
    given[found->second] = true;
    AdderState& state = s.adders[found->second];
    if (adder.find("sum")) state.sum = static_cast<NetState>(adder.choice("sum", state_names));
    if (adder.find("carry")) state.carry = static_cast<NetState>(adder.choice("carry", state_names));
  }
}

void read_name(const Fields& fields, const std::string& file, MultiplierStructure& s) {
  if (!fields.find("name")) return;
  s.name = fields.string("name");
  if (!is_structure_name(s.name))
    throw InputError(file, fields.require("name").line,
                     fmt::format("name '{}'; 1 to 100 letters, digits, _, -, . or + are expected", printable(s.name)));
}

std::string join_lines(const std::vector<std::string>& items) {
  return items.empty() ? "[]" : fmt::format("[\n    {}\n  ]", fmt::join(items, ",\n    "));
}

}  // namespace

MultiplierStructure parse_structure(const std::string& text, const std::string& file) {
  const JsonValue root = parse_json_with_lines(text, file);
  const Fields fields(root,
                      {"version", "name", "a_bits", "b_bits", "signed", "accumulation", "tree", "partial_products",
                       "or_groups", "adders", "compensation"},
                      "the structure", file);
  fields.integer("version", schema_version, schema_version);
  MultiplierStructure s;
  read_name(fields, file, s);
  s.a_bits = fields.integer("a_bits", 4, 8);
  s.b_bits = fields.integer("b_bits", 4, 8);
  const JsonValue& is_signed = fields.require("signed");
  if (!std::holds_alternative<bool>(is_signed.value))
    throw InputError(file, is_signed.line, fmt::format("'signed' is {}; true or false is expected", is_signed.kind()));
  s.is_signed = std::get<bool>(is_signed.value);
  s.accumulation = static_cast<Accumulation>(fields.choice("accumulation", all_names<Accumulation>()));
  s.tree = static_cast<TreeForm>(fields.choice("tree", tree_names));
  const int limit = (1 << (s.a_bits + s.b_bits)) - 1;
  if (fields.find("compensation")) s.compensation = fields.integer("compensation", -limit, limit);
  read_partial_products(fields, file, s);
  read_or_groups(fields, file, s);
  read_adders(fields, file, s);
  return s;
}

std::span<const NamedValue<Accumulation>> names_of(Accumulation) {
  static constexpr std::array<NamedValue<Accumulation>, 3> names{
      {{Accumulation::array, "array"}, {Accumulation::wallace, "wallace"}, {Accumulation::dadda, "dadda"}}};
  return names;
}

std::string to_json(const MultiplierStructure& s) {
  check_structure(s, s.name);
  std::vector<std::string> rows, groups, adders;
  for (int i = 0; i < s.a_bits; ++i) {
    std::string row;
    for (int j = 0; j < s.b_bits; ++j) row += dot_characters[static_cast<int>(s.partial_product(i, j))];
    rows.push_back('"' + row + '"');
  }
  for (const OrGroup& group : s.or_groups)
    groups.push_back(fmt::format(R"({{"column": {}, "rows": [{}]}})", group.column, fmt::join(group.rows, ", ")));
  const ReductionTree tree = reduction_tree(s);
  for (size_t k = 0; k < s.adders.size(); ++k)
    if (s.adders[k] != AdderState{})
      adders.push_back(fmt::format(
          R"({{"column": {}, "index": {}, "sum": "{}", "carry": "{}"}})", tree.adders[k].column, tree.adders[k].index,
          state_names[static_cast<int>(s.adders[k].sum)], state_names[static_cast<int>(s.adders[k].carry)]));
  return fmt::format(
      "{{\n  \"version\": {},\n  \"name\": {},\n  \"a_bits\": {},\n  \"b_bits\": {},\n  \"signed\": {},\n"
      "  \"accumulation\": \"{}\",\n  \"tree\": \"{}\",\n  \"partial_products\": {},\n  \"or_groups\": {},\n"
      "  \"adders\": {},\n  \"compensation\": {}\n}}\n",
      schema_version, nlohmann::json(s.name).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), s.a_bits,
      s.b_bits, s.is_signed, name_of(s.accumulation), tree_names[static_cast<int>(s.tree)], join_lines(rows),
      join_lines(groups), join_lines(adders), s.compensation);
}

bool is_structure_file(const std::filesystem::path& path) { return path.filename().string().ends_with(".axm.json"); }

MultiplierStructure read_structure(const std::filesystem::path& path) {
  MultiplierStructure s = parse_structure(read_file(path), path.string());
  if (s.name != MultiplierStructure().name || !is_structure_file(path)) return s;
  std::string name = path.filename().string();
  name.resize(std::min<size_t>(name.size() - std::string(".axm.json").size(), 100));
  for (char& c : name)
    if (!is_structure_name({c})) c = '_';
  if (!name.empty()) s.name = name;
  return s;
}

}  // namespace tram
