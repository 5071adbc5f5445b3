// What other tools call our options and commands, so that a hand that knows them finds its way: names that
// are taken, and names that are refused with the word to use instead.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::cli {

/// Our long option for theirs, "" when there is none: "--numworkers" -> "--jobs".
std::string_view our_option(std::string_view theirs);

/// What our words are for a command of theirs; empty when there are none: "set-acl" -> "props", "set", "acl".
std::vector<std::string> our_command(std::string_view theirs);

/// Why an option is refused; null where nothing is known of it.
const char* why_no_option(std::string_view option);
/// The same for a command.
const char* why_no_command(std::string_view command);

/// The one of `known` that `word` was most likely meant to be; "" when none is near.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace sluice::cli
