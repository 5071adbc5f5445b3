// Bodies of answers, as the engine wants them: decoded, judged, or refused with a decode error.
// Pure; nothing a store sends may crash or hang these (codec_fuzz_test.cpp).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/codec_raw.h"
#include "engine/dialect.h"
#include "engine/store.h"

namespace sluice::engine::decode {

/// What was asked for.
struct ListForm {
  bool first_version = false;  ///< although the dialect's own is the second
  bool owners = false;
};
/// Objects, prefixes and the next marker; the reply is left to the caller. `reuse`: objects nobody needs,
/// which are overwritten.
Result<ListPage> list(const Dialect&, std::string body, std::vector<Listed> reuse = {}, ListForm form = {});

struct BucketPage {
  std::vector<BucketInfo> buckets;
  std::string next_marker = {};  ///< empty = no more, as far as markers go
};
Result<BucketPage> buckets(const Dialect&, std::string body);

Result<std::string> upload_id(const Dialect&, std::string body);

struct PartPage {
  std::vector<PartInfo> parts;
  std::string next_marker = {};  ///< empty = the last page
};
Result<PartPage> parts(const Dialect&, std::string body);

Result<UploadList> uploads(const Dialect&, std::string body);

/// What a copy, a part copy or Complete came to. An empty body is allowed where the dialect has none.
struct Outcome {
  std::string etag;  ///< may be empty: some servers leave it out of Complete
  std::optional<std::uint64_t> crc64;
  std::optional<std::uint32_t> crc32c;
};
Result<Outcome> outcome(const Dialect&, std::string body);

Result<Acl> acl(const Dialect&, std::string body);
Result<Tags> tags(const Dialect&, std::string body);
/// The region.
Result<std::string> location(const Dialect&, std::string body);
Result<BucketProperties> properties(const Dialect&, std::string body);
/// An empty body is what a quiet delete may answer.
Result<Deleted> deleted(const Dialect&, std::string body);

/// The error that a body tells of, in XML or JSON whatever the dialect; nothing when it tells none.
std::optional<codec::RawError> error(const std::string& body);

}  // namespace sluice::engine::decode
