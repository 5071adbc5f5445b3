// Requests for ACLs and tags, of buckets and objects alike: a Ref without key is a bucket. Pure.
#pragma once

#include "engine/request.h"
#include "sluice/properties.h"

namespace sluice::engine::request {

Result<Draft> get_acl(const Dialect&, Ref);
Result<Draft> set_acl(const Dialect&, Ref, const Acl&);

Result<Draft> get_tags(const Dialect&, Ref);
Result<Draft> set_tags(const Dialect&, Ref, const Tags&);
Result<Draft> remove_tags(const Dialect&, Ref);

Result<Draft> allow_renames(const Dialect&, std::string bucket, bool on);

}  // namespace sluice::engine::request
