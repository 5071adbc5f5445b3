// Unfinished multipart uploads: which of them a command means, and how they are shown.
#pragma once

#include <string>
#include <vector>

#include "cli/location.h"
#include "cli/verb.h"
#include "sluice/client.h"

namespace sluice::cli {

/// The URL of a bucket, or of what is below a prefix.
Result<Location> parse_prefix(std::string_view text);

/// "--upload-id": one of those of a key.
Option upload_id_option();
/// That one, or all of that very key; not found when there is none.
Result<std::vector<UploadInfo>> uploads_of_key(const Args&, Store&, const Location&);

/// One line, or with --json one event. `event`: "upload" or "upload_aborted".
std::string upload_row(const char* event, const UploadInfo&, const Output&);
std::string part_row(const UploadInfo&, const PartInfo&, const Output&);

}  // namespace sluice::cli
