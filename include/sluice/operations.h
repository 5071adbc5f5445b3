// Bucket, Object, Upload: single requests on one of them, beyond what Store offers.
//
// Handles: nothing is asked when one is made, copies refer to the same thing, none may outlive its Client.
// Every call blocks while a worker asks, may be made from any thread, and is repeated after failures that
// may pass, but for append (see there). What a store does not have is refused before any request, with kind
// argument: docs/operations.md shows which store has what.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/client.h"
#include "sluice/properties.h"

namespace sluice {

class Bucket {
 public:
  Bucket(Store store, std::string name) : store_(std::move(store)), name_(std::move(name)) {}
  const std::string& name() const { return name_; }

  Result<BucketProperties> info() const;
  Result<Answered<std::string>> location() const;  ///< the region

  Result<Acl> acl() const;
  Result<Reply> set_acl(Acl acl) const;
  /// A bucket without tags has an empty set.
  Result<Answered<Tags>> tags() const;
  Result<Reply> set_tags(Tags tags) const;  ///< all of them: others are gone then
  Result<Reply> remove_tags() const;

  /// Whether Object::rename_to may be used (TOS; off in new buckets).
  Result<Reply> allow_renames(bool on) const;

  /// Any number of keys, a thousand a request. `quiet`: only failures are told. Those that the store's
  /// documents cannot carry are deleted one by one. Errors are of whole requests; a key that could not be
  /// deleted is in Deleted::failed.
  Result<Deleted> remove_keys(std::vector<std::string> keys, bool quiet = false) const;
  /// Every key that begins so; keys are not listed in the answer.
  Result<Deleted> remove_prefix(std::string prefix) const;

  Result<UploadPage> uploads(UploadListOptions options = {}) const;  ///< one page

 private:
  Store store_;
  std::string name_;
};

class Upload;

class Object {
 public:
  Object(Store store, std::string bucket, std::string key)
      : store_(std::move(store)), bucket_(std::move(bucket)), key_(std::move(key)) {}
  const std::string& bucket() const { return bucket_; }
  const std::string& key() const { return key_; }

  /// One GET, at most 64 MiB; larger ones by Client::download.
  Result<Content> get(GetOptions options = {}) const;
  /// One PUT, up to the store's limit; larger ones by Client::upload.
  Result<Stored> put(std::string_view bytes, PutOptions options = {}) const;
  /// Adds to the object's end, which must be at `position`; 0 creates it, and only then `options` count.
  /// `crc64_before`: of what is there, to be continued and checked (Appended::crc64); at 0 known anyway.
  /// Not repeated blindly: after a failure the object is looked at first.
  Result<Appended> append(std::uint64_t position, std::string_view bytes, PutOptions options = {},
                          std::optional<std::uint64_t> crc64_before = {}) const;

  /// Within the store, in one request; larger ones and other stores' by Client::copy.
  Result<Stored> copy_from(const Object& source, CopyOptions options = {}) const;
  /// A new key in the same bucket, by the store itself.
  Result<Reply> rename_to(std::string key) const;

  /// Replaces the user metadata; content, type and headers stay. Where that is a copy onto itself the ACL
  /// may be the store's default afterwards (S3), and the object must not exceed one copy.
  Result<Reply> set_metadata(std::map<std::string, std::string> metadata) const;
  Result<Reply> set_storage_class(std::string storage_class) const;

  Result<Acl> acl() const;
  Result<Reply> set_acl(Acl acl) const;
  Result<Answered<Tags>> tags() const;
  Result<Reply> set_tags(Tags tags) const;
  Result<Reply> remove_tags() const;

  /// Makes this a symbolic link to another key of the bucket.
  Result<Reply> set_symlink(std::string target, PutOptions options = {}) const;
  Result<Answered<std::string>> symlink() const;  ///< the target's key

  /// Brings an archived object back for some days: status 202 = begun, 200 = it is back already. `tier`:
  /// Expedited, Standard, Bulk, or empty.
  Result<Reply> restore(unsigned days, std::string tier = {}) const;

  Result<Upload> create_upload(PutOptions options = {}) const;
  Upload upload(std::string id) const;  ///< one that was created before

 private:
  Store store_;
  std::string bucket_, key_;
};

/// A multipart upload, step by step. Part numbers are 1 to 10,000 in every store.
class Upload {
 public:
  Upload(Store store, std::string bucket, std::string key, std::string id, Reply reply = {})
      : store_(std::move(store)),
        bucket_(std::move(bucket)),
        key_(std::move(key)),
        id_(std::move(id)),
        reply_(std::move(reply)) {}
  const std::string& id() const { return id_; }
  const Reply& reply() const { return reply_; }  ///< of its creation

  Result<Stored> put_part(std::uint32_t number, std::string_view bytes) const;
  Result<Stored> copy_part(std::uint32_t number, const Object& source, ByteSpan range) const;
  Result<PartList> parts() const;  ///< all of them
  /// Joins these parts, numbers rising; `number` and `etag` count.
  Result<Stored> complete(std::vector<PartInfo> parts, bool forbid_overwrite = false) const;
  Result<Reply> abort() const;
  Result<std::string> presign_part(std::uint32_t number, std::chrono::seconds lifetime) const;

 private:
  Store store_;
  std::string bucket_, key_, id_;
  Reply reply_;
};

}  // namespace sluice
