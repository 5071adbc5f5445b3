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
  const bool replace =
      o.replace || !o.metadata.empty() || !o.content_type.empty() || !o.system_headers.empty();
  if (replace) r.headers.set(header_name(d, "metadata-directive"), std::string(d.header.replace));
  if (!o.tags.empty()) r.headers.set(header_name(d, "tagging-directive"), std::string(d.header.replace_tags));
  if (o.forbid_overwrite && d.forbid == ForbidOverwrite::header) add_forbid_overwrite(d, r.headers);
  return r;
}

bool asks_first_version(const Dialect& d, const ListOptions& o) {
  return o.version == ListVersion::v1 || d.query.list_type.empty();
}

Draft list(const Dialect& d, std::string bucket, const ListOptions& o) {
  Draft r{.operation = "list", .method = "GET", .ref = {std::move(bucket), ""}};
  const bool first = asks_first_version(d, o);
  if (!first) r.query.emplace_back("list-type", d.query.list_type);
  if (!o.prefix.empty()) r.query.emplace_back("prefix", o.prefix);
  if (!o.delimiter.empty()) r.query.emplace_back("delimiter", o.delimiter);
  const auto marker = first && !d.query.list_type.empty() ? d.query.first_marker : d.query.list_marker;
  if (!o.marker.empty())
    r.query.emplace_back(marker, o.marker);
  else if (!o.start_after.empty())
    r.query.emplace_back(first ? marker : "start-after", o.start_after);
  if (o.fetch_owner && !first) r.query.emplace_back("fetch-owner", "true");
  const auto limit = o.limit == 0 ? d.limits.list_page : std::min(o.limit, d.limits.list_page);
  r.query.emplace_back(d.query.list_limit, std::to_string(limit));
  if (!d.query.encoding.empty()) r.query.emplace_back("encoding-type", d.query.encoding);
  return r;
}

}  // namespace request
}  // namespace sluice::engine
