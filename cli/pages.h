// Listings a page at a time: memory does not grow with the bucket.
#pragma once

#include <functional>
#include <string>

#include "cli/location.h"
#include "sluice/client.h"

namespace sluice::cli {

/// Every page from options.marker on; an error of `use` ends it, and is the answer. The page is `use`'s to
/// take apart.
Result<void> each_page(Store&, const std::string& bucket, ListOptions options,
                       const std::function<Result<void>(ListPage&)>& use);

/// "logs" stands for what is below "logs/", and never for "logs2".
Location below(Location);

/// Where nothing begins with the prefix that was asked for.
Error nothing_there(const std::string& operation, const Location&, const std::string& hint = {});

}  // namespace sluice::cli
