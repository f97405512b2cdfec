#pragma once
#include <string>
#include <string_view>

namespace tram {

/// The text with everything that a terminal, a spreadsheet or a reader could take for something else shown as an
/// escape: control characters as \n, \t, \r, \x1b ..., U+0080 to U+009F and characters that are invisible or change the
/// direction of writing as \u202e, bytes that are not UTF-8 as \xff. All other characters stay as they are, the
/// backslash too, so that doing it twice does what doing it once does.
std::string escaped(std::string_view text);

/// A name that a file gave, fit to be printed: escaped, and cut to 120 characters, of which the last are then "...".
std::string printable(std::string_view name);

/// A message in one line: escaped, without words of more than 120 characters (1,000 before the first ": ", where a file
/// stands), and of at most 2,000 characters before it and after; longer ones are cut in their middle, to "...".
std::string printable_message(std::string_view message);

/// A field of a CSV file (RFC 4180): in quotes where it holds a comma, a quote or a line break. Text that a spreadsheet
/// would run as a formula (it begins with =, +, -, @, a tab or a carriage return) is in quotes and has an apostrophe
/// before it.
std::string csv_field(std::string_view text);

}  // namespace tram
