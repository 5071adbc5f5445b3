// Operation: what may be asked of a store. Which store has what is data of its dialect (Dialect::lacks).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace sluice::engine {

enum class Operation : std::uint8_t {
  // buckets
  list_buckets,
  list_buckets_by_tag,
  create_bucket,
  create_bucket_acl,
  create_bucket_class,
  create_bucket_redundancy,
  create_bucket_type,
  head_bucket,
  bucket_info,
  bucket_location,
  bucket_acl,
  bucket_grants,
  bucket_tags,
  rename_switch,
  delete_bucket,
  // objects
  put,
  put_acl,
  put_tags,
  forbid_overwrite,
  get,
  head,
  append,
  set_metadata,
  set_storage_class,
  object_acl,
  object_grants,
  object_tags,
  symlink,
  restore,
  copy,
  rename,
  remove,
  remove_many,
  // lists
  list_v1,
  list_v2,
  fetch_owner,
  // multipart
  create_upload,
  upload_part,
  copy_part,
  list_parts,
  list_uploads,
  complete_upload,
  abort_upload,
  presign,
};
inline constexpr int kOperations = static_cast<int>(Operation::presign) + 1;

/// What the operation offers, so that "X has no <words>" is a sentence: "append", "tags of objects".
std::string_view words_of(Operation);

/// One that a store lacks.
struct Lack {
  Operation operation;
  std::string_view instead = {};  ///< what to do about it; may be empty
};

}  // namespace sluice::engine
