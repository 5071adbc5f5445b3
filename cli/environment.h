// Where environment variables come from, so that tests can give their own.
#pragma once

#include <cstdlib>
#include <functional>
#include <optional>
#include <string>

namespace sluice::cli {

using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// The process's own. An empty variable counts as unset.
inline std::optional<std::string> process_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') return {};
  return value;
}

}  // namespace sluice::cli
