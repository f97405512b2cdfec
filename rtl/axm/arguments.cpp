#include "rtl/axm/arguments.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>
#include <span>
#include <sstream>
#include <stdexcept>

#include "models/support/error.hpp"
#include "models/support/nearest.hpp"

namespace tram::axm {
namespace {

namespace po = boost::program_options;

po::options_description description(const std::vector<Option>& options) {
  po::options_description described("Options", 80, 50);
  for (const Option& option : options) {
    if (option.value_name.empty()) {
      described.add_options()(option.name.c_str(), option.sentence.c_str());
      continue;
    }
    if (option.repeats) {
      auto* const values = po::value<std::vector<std::string>>()->value_name(option.value_name)->composing();
      described.add_options()(option.name.c_str(), values, option.sentence.c_str());
      continue;
    }
    auto* const value = po::value<std::string>()->value_name(option.value_name);
    if (!option.default_text.empty()) value->default_value(option.default_text);
    described.add_options()(option.name.c_str(), value, option.sentence.c_str());
  }
  return described;
}

po::parsed_options parse(const std::string& verb, const std::vector<Option>& options,
                         const std::vector<std::string>& words) {
  const po::options_description described = description(options);
  const int style = po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
  try {
    const po::parsed_options parsed = po::command_line_parser(words).options(described).style(style).run();
    po::variables_map checked;
    po::store(parsed, checked);
    po::parsed_options own(parsed);
    own.description = nullptr;
    return own;
  } catch (const po::unknown_option& error) {
    std::vector<std::string> names;
    for (const Option& option : options) names.push_back("--" + option.name);
    throw InputError(error.get_option_name(), fmt::format("unknown option; one that tram_axm {} --help lists is "
                                                          "expected{}",
                                                          verb, did_you_mean(error.get_option_name(), names)));
  } catch (const po::multiple_occurrences& error) {
    throw InputError(error.get_option_name(), "given more than once; once is expected");
  } catch (const po::error_with_option_name& error) {
    const std::string name = error.get_option_name();
    const auto found = std::ranges::find(options, name, [](const Option& option) { return "--" + option.name; });
    const bool is_switch = found != options.end() && found->value_name.empty();
    throw InputError(
        name, is_switch ? "a value; none is expected"
                        : fmt::format("no value; {} is expected", found == options.end() ? "one" : found->value_name));
  } catch (const po::error& error) {
    throw InputError(verb, fmt::format("{}; tram_axm {} --help lists what is expected", error.what(), verb));
  }
}

/// The whole text as a number, or none.
template <class Number>
std::optional<Number> as_number(const std::string& text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

double checked_number(const std::string& where, const std::string& text, double low, double high) {
  const std::optional<double> value = as_number<double>(text);
  if (!value || !(*value >= low && *value <= high))
    throw InputError(where, fmt::format("'{}'; a number from {:g} to {:g} is expected", text, low, high));
  return *value;
}

}  // namespace

Arguments::Arguments(const std::string& verb, const std::vector<Option>& options, const std::vector<std::string>& words)
    : verb_(verb) {
  for (const Option& option : options) {
    std::vector<std::string> texts;
    if (!option.default_text.empty()) texts.push_back(option.default_text);
    values_.push_back({option.name, option.value_name, std::move(texts), false});
  }
  for (const po::option& option : parse(verb, options, words).options) {
    if (option.position_key >= 0 || option.string_key.empty()) {
      words_.insert(words_.end(), option.value.begin(), option.value.end());
      continue;
    }
    const auto value = std::ranges::find(values_, option.string_key, &Value::name);
    if (!value->given) value->texts.clear();
    value->given = true;
    if (!value->value_name.empty()) value->texts.push_back(option.value.at(0));
  }
}

const std::vector<std::string>& Arguments::some_words(const std::string& noun) const {
  if (words_.empty()) throw InputError(verb_, fmt::format("no {0}; at least one {0} is expected", noun));
  return words_;
}

const std::string& Arguments::one_word(const std::string& noun) const {
  if (words_.empty()) throw InputError(verb_, fmt::format("no {0}; one {0} is expected", noun));
  if (words_.size() > 1)
    throw InputError(verb_, fmt::format("stray '{}' after '{}'; one {} is expected", words_[1], words_[0], noun));
  return words_[0];
}

void Arguments::no_words() const {
  if (!words_.empty()) throw InputError(verb_, fmt::format("stray '{}'; options only are expected", words_[0]));
}

const Arguments::Value& Arguments::find(const std::string& option) const {
  const auto value = std::ranges::find(values_, option, &Value::name);
  if (value == values_.end()) throw std::logic_error("tram_axm " + verb_ + " has no option --" + option);
  return *value;
}

bool Arguments::has(const std::string& option) const {
  const Value& value = find(option);
  return value.given || !value.texts.empty();
}

std::string Arguments::text(const std::string& option) const { return texts(option).front(); }

const std::vector<std::string>& Arguments::texts(const std::string& option) const {
  const Value& value = find(option);
  if (value.texts.empty())
    throw InputError(verb_, fmt::format("no --{0}; --{0} {1} is expected", option, value.value_name));
  return value.texts;
}

int64_t Arguments::whole(const std::string& option, int64_t low, int64_t high) const {
  const std::string given = text(option);
  const std::optional<int64_t> value = as_number<int64_t>(given);
  if (!value || *value < low || *value > high)
    throw InputError("--" + option, fmt::format("'{}'; a whole number from {} to {} is expected", given, low, high));
  return *value;
}

double Arguments::number(const std::string& option, double low, double high) const {
  return checked_number("--" + option, text(option), low, high);
}

double Arguments::quantity(const std::string& option, Dimension dimension) const {
  const std::string given = text(option);
  try {
    const double value = parse_quantity(given, dimension);
    if (value > 0) return value;
  } catch (const std::invalid_argument& error) {
    throw InputError("--" + option, error.what());
  }
  throw InputError("--" + option, fmt::format("'{}'; a value above 0 is expected", given));
}

std::string Arguments::choice(const std::string& option, const std::vector<std::string>& names) const {
  const std::string given = text(option);
  if (std::ranges::find(names, given) == names.end()) {
    const std::span but_last(names.begin(), names.end() - 1);
    throw InputError("--" + option, fmt::format("'{}'; {} or {} is expected{}", given, fmt::join(but_last, ", "),
                                                names.back(), did_you_mean(given, names)));
  }
  return given;
}

std::vector<std::string> Arguments::list(const std::string& option) const {
  std::vector<std::string> items;
  std::istringstream stream(text(option) + ",");
  for (std::string item; std::getline(stream, item, ',');) {
    if (item.empty())
      throw InputError("--" + option,
                       fmt::format("'{}' has an empty entry; values between commas are expected", text(option)));
    items.push_back(item);
  }
  return items;
}

std::vector<double> Arguments::numbers(const std::string& option, double low, double high) const {
  std::vector<double> values;
  for (const std::string& item : list(option)) values.push_back(checked_number("--" + option, item, low, high));
  return values;
}

std::string describe(const std::vector<Option>& options) {
  std::ostringstream text;
  text << description(options);
  return text.str();
}

}  // namespace tram::axm
