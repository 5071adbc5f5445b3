// Whether two things of one size hold the same bytes, by what both sides tell: CRC64 (OSS, COS, TOS), else an
// ETag that is an MD5. Of a local file either is computed. Where the stores share nothing, sizes are all
// there is.
#pragma once

#include <string>
#include <string_view>

#include "sluice/result.h"
#include "sluice/types.h"

namespace sluice::cli {

enum class Verdict { same, same_size, size, checksum };

/// What a store of this scheme tells of an object.
struct Told {
  std::string_view scheme;
  const ObjectInfo& info;
};

Verdict compare_objects(const Told&, const Told&);
/// Reads the file.
Result<Verdict> compare_file(const std::string& path, const Told&);

}  // namespace sluice::cli
