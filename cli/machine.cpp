#include "cli/machine.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <sstream>

namespace sluice::cli {
namespace {

constexpr std::array kFeatures = {
    Feature{"AES", "TLS takes several times the processor time", "aes", "aes"},
    Feature{"carry-less multiplication", "checksums and TLS take several times the processor time",
            "pclmulqdq", "pmull"},
    Feature{"SHA", nullptr, "sha_ni", "sha2"},
    Feature{"AVX2", nullptr, "avx2", ""},
    Feature{"AVX-512", nullptr, "avx512f", ""},
};

std::string read(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// What follows "name ... :" on its first line.
std::string_view line_of(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (line.starts_with(name) && line.find(':') != line.npos) return line.substr(line.find(':') + 1);
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return {};
}

bool has_word(std::string_view line, std::string_view word) {
  std::istringstream words{std::string(line)};
  for (std::string one; words >> one;)
    if (one == word) return true;
  return false;
}

/// The number that a text begins with, blanks aside.
std::optional<std::uint64_t> number_in(std::string_view text) {
  text.remove_prefix(std::min(text.size(), text.find_first_not_of(" \t")));
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end == text.data()) return {};
  return number;
}

void lower(std::optional<std::uint64_t>& least, std::optional<std::uint64_t> other) {
  if (other && (!least || *other < *least)) least = other;
}

/// Groups are one within the other, and each may set a limit.
std::optional<std::uint64_t> least_of_groups(const std::string& mount, std::string group,
                                             const std::string& file) {
  std::optional<std::uint64_t> least;
  while (true) {
    lower(least, number_in(read(mount + group + "/" + file)));
    if (group.empty() || group == "/") return least;
    group.resize(std::min(group.size(), group.rfind('/')));
  }
}

}  // namespace

Processor processor_of(std::string_view cpuinfo) {
  const std::string_view x86 = line_of(cpuinfo, "flags"), arm = line_of(cpuinfo, "Features");
  Processor found;
  for (const Feature& feature : kFeatures) {
    const std::string_view name = !x86.empty() ? feature.x86 : !arm.empty() ? feature.arm : "";
    if (name.empty()) continue;
    (has_word(x86.empty() ? arm : x86, name) ? found.has : found.lacks).push_back(&feature);
  }
  return found;
}

Processor this_processor(const std::string& root) {
  return processor_of(read(root + "/proc/cpuinfo"));
}

std::optional<std::uint64_t> memory_limit(const std::string& root) {
  std::optional<std::uint64_t> least;
  if (const auto kib = number_in(line_of(read(root + "/proc/meminfo"), "MemTotal"))) least = *kib << 10;
  std::istringstream groups(read(root + "/proc/self/cgroup"));
  for (std::string line; std::getline(groups, line);) {
    // "0::/group" of version 2, "5:memory:/group" of version 1.
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string group = line.substr(second + 1);
    if (controllers.empty())
      lower(least, least_of_groups(root + "/sys/fs/cgroup", group, "memory.max"));
    else if (controllers == "memory")
      lower(least, least_of_groups(root + "/sys/fs/cgroup/memory", group, "memory.limit_in_bytes"));
  }
  return least;
}

}  // namespace sluice::cli
