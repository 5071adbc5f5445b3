// The JSON in which programs and metadata services hand out keys. They differ in the names alone.
#pragma once

#include <string_view>

#include "sluice/result.h"
#include "sluice/types.h"

namespace sluice::cli {

/// Error messages quote nothing of the text.
Result<Credentials> read_key_answer(std::string_view json);

}  // namespace sluice::cli
