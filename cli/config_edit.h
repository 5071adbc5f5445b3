// Changes of the configuration file that leave the rest of it, comments too, as people wrote it.
#pragma once

#include <string>
#include <string_view>

#include "cli/config.h"

namespace sluice::cli {

/// The text with the profile in it, which stands for itself alone: one of that name is replaced. Kind config
/// when the file is no good configuration, or is written in a way that this cannot change.
Result<std::string> with_profile(const std::string& text, const std::string& file, const std::string& name,
                                 const ConfigTable& values);

/// The text with that key in the profile, which is added when it is new.
Result<std::string> with_setting(const std::string& text, const std::string& file, const std::string& name,
                                 const std::string& key, const std::string& value);

/// Letters, digits, '-', '_' and '.': what can stand before '@' in a URL.
bool is_profile_name(std::string_view name);

}  // namespace sluice::cli
