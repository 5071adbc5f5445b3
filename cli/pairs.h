// name=value, as operands and options give metadata, tags and headers.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sluice/result.h"

namespace sluice::cli {

/// Each text is a name up to its first '=', and a value, which may be empty. `what`: what one of them is
/// called in messages, "tag". Kind argument where there is no '=' or no name, or a name is given twice.
Result<std::map<std::string, std::string>> read_pairs(const std::vector<std::string>& texts,
                                                      const char* what);

}  // namespace sluice::cli
