// Lines of commands: words and quotes, as a shell reads them and no more.
//
//   'as it is'   "with \" and \\"   a\ b   $'two\nlines, \x1b, \' and \\'
//
// No variables, no wildcards, no pipes: every other character is itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sluice/result.h"

namespace sluice::cli {

/// The words of a line; kind argument when a quote is not closed.
Result<std::vector<std::string>> split_words(std::string_view line);

/// One line without control characters that split_words() reads as these words: names that others chose must
/// not become commands of a list.
std::string join_words(const std::vector<std::string>& words);

}  // namespace sluice::cli
