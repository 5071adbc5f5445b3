#include "cli/pairs.h"

#include <fmt/format.h>

#include "cli/units.h"

namespace sluice::cli {

Result<std::map<std::string, std::string>> read_pairs(const std::vector<std::string>& texts,
                                                      const char* what) {
  std::map<std::string, std::string> pairs;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    const std::string name = text.substr(0, equals);
    if (equals == std::string::npos)
      return fail(ErrorKind::argument, fmt::format("{} \"{}\": no '='", what, printable(text)),
                  "write NAME=VALUE");
    if (name.empty())
      return fail(ErrorKind::argument, fmt::format("{} \"{}\": no name", what, printable(text)),
                  "write NAME=VALUE");
    if (!pairs.emplace(name, text.substr(equals + 1)).second)
      return fail(ErrorKind::argument, fmt::format("{} \"{}\" is given twice", what, printable(name)));
  }
  return pairs;
}

}  // namespace sluice::cli
