// Requests on objects and buckets.
#include "engine/request.h"

#include <algorithm>

#include "engine/request_metadata.h"
#include "engine/request_parts.h"
#include "io/percent.h"

namespace sluice::engine {

std::string_view unquoted(std::string_view etag) {
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') etag = etag.substr(1, etag.size() - 2);
  return etag;
}

std::string quoted(const std::string& etag) {
  return etag.empty() || etag.front() == '"' || etag == "*" ? etag : "\"" + etag + "\"";
}

namespace request {

std::string copy_source(const Dialect& d, const CopySource& from) {
  // COS names the source's host; the others name the bucket. The key is encoded, '/' kept.
  const auto place = d.has(kCopySourceWithHost) ? from.host : "/" + from.ref.bucket;
  return place + "/" + io::encode_path(from.ref.key);
}

void add_copy_source(const Dialect& d, const CopySource& from, const std::string& if_match,
                     io::Headers& headers) {
  headers.set(header_name(d, "copy-source"), copy_source(d, from));
  if (!if_match.empty()) headers.set(header_name(d, "copy-source-if-match"), quoted(if_match));
}

void add_forbid_overwrite(const Dialect& d, io::Headers& headers) {
  if (d.forbid == ForbidOverwrite::header) headers.set(header_name(d, d.header.forbid_overwrite), "true");
  if (d.forbid == ForbidOverwrite::if_none_match) headers.set("If-None-Match", "*");
}

Draft head(const Dialect& d, Ref ref) {
  Draft r{.operation = "head", .method = "HEAD", .ref = std::move(ref)};
  if (d.has(kChecksumMode)) r.headers.set(header_name(d, "checksum-mode"), "ENABLED");
  return r;
}

Draft get(const Dialect& d, Ref ref, const GetOptions& o) {
  Draft r{.operation = "get", .method = "GET", .ref = std::move(ref)};
  if (o.range) {
    r.headers.set("Range", io::range_header(*o.range));
    if (d.has(kStandardRange)) r.headers.set(header_name(d, "range-behavior"), "standard");
  }
  if (!o.if_match.empty()) r.headers.set("If-Match", quoted(o.if_match));
  // A part's range never gets the whole object's checksum to compare with.
  if (d.has(kChecksumMode) && !o.range) r.headers.set(header_name(d, "checksum-mode"), "ENABLED");
  return r;
}

Result<Draft> put(const Dialect& d, Ref ref, const PutOptions& o) {
  Draft r{.operation = "put", .method = "PUT", .ref = std::move(ref)};
  if (auto added = add_object_headers(d, o, r.headers); !added) return unexpected(std::move(added).error());
  if (o.forbid_overwrite) add_forbid_overwrite(d, r.headers);
  return r;
}

Draft remove(const Dialect&, Ref ref) {
  return {.operation = "delete", .method = "DELETE", .ref = std::move(ref)};
}

Result<Draft> copy(const Dialect& d, const CopySource& from, Ref to, const PutOptions& o,
                   const std::string& if_match) {
  Draft r{.operation = "copy", .method = "PUT", .ref = std::move(to)};
  if (auto added = add_object_headers(d, o, r.headers); !added) return unexpected(std::move(added).error());
  add_copy_source(d, from, if_match, r.headers);
  const bool replace = !o.metadata.empty() || !o.content_type.empty() || !o.system_headers.empty();
  if (replace) r.headers.set(header_name(d, "metadata-directive"), std::string(d.header.replace));
  if (o.forbid_overwrite && d.forbid == ForbidOverwrite::header) add_forbid_overwrite(d, r.headers);
  return r;
}

Draft list(const Dialect& d, std::string bucket, const ListOptions& o) {
  Draft r{.operation = "list", .method = "GET", .ref = {std::move(bucket), ""}};
  if (!d.query.list_type.empty()) r.query.emplace_back("list-type", d.query.list_type);
  if (!o.prefix.empty()) r.query.emplace_back("prefix", o.prefix);
  if (!o.delimiter.empty()) r.query.emplace_back("delimiter", o.delimiter);
  if (!o.marker.empty()) r.query.emplace_back(d.query.list_marker, o.marker);
  const auto limit = o.limit == 0 ? d.limits.list_page : std::min(o.limit, d.limits.list_page);
  r.query.emplace_back(d.query.list_limit, std::to_string(limit));
  if (!d.query.encoding.empty()) r.query.emplace_back("encoding-type", d.query.encoding);
  return r;
}

Draft create_bucket(const Dialect& d, std::string bucket, const std::string& region) {
  Draft r{.operation = "create bucket", .method = "PUT", .ref = {std::move(bucket), ""}};
  // Amazon refuses its first region by name here and takes an empty body for it.
  if (d.has(kLocationInBody) && !region.empty() && region != d.hosts.default_region) {
    r.headers.set("Content-Type", "application/xml");
    r.body = "<CreateBucketConfiguration><LocationConstraint>" + region +
             "</LocationConstraint></CreateBucketConfiguration>";
  }
  return r;
}

Draft head_bucket(const Dialect&, std::string bucket) {
  return {.operation = "head bucket", .method = "HEAD", .ref = {std::move(bucket), ""}};
}

Draft delete_bucket(const Dialect&, std::string bucket) {
  return {.operation = "delete bucket", .method = "DELETE", .ref = {std::move(bucket), ""}};
}

Draft list_buckets(const Dialect& d, const std::string& marker, std::size_t offset) {
  Draft r{.operation = "list buckets", .method = "GET"};
  if (!d.query.buckets_limit.empty()) {
    r.query.emplace_back("offset", std::to_string(offset));
    r.query.emplace_back(d.query.buckets_limit, std::to_string(kBucketPage));
  }
  if (!marker.empty() && !d.query.buckets_marker.empty())
    r.query.emplace_back(d.query.buckets_marker, marker);
  return r;
}

}  // namespace request
}  // namespace sluice::engine
