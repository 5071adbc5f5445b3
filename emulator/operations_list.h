// Every operation's functions, for the table in operations.cpp. One file holds one family of them.
#pragma once

#include "emulator/operations.h"

namespace sluice::emulator {

// operations_bucket.cpp
Outcome<Reply> run_list_buckets(Backend&, Call&, Arrived&);
Outcome<Reply> run_create_bucket(Backend&, Call&, Arrived&);
Outcome<Reply> run_head_bucket(Backend&, Call&, Arrived&);
Outcome<Reply> run_delete_bucket(Backend&, Call&, Arrived&);
Outcome<Reply> run_bucket_location(Backend&, Call&, Arrived&);
Outcome<Reply> run_bucket_stat(Backend&, Call&, Arrived&);
Outcome<Reply> run_get_versioning(Backend&, Call&, Arrived&);

// operations_property.cpp: ACL, tags, class, metadata
Outcome<Reply> run_get_bucket_acl(Backend&, Call&, Arrived&);
Outcome<Reply> run_put_bucket_acl(Backend&, Call&, Arrived&);
Outcome<Reply> run_get_bucket_tags(Backend&, Call&, Arrived&);
Outcome<Reply> run_put_bucket_tags(Backend&, Call&, Arrived&);
Outcome<Reply> run_delete_bucket_tags(Backend&, Call&, Arrived&);
Outcome<Reply> run_put_bucket_class(Backend&, Call&, Arrived&);
Outcome<Reply> run_get_bucket_rename(Backend&, Call&, Arrived&);
Outcome<Reply> run_put_bucket_rename(Backend&, Call&, Arrived&);
Outcome<Reply> run_delete_bucket_rename(Backend&, Call&, Arrived&);
Outcome<Reply> run_get_object_acl(Backend&, Call&, Arrived&);
Outcome<Reply> run_put_object_acl(Backend&, Call&, Arrived&);
Outcome<Reply> run_get_object_tags(Backend&, Call&, Arrived&);
Outcome<Reply> run_put_object_tags(Backend&, Call&, Arrived&);
Outcome<Reply> run_delete_object_tags(Backend&, Call&, Arrived&);
Outcome<Reply> run_set_metadata(Backend&, Call&, Arrived&);
Outcome<Reply> run_refuse(Backend&, Call&, Arrived&);

// operations_listing.cpp
Outcome<Reply> run_list_objects(Backend&, Call&, Arrived&);
Outcome<Reply> run_list_objects_v2(Backend&, Call&, Arrived&);
Outcome<Reply> run_list_versions(Backend&, Call&, Arrived&);
Outcome<Reply> run_list_uploads(Backend&, Call&, Arrived&);
/// The marker of an opaque token (dialects/parts.h writes them).
std::optional<std::string> marker_of(std::string_view token);

// operations_object.cpp
Outcome<Done> admit_put_object(Backend&, const Call&);
Outcome<Reply> run_put_object(Backend&, Call&, Arrived&);
Outcome<Done> admit_append_object(Backend&, const Call&);
Outcome<Reply> run_append_object(Backend&, Call&, Arrived&);
Outcome<Reply> run_get_object(Backend&, Call&, Arrived&);
Outcome<Reply> run_object_attributes(Backend&, Call&, Arrived&);
Outcome<Reply> run_delete_object(Backend&, Call&, Arrived&);
Outcome<Reply> run_delete_objects(Backend&, Call&, Arrived&);

// operations_copy.cpp
Outcome<Done> admit_copy_object(Backend&, const Call&);
Outcome<Reply> run_copy_object(Backend&, Call&, Arrived&);
Outcome<Reply> run_move_object(Backend&, Call&, Arrived&);
Outcome<Reply> run_rename_object(Backend&, Call&, Arrived&);
struct CopySource {
  BucketRef bucket;
  std::string key;
};
Outcome<CopySource> copy_source(const Call&, std::string_view header);

// operations_symlink.cpp
Outcome<Reply> run_put_symlink(Backend&, Call&, Arrived&);
Outcome<Reply> run_get_symlink(Backend&, Call&, Arrived&);

// operations_archive.cpp
Outcome<Reply> run_restore_object(Backend&, Call&, Arrived&);

// operations_multipart.cpp
Outcome<Reply> run_create_upload(Backend&, Call&, Arrived&);
Outcome<Done> admit_part(Backend&, const Call&);
Outcome<Reply> run_put_part(Backend&, Call&, Arrived&);
Outcome<Reply> run_copy_part(Backend&, Call&, Arrived&);
Outcome<Reply> run_list_parts(Backend&, Call&, Arrived&);
Outcome<Reply> run_complete_upload(Backend&, Call&, Arrived&);
Outcome<Reply> run_abort_upload(Backend&, Call&, Arrived&);

}  // namespace sluice::emulator
