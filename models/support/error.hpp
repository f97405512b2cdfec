#pragma once
#include <fmt/format.h>

#include <stdexcept>
#include <string>

namespace tram {

/// Bad usage or input. The message is one line, "where: what was found; what is expected", with where a
/// file, file:line, option or key. Programs print it to stderr and exit with code 2.
class InputError : public std::runtime_error {
 public:
  InputError(const std::string& where, const std::string& what) : std::runtime_error(where + ": " + what) {}
  InputError(const std::string& file, long line, const std::string& what)
      : std::runtime_error(fmt::format("{}:{}: {}", file, line, what)) {}
};

/// A run that failed although its input was good (a tool crashed, engines differ). Programs exit with code 1.
class RunError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace tram
