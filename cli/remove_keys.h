// Deletes many keys, several at once.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sluice/client.h"

namespace sluice::cli {

/// `told` learns what became of each, on any thread.
void remove_keys(Store&, const std::string& bucket, const std::vector<std::string>& keys,
                 const std::function<void(const std::string& key, const Result<void>&)>& told);

}  // namespace sluice::cli
