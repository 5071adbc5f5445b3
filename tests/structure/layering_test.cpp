// Reads the sources and fails on an #include that breaks the layering, and on one thing that g++ 12
// compiles wrongly. The rules stand in ARCHITECTURE.md; here is where they are kept.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {
namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

const std::map<std::string, std::set<std::string>> kMayInclude = {
    {"include", {"sluice"}},
    {"scheduler", {"sluice", "scheduler"}},
    {"io", {"sluice", "scheduler", "io"}},
    {"signers", {"sluice", "scheduler", "io", "signers"}},
    {"engine", {"sluice", "scheduler", "io", "signers", "engine"}},
    // Never the engine: a codec mistake of the client must not cancel itself out in the store.
    {"emulator", {"sluice", "scheduler", "io", "signers", "emulator"}},
    {"bulk", {"sluice", "scheduler", "io", "signers", "engine", "bulk"}},
    {"cli", {"sluice", "scheduler", "io", "signers", "engine", "bulk", "emulator", "cli"}},
    // What measures the project must not share its mistakes.
    {"bench/sink", {"bench/sink"}},
    {"bench/bounds", {"bench/bounds"}},
};
const std::set<std::string> kStandardLibraryOnly = {"include", "scheduler"};
const std::set<std::string> kSystemOnly = {"bench/sink", "bench/bounds"};
constexpr std::size_t kMostAsioFiles = 8;

struct Source {
  std::string path;   // from the root, "io/http.h"
  std::string layer;  // its folder in kMayInclude
  std::string text;
  bool header() const { return path.ends_with(".h"); }
};

struct Include {
  std::string name;
  bool angled = false;
  std::size_t line = 0;
};

std::vector<Source> read_sources() {
  std::vector<Source> sources;
  const fs::path root = SLUICE_SOURCE_DIR;
  for (const auto& [layer, allowed] : kMayInclude) {
    for (const auto& entry : fs::recursive_directory_iterator(root / layer)) {
      const std::string extension = entry.path().extension();
      if (extension != ".h" && extension != ".cpp") continue;
      std::ifstream file(entry.path());
      std::stringstream text;
      text << file.rdbuf();
      sources.push_back({fs::relative(entry.path(), root).string(), layer, text.str()});
    }
  }
  return sources;
}

const std::vector<Source>& sources() {
  static const std::vector<Source> all = read_sources();
  return all;
}

std::vector<Include> includes_of(const std::string& text) {
  std::vector<Include> includes;
  std::istringstream lines(text);
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    std::size_t at = line.find_first_not_of(" \t");
    if (at == std::string::npos || line[at] != '#') continue;
    at = line.find_first_not_of(" \t", at + 1);
    if (at == std::string::npos || line.compare(at, 7, "include") != 0) continue;
    const std::size_t open = line.find_first_of("<\"", at);
    if (open == std::string::npos) continue;
    const bool angled = line[open] == '<';
    const std::size_t close = line.find(angled ? '>' : '"', open + 1);
    includes.push_back({line.substr(open + 1, close - open - 1), angled, number});
  }
  return includes;
}

bool is_curl(const Include& i) {
  return i.name.starts_with("curl/");
}
bool is_asio(const Include& i) {
  return i.name.starts_with("boost/asio") || i.name.starts_with("boost/beast") || i.name.starts_with("asio");
}
bool is_openssl(const Include& i) {
  return i.name.starts_with("openssl/");
}
/// <unistd.h>, <sys/stat.h>, <arpa/inet.h>: what the system itself brings.
bool is_posix(const Include& i) {
  const std::size_t slash = i.name.find('/');
  if (slash == std::string::npos) return i.name.ends_with(".h");
  return std::set<std::string>{"sys", "netinet", "arpa"}.contains(i.name.substr(0, slash));
}
/// <vector>, not <sys/stat.h>, <unistd.h> or <fmt/format.h>.
bool is_standard(const Include& i) {
  return i.angled && i.name.find_first_of("./") == std::string::npos;
}

std::string place(const Source& source, const Include& include) {
  return source.path + ":" + std::to_string(include.line) + " includes " + include.name;
}

/// Every include for which `wrong` is true, as lines to print.
Lines offences(const std::function<bool(const Source&, const Include&)>& wrong) {
  Lines found;
  for (const Source& source : sources())
    for (const Include& include : includes_of(source.text))
      if (wrong(source, include)) found.push_back(place(source, include));
  return found;
}

TEST(Layering, FindsSourcesInEveryLayer) {
  std::set<std::string> layers;
  for (const Source& source : sources()) layers.insert(source.layer);

  for (const auto& [layer, allowed] : kMayInclude) EXPECT_TRUE(layers.contains(layer)) << layer;
  EXPECT_GT(sources().size(), 30u);
}

TEST(Layering, NoArrowPointsUp) {
  EXPECT_EQ(offences([](const Source& source, const Include& include) {
              if (include.angled) return include.name.starts_with("sluice/");
              const auto& allowed = kMayInclude.at(source.layer);
              return std::none_of(allowed.begin(), allowed.end(), [&include](const std::string& folder) {
                return include.name.starts_with(folder + "/");
              });
            }),
            Lines());
}

TEST(Layering, EveryQuotedIncludeIsAFileCountedFromTheRoot) {
  const fs::path root = SLUICE_SOURCE_DIR;
  EXPECT_EQ(offences([&root](const Source&, const Include& include) {
              return !include.angled && !fs::exists(root / include.name) &&
                     !fs::exists(root / "include" / include.name);
            }),
            Lines());
}

TEST(Layering, OnlyIoKnowsCurl) {
  EXPECT_EQ(offences([](const Source& source, const Include& include) {
              return is_curl(include) && source.layer != "io";
            }),
            Lines());
}

TEST(Layering, AsioStaysInAFewSourceFiles) {
  std::set<std::string> users;
  for (const Source& source : sources())
    for (const Include& include : includes_of(source.text))
      if (is_asio(include)) users.insert(source.path);

  for (const std::string& path : users) {
    const bool allowed = path == "io/asio.cpp" || path == "io/curl_loop.cpp" ||
                         (path.starts_with("emulator/") && path.ends_with(".cpp"));
    EXPECT_TRUE(allowed) << path << " includes Asio";
  }
  EXPECT_LE(users.size(), kMostAsioFiles);
  EXPECT_TRUE(users.contains("io/asio.cpp"));
}

TEST(Layering, NoHeaderBringsInCurlAsioOrOpenSsl) {
  EXPECT_EQ(offences([](const Source& source, const Include& include) {
              return source.header() && (is_curl(include) || is_asio(include) || is_openssl(include));
            }),
            Lines());
}

TEST(Layering, PublicHeadersAndTheSchedulerNeedTheStandardLibraryOnly) {
  EXPECT_EQ(offences([](const Source& source, const Include& include) {
              return kStandardLibraryOnly.contains(source.layer) && include.angled && !is_standard(include);
            }),
            Lines());
}

TEST(Layering, WhatMeasuresNeedsTheSystemAndOpenSslOnly) {
  EXPECT_EQ(offences([](const Source& source, const Include& include) {
              return kSystemOnly.contains(source.layer) && include.angled && !is_standard(include) &&
                     !is_posix(include) && !is_openssl(include);
            }),
            Lines());
}

/// The same length, with comments, strings and characters blanked, so that only code has braces.
std::string code_of(const std::string& text) {
  std::string code = text;
  const auto blank = [&code](std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < std::min(to, code.size()); ++i)
      if (code[i] != '\n') code[i] = ' ';
  };
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i + 1;
    if (text.compare(i, 2, "//") == 0) {
      end = std::min(text.find('\n', i), text.size());
      blank(i, end);
    } else if (text.compare(i, 2, "/*") == 0) {
      end = std::min(text.find("*/", i + 2), text.size() - 2) + 2;
      blank(i, end);
    } else if (text.compare(i, 2, "R\"") == 0) {
      const std::size_t open = text.find('(', i);
      const std::string close = ")" + text.substr(i + 2, open - i - 2) + "\"";
      end = std::min(text.find(close, open), text.size() - close.size()) + close.size();
      blank(i, end);
    } else if (text[i] == '"' ||
               (text[i] == '\'' && (i == 0 || !std::isalnum(static_cast<unsigned char>(text[i - 1]))))) {
      while (end < text.size() && text[end] != text[i]) end += text[end] == '\\' ? 2 : 1;
      blank(i, ++end);
    }
    i = end;
  }
  return code;
}

std::size_t matching(const std::string& code, std::size_t open) {
  const char closing = code[open] == '{' ? '}' : code[open] == '[' ? ']' : ')';
  int depth = 0;
  for (std::size_t i = open; i < code.size(); ++i) {
    depth += code[i] == code[open];
    depth -= code[i] == closing;
    if (depth == 0) return i;
  }
  return code.size() - 1;
}

/// "[&]", "[this]", "[&a, &b]", "[]": a closure without a destructor that does anything.
bool captures_nothing_that_owns(std::string_view captures) {
  std::istringstream list{std::string(captures)};
  std::string one;
  while (std::getline(list, one, ',')) {
    one.erase(std::remove_if(one.begin(), one.end(), [](unsigned char c) { return std::isspace(c); }),
              one.end());
    if (!one.empty() && one != "this" && one[0] != '&') return false;
  }
  return true;
}

/// Does the co_await expression that begins at `at` build an object with braces, or a closure that
/// owns something?
bool builds_an_aggregate(const std::string& code, std::size_t at) {
  int depth = 0;
  for (std::size_t i = at; i < code.size(); ++i) {
    const char c = code[i];
    if (c == ';') return false;
    if (c == '(') ++depth;
    if (c == ')' && --depth < 0) return false;
    if (c == '{') return true;
    if (c != '[') continue;
    const std::size_t before = code.find_last_not_of(" \t\n", i - 1);
    const bool lambda = code[before] == '(' || code[before] == ',' || code[before] == '=';
    const std::size_t close = matching(code, i);
    if (lambda) {
      if (!captures_nothing_that_owns(std::string_view(code).substr(i + 1, close - i - 1))) return true;
      i = matching(code, std::min(code.find('{', close), code.size() - 1));
    } else {
      i = close;
    }
  }
  return false;
}

/// Is the co_await at `at` one of the two choices of `?:`?
bool is_a_choice(const std::string& code, std::size_t at) {
  const std::size_t before = code.find_last_not_of(" \t\n", at - 1);
  if (at == 0 || before == std::string::npos) return false;
  if (code[before] == '?') return true;
  const std::size_t statement = code.find_last_of(";{}", before);
  return code[before] == ':' && code.find('?', statement == std::string::npos ? 0 : statement) < before;
}

std::vector<std::size_t> lines_with_aggregates_awaited(const std::string& text) {
  std::vector<std::size_t> lines;
  const std::string code = code_of(text);
  for (std::size_t at = code.find("co_await"); at != std::string::npos; at = code.find("co_await", at + 1))
    if (builds_an_aggregate(code, at) || is_a_choice(code, at))
      lines.push_back(1 + std::count(code.begin(), code.begin() + at, '\n'));
  return lines;
}

TEST(CoAwait, IsSearchedForBracesOwningClosuresAndChoices) {
  const auto wrong = [](const std::string& text) { return !lines_with_aggregates_awaited(text).empty(); };

  EXPECT_TRUE(wrong("x = co_await f({.a = 1});"));
  EXPECT_TRUE(wrong("co_await f(\n  Options{1, 2});"));
  EXPECT_TRUE(wrong("if (co_await f(g, Options{})) {}"));
  EXPECT_TRUE(wrong("co_await pool.run(loop, [name] { return name; });"));
  EXPECT_TRUE(wrong("co_await pool.run(loop, [=] { return name; });"));
  EXPECT_TRUE(wrong("co_await pool.run(loop, [&a, b = std::move(c)]() -> int { return 1; });"));
  EXPECT_TRUE(wrong("co_await f([&] { return 1; }, Options{});"));
  EXPECT_TRUE(wrong("x = a ? co_await f() : co_await g();"));
  EXPECT_TRUE(wrong("x = a ? b\n : co_await g();"));

  EXPECT_FALSE(wrong("if (co_await f(g)) { h(); }"));
  EXPECT_FALSE(wrong("x = a ? b : c; co_await f();"));
  EXPECT_FALSE(wrong("auto both = a ? f() : g(); x = co_await std::move(both);"));
  EXPECT_FALSE(wrong("for (int i = co_await f(); i < 3; ++i) { }"));
  EXPECT_FALSE(wrong("co_await f(\"{\"); // {\n"));
  EXPECT_FALSE(wrong("co_await f('{', 1'000);"));
  EXPECT_FALSE(wrong("// co_await f({});\n"));
  EXPECT_FALSE(wrong("co_await f(parts[i]); g({});"));
  EXPECT_FALSE(wrong("co_await pool.run(loop, [&] { if (a) { b({}); } });"));
  EXPECT_FALSE(wrong("co_await pool.run(loop, [this, &a]() -> Result<int> { return c; });"));
}

// g++ 12 destroys such a temporary twice, whatever takes it, and so the result of a chosen co_await. Make it
// a named local and move that.
TEST(CoAwait, NeverBuildsAnAggregateOrAnOwningClosureNorIsChosen) {
  Lines found;
  for (const Source& source : sources())
    for (const std::size_t line : lines_with_aggregates_awaited(source.text))
      found.push_back(source.path + ":" + std::to_string(line));

  EXPECT_EQ(found, Lines());
}

}  // namespace
}  // namespace sluice
