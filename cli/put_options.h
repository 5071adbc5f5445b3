// What is stored with an object beside its bytes, as the verbs that store one are asked for it: one table,
// which the parser, the help and dry runs read.
#pragma once

#include <string>
#include <vector>

#include "cli/args.h"
#include "cli/verb.h"
#include "sluice/result.h"
#include "sluice/types.h"

namespace sluice::cli {

/// Of Verb::puts_objects.
std::vector<Option> put_options();
/// "--no-clobber", one of a verb's own options: files know it as well.
Option no_clobber_option();

/// Both into `into`, the rest of which stays. Kind argument: a value that is wrong.
Result<void> read_put_options(const Args&, TransferOptions& into);
/// The same without a place to put them, for before a session is opened.
Result<void> check_put_options(const Args&);

/// One that was given and goes with objects alone, "--acl"; "" when none was.
std::string put_option_given(const Args&);

/// The words that ask for the same: "--acl=private", "--no-clobber", ...
std::vector<std::string> put_option_words(const Args&);

}  // namespace sluice::cli
