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
/// upload ids and what became of them. Any thread.
class RecentUploads {
 public:
  void add(const std::string& upload_id, const ObjectView& made);
  std::optional<ObjectView> made_by(const std::string& upload_id) const;

 private:
  mutable std::mutex mutex_;
  std::deque<std::string> order_;
  std::unordered_map<std::string, ObjectView> made_;
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
std::int64_t ms_of(TimePoint);
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
/// The object's own ACL; where there is none, "default" or "private" as the dialect has it.
Acl acl_of(const Call&, const Attributes&);
Attributes with_acl(Attributes, const Acl&);
Attributes with_tags(Attributes, const Tags&);
/// Content headers and user metadata are `sent`'s, everything else stays.
Attributes with_metadata(const Attributes& stored, const Attributes& sent);
Tags tags_of(const Attributes&);
/// An entry of the stored headers, or "". `put_entry` with an empty value removes it.
std::string entry_of(const Attributes&, std::string_view name);
void put_entry(Attributes&, const std::string& name, std::string value);
Outcome<Done> check_tags(const Tags&, const TagLimits&);
Outcome<Done> check_class(const Call&, std::string_view storage_class);
/// The ACL that came as a header, as grants or in the body; empty when none came.
Outcome<std::optional<Acl>> sent_acl(const Call&, std::string_view canned_header);
/// Refuses those that this store's writes do not have.
Outcome<Done> check_write_conditions(const Call&);
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

// bucket_traits.cpp: kept as a query string, "acl=private&t:key=value".
BucketTraits traits_of(const BucketInfo&);
std::string bucket_attributes(const BucketTraits&);
/// An object that names no class gets its bucket's.
void inherit_class(Backend&, const Call&, Attributes&);

// operations_archive.cpp
bool is_archived(const Call&, const Attributes&);  ///< and not restored at this moment
/// The value of the restore header, or "" for an object that was never restored.
std::string restore_state(const Call&, const Attributes&);

// operations_symlink.cpp
/// The object itself, or what it leads to.
Outcome<OpenedObject> open_followed(Backend&, const Call&);

}  // namespace sluice::emulator
