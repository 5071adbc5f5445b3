// Requests on buckets themselves.
#include "engine/request.h"
#include "engine/request_text.h"

namespace sluice::engine::request {
namespace {

struct Wish {
  const std::string& value;
  std::string_view word;
  Operation operation;
};

/// A value is a word: it becomes a header's, too.
Result<void> check_word(const std::string& value) {
  for (const char c : value)
    if (c <= 0x20 || c >= 0x7f)
      return fail(ErrorKind::argument, "a property of the bucket holds a character that no word has");
  return {};
}

}  // namespace

Result<Draft> create_bucket(const Dialect& d, std::string bucket, const std::string& region,
                            const BucketOptions& o) {
  Draft r{.operation = "create bucket", .method = "PUT", .ref = {std::move(bucket), ""}};
  std::string elements;
  // Amazon refuses its first region by name here and takes an empty body for it.
  if (d.has(kLocationInBody) && !region.empty() && region != d.hosts.default_region)
    elements += element("LocationConstraint", region);
  if (!o.acl.empty()) {
    if (auto offered = check_offered(d, Operation::create_bucket_acl); !offered)
      return unexpected(std::move(offered).error());
    if (auto word = check_word(o.acl); !word) return unexpected(std::move(word).error());
    r.headers.set(header_name(d, d.header.bucket_acl), o.acl);
  }
  for (const Wish& wish : {Wish{o.storage_class, d.new_bucket.storage_class, Operation::create_bucket_class},
                           Wish{o.redundancy, d.new_bucket.redundancy, Operation::create_bucket_redundancy},
                           Wish{o.type, d.new_bucket.type, Operation::create_bucket_type}}) {
    if (wish.value.empty()) continue;
    if (auto offered = check_offered(d, wish.operation); !offered)
      return unexpected(std::move(offered).error());
    if (auto word = check_word(wish.value); !word) return unexpected(std::move(word).error());
    if (d.new_bucket.in_headers)
      r.headers.set(header_name(d, wish.word), wish.value);
    else
      elements += element(wish.word, wish.value);
  }
  if (!elements.empty())
    set_body(r, Body::xml, "<CreateBucketConfiguration>" + elements + "</CreateBucketConfiguration>");
  return r;
}

Draft head_bucket(const Dialect&, std::string bucket) {
  return {.operation = "head bucket", .method = "HEAD", .ref = {std::move(bucket), ""}};
}

Draft delete_bucket(const Dialect&, std::string bucket) {
  return {.operation = "delete bucket", .method = "DELETE", .ref = {std::move(bucket), ""}};
}

Result<Draft> list_buckets(const Dialect& d, const BucketListOptions& o, const std::string& marker,
                           std::size_t offset) {
  Draft r{.operation = "list buckets", .method = "GET"};
  if (!d.query.buckets_limit.empty()) {
    r.query.emplace_back("offset", std::to_string(offset));
    r.query.emplace_back(d.query.buckets_limit, std::to_string(kBucketPage));
  }
  if (!o.prefix.empty() && !d.query.buckets_prefix.empty())
    r.query.emplace_back(d.query.buckets_prefix, o.prefix);
  if (!o.tag_key.empty()) {
    if (auto offered = check_offered(d, Operation::list_buckets_by_tag); !offered)
      return unexpected(std::move(offered).error());
    if (o.tag_value.empty() && d.has(kTagNeedsValue))
      return fail(ErrorKind::argument, std::string(d.vendor) +
                                           " lists buckets by a tag's key and value, not by its key alone");
    r.query.emplace_back(d.query.tag_key, o.tag_key);
    if (!o.tag_value.empty()) r.query.emplace_back(d.query.tag_value, o.tag_value);
  }
  if (!marker.empty() && !d.query.buckets_marker.empty())
    r.query.emplace_back(d.query.buckets_marker, marker);
  return r;
}

Draft bucket_info(const Dialect& d, std::string bucket) {
  if (d.query.bucket_info.empty()) return head_bucket(d, std::move(bucket));
  return {.operation = "bucket info",
          .method = "GET",
          .ref = {std::move(bucket), ""},
          .query = {{std::string(d.query.bucket_info), ""}}};
}

Draft bucket_location(const Dialect& d, std::string bucket) {
  return {.operation = "bucket location",
          .method = "GET",
          .ref = {std::move(bucket), ""},
          .query = {{std::string(d.query.location), ""}}};
}

}  // namespace sluice::engine::request
