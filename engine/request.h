// Requests of every operation, before they are placed at an endpoint and signed. Pure: dialect and
// arguments in, a Draft or a refusal out. Vendor words come from the dialect.
#pragma once

#include <string>
#include <vector>

#include "engine/dialect.h"
#include "engine/store.h"
#include "io/http.h"

namespace sluice::engine {

/// Who a copy reads from. `host` is what a COS copy source begins with; others name the bucket.
struct CopySource {
  Ref ref;
  std::string host;
};

namespace request {

Draft head(const Dialect&, Ref);
Draft get(const Dialect&, Ref, const GetOptions&);
Result<Draft> put(const Dialect&, Ref, const PutOptions&);
Draft remove(const Dialect&, Ref);
Result<Draft> copy(const Dialect&, const CopySource&, Ref to, const PutOptions&, const std::string& if_match);
Draft list(const Dialect&, std::string bucket, const ListOptions&);
/// Whether that asks for the first version of the list.
bool asks_first_version(const Dialect&, const ListOptions&);

Result<Draft> create_bucket(const Dialect&, std::string bucket, const std::string& region,
                            const BucketOptions& = {});
Draft head_bucket(const Dialect&, std::string bucket);
Draft delete_bucket(const Dialect&, std::string bucket);
/// `marker` is what the page before answered; `offset` counts buckets seen (QingStor).
Result<Draft> list_buckets(const Dialect&, const BucketListOptions&, const std::string& marker,
                           std::size_t offset);
inline constexpr std::size_t kBucketPage = 200;
Draft bucket_info(const Dialect&, std::string bucket);
Draft bucket_location(const Dialect&, std::string bucket);

Result<Draft> create_upload(const Dialect&, Ref, const PutOptions&, bool with_checksum);
Draft upload_part(const Dialect&, Ref, const std::string& upload_id, std::uint32_t number);
Draft upload_part_copy(const Dialect&, const CopySource&, Ref to, const std::string& upload_id,
                       std::uint32_t number, const io::ByteRange&, const std::string& if_match);
/// `marker` empty = the first page (QingStor's first part is 0, so 0 is no substitute).
Draft list_parts(const Dialect&, Ref, const std::string& upload_id, const std::string& marker);
Draft complete_upload(const Dialect&, Ref, const std::string& upload_id, const std::vector<PartInfo>&,
                      const CompleteOptions&, bool with_checksum);
Draft abort_upload(const Dialect&, Ref, const std::string& upload_id);
Draft list_uploads(const Dialect&, std::string bucket, const std::string& prefix,
                   const std::string& key_marker, const std::string& upload_id_marker);

}  // namespace request

/// `etag` in quotes, as conditions and bodies want it; empty stays empty.
std::string quoted(const std::string& etag);
/// Without quotes and without the W/ of a weak one: a piece of `etag`.
std::string_view unquoted(std::string_view etag);

}  // namespace sluice::engine
