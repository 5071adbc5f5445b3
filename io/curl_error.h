// What a code of curl means in our words.
#pragma once

#include <string>

#include "io/curl_loop.h"
#include "sluice/error.h"

namespace sluice::io {

/// `where`: host:port. `message`: curl's own, may be empty; curl puts no header or query in it.
Error curl_error(int code, const std::string& where, const std::string& message,
                 const CurlLoopOptions& options);

}  // namespace sluice::io
