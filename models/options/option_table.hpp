#pragma once
#include <any>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/options/value_kind.hpp"

namespace tram {

/// An option of a command line, everything there is to say about it: parsing, errors and --help come from here.
struct Option {
  std::string name;               ///< without the dashes
  std::string value_name;         ///< such as FILE; empty: a switch, which takes no value
  std::string sentence;           ///< what it does
  std::string allowed = {};       ///< range or choices, in words; empty where the sentence says it
  std::string default_text = {};  ///< its value where it is not given; empty: none
  std::string default_note = {};  ///< what --help says of a default that depends on something else
  bool repeats = false;           ///< may be given several times
  std::function<std::any(const RawValue&)> parse = {};  ///< not of a switch
};

/// An option with a value.
template <class Value>
Option option(const std::string& name, const std::string& value_name, const ValueKind<Value>& kind,
              const std::string& sentence, const std::string& default_text = {}) {
  return {.name = name,
          .value_name = value_name,
          .sentence = sentence,
          .allowed = kind.allowed,
          .default_text = default_text,
          .parse = [parse = kind.parse](const RawValue& value) { return std::any(parse(value)); }};
}
/// An option that is there or not.
Option option(std::string name, std::string sentence);
/// The same option, which may be given several times.
Option repeated(Option option);
/// The lists one after the other.
std::vector<Option> join(std::initializer_list<std::vector<Option>> lists);

// Options of all programs.
Option threads_option();
Option help_option();
Option version_option();

/// A command line that was read: the values of its options, and the words beside them. What asks for something that is
/// not there throws InputError; what asks for an option that the table does not have, or for another type than that of
/// its kind, is a mistake of the program (std::logic_error).
class Arguments {
 public:
  /// Reads the words after the program's name; `command` is what comes before them, such as "tram_axm metrics". InputError
  /// for an option that is none of these (with the nearest of them), for one given twice (unless it repeats), without
  /// its value, with a value that it does not take, or with one that its kind refuses.
  Arguments(const std::string& command, const std::vector<Option>& options, const std::vector<std::string>& words);

  /// What is not an option.
  const std::vector<std::string>& words() const { return words_; }
  /// The words, of which there must be at least one; `noun` says what they are, as "multiplier".
  const std::vector<std::string>& some_words(const std::string& noun) const;
  /// The one word.
  const std::string& one_word(const std::string& noun) const;
  /// Throws when there are words.
  void no_words() const;

  /// Whether the option was given or has a default; of a switch, whether it was given.
  bool has(const std::string& option) const { return !find(option).values.empty(); }
  bool is_given(const std::string& option) const { return find(option).is_given; }
  /// Names of the options that were given, in the order of the table.
  std::vector<std::string> given() const;
  /// The option's value. Throws when it has none: it is required then.
  template <class Value>
  Value get(const std::string& option) const {
    return std::any_cast<Value>(required(option).values.front());
  }
  template <class Value>
  std::optional<Value> get_if(const std::string& option) const {
    return has(option) ? std::optional<Value>(get<Value>(option)) : std::nullopt;
  }
  std::string text(const std::string& option) const { return get<std::string>(option); }
  /// The values of an option that repeats, in their order. Throws when it has none.
  std::vector<std::string> texts(const std::string& option) const;

 private:
  struct Entry {
    Option option;
    std::vector<std::any> values;
    bool is_given = false;
  };
  const Entry& find(const std::string& option) const;
  const Entry& required(const std::string& option) const;

  std::string where_;  ///< where a message has no option to name: the verb, or "command line"
  std::vector<Entry> entries_;
  std::vector<std::string> words_;
};

/// The words of a main function's arguments after the program's name.
std::vector<std::string> words_of(int argc, const char* const* argv);

/// The options as --help lists them, for lines of 100 characters.
std::string describe(const std::vector<Option>& options);

}  // namespace tram
