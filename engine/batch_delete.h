// Many keys of one bucket deleted, as many a request as the store takes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/store.h"

namespace sluice::engine {

/// Keys that the store's documents cannot carry are deleted one by one. `quiet`: only failures are told.
Answer<Deleted> remove_many(Call, std::shared_ptr<Store>, std::string bucket, std::vector<std::string> keys,
                            bool quiet);

/// Every key below the prefix, page by page; quiet.
Answer<Deleted> remove_below(Call, std::shared_ptr<Store>, std::string bucket, std::string prefix);

}  // namespace sluice::engine
