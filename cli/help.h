// What --help shows, made from the tables of verbs and options.
//
// A verb's help fits a screen of 40 lines and 100 columns: options that verbs share are named there, and
// explained by --help-all.
#pragma once

#include <string>
#include <string_view>

#include "cli/verb.h"

namespace sluice::cli {

std::string help_of_command();
std::string help_of_group(const VerbGroup&);
std::string help_of(const Verb&, bool all);

/// "sluice rm [OPTIONS] URL..."
std::string synopsis(const Verb&);
/// "-r, --recursive", "--region R"
std::string option_text(const Option&);

}  // namespace sluice::cli
