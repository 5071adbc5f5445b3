#include "engine/operation.h"

#include <array>

namespace sluice::engine {
namespace {

// In the order of the enumeration.
constexpr std::array<std::string_view, kOperations> kWords = {
    "list of buckets",
    "list of buckets by tag",
    "creation of buckets",
    "ACL of a new bucket",
    "storage class of buckets",
    "redundancy of buckets",
    "types of buckets",
    "HEAD of buckets",
    "properties of buckets",
    "location of buckets",
    "ACL of buckets",
    "grants on buckets",
    "tags of buckets",
    "switch for renames",
    "deletion of buckets",
    "PUT",
    "ACL of objects",
    "tags of objects",
    "protection from overwriting",
    "GET",
    "HEAD",
    "append",
    "change of metadata",
    "change of storage class",
    "ACL of objects",
    "grants on objects",
    "tags of objects",
    "symbolic links",
    "restore",
    "copy",
    "rename",
    "DELETE",
    "batch delete",
    "first version of the list",
    "second version of the list",
    "owners in lists",
    "multipart upload",
    "parts",
    "copy of parts",
    "list of parts",
    "list of uploads",
    "completion of uploads",
    "abort of uploads",
    "presigned URLs",
};

}  // namespace

std::string_view words_of(Operation operation) {
  return kWords[static_cast<std::size_t>(operation)];
}

}  // namespace sluice::engine
