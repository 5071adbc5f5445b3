// How a failed system call on a file becomes an Error.
#pragma once

#include <string>
#include <string_view>

#include "sluice/result.h"

namespace sluice::io {

/// kind disk with errno: "cannot WHAT PATH: Permission denied", and what to do where that is known.
Unexpected disk_error(std::string_view what, const std::string& path, int error);

/// kind integrity, is_source_changed().
Unexpected source_changed(std::string message, std::string hint);

/// The text of an errno.
std::string error_text(int error);

}  // namespace sluice::io
