// A home directory of a test's own, and an environment that knows nothing else.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>

#include <stdlib.h>

#include "cli/environment.h"

namespace sluice::cli::test {

class Home {
 public:
  Home() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sluice-home-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
    variables["HOME"] = path;
    variables["SLUICE_METADATA"] = "off";
  }
  ~Home() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  Home(const Home&) = delete;

  /// Answers its whole path. Readable by its owner alone unless told otherwise.
  std::string write(const std::string& name, const std::string& text, bool exposed = false) {
    using std::filesystem::perms;
    const std::filesystem::path file = std::filesystem::path(path) / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    std::filesystem::permissions(file, exposed ? perms(0644) : perms(0600));
    return file.string();
  }

  std::string path;
  std::map<std::string, std::string> variables;
  Environment env = [this](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
};

}  // namespace sluice::cli::test
