// Small text files: the configuration, and what stands beside it.
#pragma once

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

/// In one step and for the owner alone: readers see the old text or the new one. Makes the directory.
Result<void> write_text_file(const std::string& path, const std::string& text);

}  // namespace sluice::cli
