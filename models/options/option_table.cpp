#include "models/options/option_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <sstream>
#include <stdexcept>

#include "models/support/error.hpp"
#include "models/support/nearest.hpp"

namespace tram {
namespace {

namespace po = boost::program_options;

/// "what it does: range (default 8)"
std::string help_line(const Option& option) {
  const std::string& usual = option.default_note.empty() ? option.default_text : option.default_note;
  return option.sentence + (option.allowed.empty() ? "" : ": " + option.allowed) +
         (usual.empty() ? "" : fmt::format(" (default {})", usual));
}

po::options_description description(const std::vector<Option>& options) {
  po::options_description described("Options", 100, 64);
  for (const Option& option : options) {
    if (option.value_name.empty()) described.add_options()(option.name.c_str(), help_line(option).c_str());
    else
      described.add_options()(option.name.c_str(), po::value<std::string>()->value_name(option.value_name),
                              help_line(option).c_str());
  }
  return described;
}

const Option* option_named(const std::vector<Option>& options, const std::string& name) {
  const auto found = std::ranges::find(options, name, &Option::name);
  return found == options.end() ? nullptr : &*found;
}

/// The error of a value that is missing or not wanted.
InputError value_error(const std::string& shown, const Option* option) {
  if (option != nullptr && option->value_name.empty()) return {shown, "a value; none is expected"};
  return {shown, fmt::format("no value; {} is expected", option == nullptr ? "one" : option->value_name)};
}

std::vector<po::option> parsed(const std::string& command, const std::string& where, const std::vector<Option>& options,
                               const std::vector<std::string>& words) {
  const po::options_description described = description(options);
  const int style = po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
  try {
    return po::command_line_parser(words).options(described).style(style).run().options;
  } catch (const po::unknown_option& error) {
    const std::string name = error.get_option_name();
    std::vector<std::string> names;
    for (const Option& option : options) names.push_back("--" + option.name);
    throw InputError(name, fmt::format("unknown option; one that {} --help lists is expected{}", command,
                                       did_you_mean(name, names)));
  } catch (const po::error_with_option_name& error) {
    const std::string name = error.get_option_name();
    throw value_error(name, option_named(options, name.substr(std::min(name.find_first_not_of('-'), name.size()))));
  } catch (const po::error& error) {
    throw InputError(where, fmt::format("{}; {} --help lists what is expected", error.what(), command));
  }
}

}  // namespace

Option option(std::string name, std::string sentence) {
  return {.name = std::move(name), .value_name = {}, .sentence = std::move(sentence)};
}

Option repeated(Option option) {
  option.repeats = true;
  return option;
}

std::vector<Option> join(std::initializer_list<std::vector<Option>> lists) {
  std::vector<Option> all;
  for (const std::vector<Option>& list : lists) all.insert(all.end(), list.begin(), list.end());
  return all;
}

Option threads_option() {
  return option("threads", "N", thread_count(), "threads, 0: one for each processor; results do not depend on it", "0");
}

Option help_option() { return option("help", "print this help"); }
Option version_option() { return option("version", "print the version"); }

Arguments::Arguments(const std::string& command, const std::vector<Option>& options,
                     const std::vector<std::string>& words)
    : where_(command.find(' ') == std::string::npos ? "command line" : command.substr(command.rfind(' ') + 1)) {
  for (const Option& option : options) entries_.push_back({option, {}});
  const auto value = [](const Option& option, const std::string& text) {
    return option.parse({option.name, text, "--" + option.name, std::filesystem::current_path()});
  };
  for (const po::option& one : parsed(command, where_, options, words)) {
    if (one.position_key >= 0 || one.string_key.empty()) {
      words_.insert(words_.end(), one.value.begin(), one.value.end());
      continue;
    }
    Entry& entry = *std::ranges::find(entries_, one.string_key, [](const Entry& e) { return e.option.name; });
    if (entry.is_given && !entry.option.repeats)
      throw InputError("--" + one.string_key, "given more than once; once is expected");
    entry.is_given = true;
    entry.values.push_back(entry.option.value_name.empty() ? std::any() : value(entry.option, one.value.at(0)));
  }
  for (Entry& entry : entries_)
    if (!entry.is_given && !entry.option.default_text.empty())
      entry.values.push_back(value(entry.option, entry.option.default_text));
}

const std::vector<std::string>& Arguments::some_words(const std::string& noun) const {
  if (words_.empty()) throw InputError(where_, fmt::format("no {0}; at least one {0} is expected", noun));
  return words_;
}

const std::string& Arguments::one_word(const std::string& noun) const {
  if (words_.empty()) throw InputError(where_, fmt::format("no {0}; one {0} is expected", noun));
  if (words_.size() > 1)
    throw InputError(where_, fmt::format("stray '{}' after '{}'; one {} is expected", words_[1], words_[0], noun));
  return words_[0];
}

void Arguments::no_words() const {
  if (!words_.empty()) throw InputError(where_, fmt::format("stray '{}'; options only are expected", words_[0]));
}

std::vector<std::string> Arguments::given() const {
  std::vector<std::string> names;
  for (const Entry& entry : entries_)
    if (entry.is_given) names.push_back(entry.option.name);
  return names;
}

std::vector<std::string> Arguments::texts(const std::string& option) const {
  std::vector<std::string> texts;
  for (const std::any& value : required(option).values) texts.push_back(std::any_cast<std::string>(value));
  return texts;
}

const Arguments::Entry& Arguments::find(const std::string& option) const {
  const auto entry = std::ranges::find(entries_, option, [](const Entry& e) { return e.option.name; });
  if (entry == entries_.end()) throw std::logic_error(where_ + " has no option --" + option);
  return *entry;
}

const Arguments::Entry& Arguments::required(const std::string& option) const {
  const Entry& entry = find(option);
  if (entry.values.empty())
    throw InputError(where_, fmt::format("no --{0}; --{0} {1} is expected", option, entry.option.value_name));
  return entry;
}

std::vector<std::string> words_of(int argc, const char* const* argv) { return {argv + std::min(argc, 1), argv + argc}; }

std::string describe(const std::vector<Option>& options) {
  std::ostringstream text;
  text << description(options);
  return text.str();
}

}  // namespace tram
