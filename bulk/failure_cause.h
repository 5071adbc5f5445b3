// The class of a failure: what reports group by, `jobs retry --class` selects by, and a job tries again by
// itself.
#pragma once

#include <optional>
#include <string_view>

#include "sluice/error.h"

namespace sluice::bulk {

enum class Cause {
  throttled,  ///< the store asked for less
  network,    ///< connection, timeout, TLS, an answer that nobody understands
  store,      ///< the store failed or refused
  denied,
  gone,     ///< the source is not there any more
  changed,  ///< the source was changed while it was read
  corrupt,  ///< what arrived is not what left
  name,     ///< the target cannot hold a thing of this name
  disk,
  internal,
};

Cause cause_of(const Error&);
std::string_view word(Cause);
/// Empty: no such word.
std::optional<Cause> find_cause(std::string_view word);
/// "throttled, network, ...", for messages.
std::string_view cause_words();

/// May the same step succeed a little later, with nothing done about it?
bool passes_by_itself(Cause);

}  // namespace sluice::bulk
