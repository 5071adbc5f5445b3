// Words of a line: words.h.
#include "cli/words.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "cli/units.h"

namespace sluice::cli {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || std::isalnum(byte) ||
         std::string_view("-_./:@%+,=").find(c) != std::string_view::npos;
}

bool has_control(std::string_view word) {
  for (std::size_t i = 0; i < word.size(); ++i)
    if (control_at(word, i) != 0) return true;
  return false;
}

/// As $'...' has it: the one form that keeps a newline within a line, and an escape from a terminal.
std::string without_controls(std::string_view word) {
  std::string out = "$'";
  for (std::size_t i = 0; i < word.size();) {
    if (const std::size_t control = control_at(word, i); control > 0) {
      out += hex_escaped(word.substr(i, control));
      i += control;
      continue;
    }
    if (word[i] == '\'' || word[i] == '\\') out += '\\';
    out += word[i++];
  }
  return out + "'";
}

/// What stands behind a backslash in $'...'; `at` is left on its last character.
char escaped(std::string_view line, std::size_t& at) {
  const char c = line[at];
  if (c == 'n') return '\n';
  unsigned char byte = 0;
  const std::string_view digits = line.substr(at + 1, 2);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
  if (c != 'x' || error != std::errc{} || end != digits.data() + 2) return c;
  at += 2;
  return static_cast<char>(byte);
}

std::string quoted(const std::string& word) {
  if (has_control(word)) return without_controls(word);
  if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain)) return word;
  std::string out = "'";
  for (const char c : word) {
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  }
  return out + "'";
}

}  // namespace

Result<std::vector<std::string>> split_words(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  bool begun = false;
  char quote = 0;  // '$': in $'...'
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote == '"' ? c == '"' : quote != 0 && c == '\'') {
      quote = 0;
    } else if (quote == '\'') {
      word += c;
    } else if (quote == '$') {
      const bool escapes = c == '\\' && i + 1 < line.size();
      word += escapes ? escaped(line, ++i) : c;
    } else if (quote == 0 && c == '$' && i + 1 < line.size() && line[i + 1] == '\'') {
      quote = c;
      begun = true;
      ++i;
    } else if (c == '\\') {
      const bool escapes = i + 1 < line.size() && (quote == 0 || line[i + 1] == '"' || line[i + 1] == '\\');
      if (quote == 0 && !escapes) return fail(ErrorKind::argument, "the line ends in a backslash");
      word += escapes ? line[++i] : c;
      begun = true;
    } else if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
      begun = true;
    } else if (quote == 0 && is_space(c)) {
      if (begun) words.push_back(std::move(word));
      word.clear();
      begun = false;
    } else {
      word += c;
      begun = true;
    }
  }
  if (quote != 0)
    return fail(ErrorKind::argument, std::string("a quote is not closed: ") + (quote == '$' ? '\'' : quote),
                "a quote that is part of a name is written with a backslash before it");
  if (begun) words.push_back(std::move(word));
  return words;
}

std::string join_words(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + quoted(word);
  return line;
}

}  // namespace sluice::cli
