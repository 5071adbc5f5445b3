// Operations: what the store does, written once for all dialects.
//
// A request goes through admit() before its body is read (is there such a bucket, may this key be?),
// then its body arrives, checked, in `Arrived`, then run() answers. Both block on storage and may be
// called from any thread.
#pragma once

#include <deque>
#include <mutex>
#include <string>
#include <unordered_map>

#include "emulator/dialect.h"
#include "emulator/storage.h"

namespace sluice::emulator {

/// Complete of an upload that just completed succeeds again where the vendor does so: the last few
/// upload ids and the ETag they ended in. Any thread.
class RecentUploads {
 public:
  void add(const std::string& upload_id, const std::string& etag);
  std::optional<std::string> etag_of(const std::string& upload_id) const;

 private:
  mutable std::mutex mutex_;
  std::deque<std::string> order_;
  std::unordered_map<std::string, std::string> etags_;
};

struct Backend {
  Storage& storage;
  RecentUploads& recent;
};

/// A body that arrived whole and matched every digest that came with it.
struct Arrived {
  std::optional<Writer> writer;  ///< of BodyKind::object; a document is in Call::body
  Digest digest;
};

enum class BodyKind { none, document, object };

struct Step {
  BodyKind body = BodyKind::none;
  Outcome<Done> (*admit)(Backend&, const Call&) = nullptr;  ///< null: nothing to ask
  Outcome<Reply> (*run)(Backend&, Call&, Arrived&) = nullptr;
};
const Step& step(Operation);

// ---- Shared by the operations_*.cpp files ----

BucketRef bucket_ref(const Call&);
Failure failure_of(const Call&, const StorageError&);
Outcome<Done> bucket_exists(Backend&, const Call&);
Outcome<Done> check_key(const Call&);  ///< length and form, by the dialect's limits
bool valid_bucket_name(const Call&);
TimePoint time_of(std::int64_t ms);
Reply reply_to(const Call&);  ///< with the route's status

/// A number in the query, within [0, max]; `fallback` when absent or empty.
Outcome<std::uint64_t> query_number(const Call&, std::string_view name, std::uint64_t fallback,
                                    std::uint64_t max);
/// A page size: absent = `usual`, above `most` clamped or refused as the dialect does.
Outcome<std::uint32_t> page_size(const Call&, std::string_view name, std::uint32_t usual, std::uint32_t most);

// attributes.cpp: what is stored beside the bytes.
Outcome<Attributes> attributes_of(const Call&);  ///< headers of a put, create or replacing copy
ObjectView view_of(const ObjectInfo&);
PartView view_of(const PartInfo&);
std::string canned_acl(const Attributes&);
Attributes with_acl(Attributes, const std::string& canned);
Attributes with_tags(Attributes, const Tags&);
Tags tags_of(const Attributes&);
Conditions write_conditions(const Call&);
/// key_exists and its kin, in the words of the condition that failed.
Failure write_failure(const Call&, const StorageError&);

// conditions.cpp
Outcome<Done> check_read_conditions(const Call&, const ObjectInfo&);
Outcome<Done> check_copy_conditions(const Call&, const ObjectInfo& source);
struct Slice {
  bool partial = false;
  std::uint64_t first = 0, count = 0;
};
Outcome<Slice> requested_slice(const Call&, std::uint64_t size);

/// Bucket attributes are kept as a query string: "acl=private&t:key=value".
std::string bucket_acl(const BucketInfo&);
Tags bucket_tags(const BucketInfo&);
std::string bucket_attributes(const std::string& acl, const Tags&);

}  // namespace sluice::emulator
