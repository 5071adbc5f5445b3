// Small text files: the configuration, and what stands beside it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "sluice/result.h"

namespace sluice::cli {

struct TextFile {
  std::string text;
  bool others_may_read = false;
};

/// Nothing when there is no such file. At most 1 MiB; kind config.
Result<std::optional<TextFile>> read_text_file(const std::string& path);

/// What to tell whose file of secrets others may read.
std::string exposed_file_warning(const std::string& path);

/// Writes what `change` makes of the text; a file that is not there is made, empty, and its directory.
/// One process at a time: others wait. Readers see the old text or the new one; the new one is for the
/// owner alone. Where links lead there is written, and never over anything but a file. Kind disk, or what
/// `change` answers: then nothing has changed.
Result<void> change_text_file(const std::string& path,
                              const std::function<Result<std::string>(const std::string& text)>& change);

}  // namespace sluice::cli
