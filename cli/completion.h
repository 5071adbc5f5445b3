// Completion scripts for shells, and manual pages, made from the tables of verbs and options.
#pragma once

#include <string>
#include <string_view>

#include "cli/verb.h"
#include "sluice/result.h"

namespace sluice::cli {

/// "bash", "zsh", "fish"; kind argument for anything else.
Result<std::string> completion_script(std::string_view shell);

/// "sluice-uploads-ls"
std::string manual_name(const Verb&);
/// In man's own format, section 1.
std::string manual_of(const Verb&);
std::string manual_of_command();

}  // namespace sluice::cli
