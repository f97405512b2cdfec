#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "models/support/quantity.hpp"

namespace tram::axm {

/// An option of a verb.
struct Option {
  std::string name;               ///< without the dashes
  std::string value_name;         ///< such as FILE; empty for a switch
  std::string sentence;           ///< with unit and range
  std::string default_text = {};  ///< value when not given; empty: none
  bool repeats = false;           ///< may be given several times
};

/// The words after a verb: options and what else stands there. Getters throw InputError at the option, as
/// "--period: what was found; what is expected".
class Arguments {
 public:
  /// Reads the words. InputError for an option that the verb does not have (with the nearest that it has), for one
  /// given twice (unless it repeats), without its value, or with one that it does not take.
  Arguments(const std::string& verb, const std::vector<Option>& options, const std::vector<std::string>& words);

  const std::string& verb() const { return verb_; }
  /// What is not an option.
  const std::vector<std::string>& words() const { return words_; }
  /// The words, of which there must be at least one; `noun` says what they are, as "multiplier".
  const std::vector<std::string>& some_words(const std::string& noun) const;
  /// The one word.
  const std::string& one_word(const std::string& noun) const;
  /// Throws when there are words.
  void no_words() const;

  /// Whether the option was given or has a default; of a switch, whether it was given.
  bool has(const std::string& option) const;
  /// The option's text. Throws when it has none: it is required then.
  std::string text(const std::string& option) const;
  /// The texts of an option that repeats, in their order. Throws when it has none.
  const std::vector<std::string>& texts(const std::string& option) const;
  int64_t whole(const std::string& option, int64_t low, int64_t high) const;
  double number(const std::string& option, double low, double high) const;
  /// A quantity above 0, in SI units.
  double quantity(const std::string& option, Dimension dimension) const;
  std::string choice(const std::string& option, const std::vector<std::string>& names) const;
  /// Texts between commas, at least one, none empty.
  std::vector<std::string> list(const std::string& option) const;
  std::vector<double> numbers(const std::string& option, double low, double high) const;

 private:
  struct Value {
    std::string name, value_name;
    std::vector<std::string> texts;
    bool given = false;
  };
  const Value& find(const std::string& option) const;

  std::string verb_;
  std::vector<Value> values_;
  std::vector<std::string> words_;
};

/// The options as --help lists them, for lines of 80 characters.
std::string describe(const std::vector<Option>& options);

}  // namespace tram::axm
