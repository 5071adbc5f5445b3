// How many files and connections this process may have open.
#pragma once

#include <cstdint>

#include "sluice/types.h"

namespace sluice::cli {

/// Raises the soft limit to the hard one, or to what can ever be of use.
void raise_open_files();
std::uint64_t open_files_limit();
/// What a run with these options may come to, every default filled in.
std::uint64_t open_files_wanted(const ClientOptions&);

}  // namespace sluice::cli
