// Requests on objects that not every store knows, and batch deletes. Pure.
#pragma once

#include <span>

#include "engine/request.h"
#include "sluice/properties.h"

namespace sluice::engine::request {

void add_conditions(const Conditions&, io::Headers&);

Result<Draft> append(const Dialect&, Ref, std::uint64_t position, std::string bytes, const PutOptions&);
/// The store's own way (QueryWords::set_metadata).
Result<Draft> set_metadata(const Dialect&, Ref, const PutOptions&);
Result<Draft> rename(const Dialect&, Ref, const std::string& new_key);
Result<Draft> set_symlink(const Dialect&, Ref, const std::string& target, const PutOptions&);
Result<Draft> get_symlink(const Dialect&, Ref);
Result<Draft> restore(const Dialect&, Ref, unsigned days, const std::string& tier);

/// Whether a batch delete can name this key.
bool fits_batch(const Dialect&, std::string_view key);
Draft remove_batch(const Dialect&, std::string bucket, std::span<const std::string> keys, bool quiet);

}  // namespace sluice::engine::request
