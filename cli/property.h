// Property: something that a bucket or an object has beside its content, as `props get` tells it and `props
// set` changes it. A table of them.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "cli/args.h"
#include "cli/json_line.h"
#include "cli/location.h"
#include "sluice/client.h"

namespace sluice::cli {

/// What a store tells of a property.
struct ToldProperty {
  std::string text;  ///< for people, and for scripts that read lines
  JsonLine json;     ///< fields of an event that has begun with `event`, `kind` and `url`
  Reply reply;
};

using SetProperty = std::function<Result<Reply>(Store&, const Location&)>;

struct Property {
  std::string_view name;
  bool of_buckets = false;  ///< as well as of objects
  bool takes_grants = false, takes_none = false;
  Result<ToldProperty> (*get)(Store&, const Location&, JsonLine begun, bool terminal) = nullptr;
  /// Reads VALUE, --grant and --none; kind argument where they are not what this property takes.
  Result<SetProperty> (*set)(const Args&) = nullptr;
};

/// "acl", "meta", "tags", "class"; kind argument for anything else, and for what buckets do not have.
Result<const Property*> find_property(std::string_view name, bool of_bucket);

/// What VALUE, --grant and --none make of it.
Result<SetProperty> read_change(const Property&, const Args&);

}  // namespace sluice::cli
