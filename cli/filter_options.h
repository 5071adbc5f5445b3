// Filters as the verbs that work on many names are asked for them; docs/filters.md.
#pragma once

#include <vector>

#include "bulk/filter.h"
#include "cli/verb.h"

namespace sluice::cli {

/// Of Verb::filters.
std::vector<Option> filter_options();

/// Rules in the order in which they were given, whatever the options; the files they name are read. Kinds
/// argument and disk.
Result<bulk::FilterRules> read_filter_rules(const Args&);
Result<bulk::Filter> read_filter(const Args&);

/// For where one object or file was named.
Error filters_need_a_tree();
/// The same to a transfer.
TreeWishes wishes_of(bulk::Filter);

}  // namespace sluice::cli
