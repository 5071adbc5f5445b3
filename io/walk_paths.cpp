// Keys into local paths, and the directories for them.
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <climits>

#include "io/file_error.h"
#include "io/walk.h"

namespace sluice::io {
namespace {

constexpr std::size_t kLongestSegment = 255;

/// The key as it may be printed: control characters as '?'.
std::string printable(std::string_view key) {
  std::string text(key.substr(0, 300));
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  return text;
}

/// The rule that `segment` breaks; empty when none.
std::string_view broken_rule(std::string_view segment) {
  if (segment.empty()) return "has an empty segment (//)";
  if (segment == "..") return "has a '..' segment";
  if (segment == ".") return "has a '.' segment";
  if (segment.size() > kLongestSegment) return "has a segment of more than 255 bytes";
  return {};
}

std::string_view broken_rule_of_key(std::string_view key) {
  if (key.empty()) return "is empty";
  if (key.find('\0') != std::string_view::npos) return "contains a NUL byte";
  if (key.front() == '/') return "begins with '/'";
  if (key.back() == '/') return "ends in '/'";
  for (std::size_t start = 0; start <= key.size();) {
    const std::size_t end = std::min(key.find('/', start), key.size());
    if (const auto rule = broken_rule(key.substr(start, end - start)); !rule.empty()) return rule;
    start = end + 1;
  }
  return {};
}

}  // namespace

Result<std::string> safe_join(const std::string& directory, std::string_view key) {
  std::string_view rule = broken_rule_of_key(key);
  std::string path = directory.empty() ? "." : directory;
  if (!path.ends_with('/')) path += '/';
  path += key;
  if (rule.empty() && path.size() >= PATH_MAX) rule = "makes a path longer than the system allows";
  if (!rule.empty())
    return fail(ErrorKind::argument,
                "the key '" + printable(key) + "' cannot be a local file name: it " + std::string(rule));
  return path;
}

Result<void> make_directories(const std::string& directory, mode_t mode) {
  struct stat s {};
  if (directory.empty() || (stat(directory.c_str(), &s) == 0 && S_ISDIR(s.st_mode))) return {};
  for (std::size_t end = 1; end <= directory.size(); ++end) {
    if (end < directory.size() && directory[end] != '/') continue;
    const std::string step = directory.substr(0, end);
    if (mkdir(step.c_str(), mode) == 0) continue;
    const int error = errno;  // EEXIST, or what a read-only parent says of a directory that exists
    if (stat(step.c_str(), &s) == 0 && S_ISDIR(s.st_mode)) continue;
    return disk_error("make the directory", step, error == EEXIST ? ENOTDIR : error);
  }
  return {};
}

Result<void> mkdir_parents(const std::string& path, mode_t mode) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos || slash == 0) return {};
  return make_directories(path.substr(0, slash), mode);
}

}  // namespace sluice::io
