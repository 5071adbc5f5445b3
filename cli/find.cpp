// sluice find URL: the objects below a prefix that fit, one URL a line, as the listing comes.
#include <fnmatch.h>

#include <algorithm>

#include <fmt/format.h>

#include "cli/exit_code.h"
#include "cli/listing.h"
#include "cli/pages.h"
#include "cli/planned.h"
#include "cli/session.h"
#include "cli/units.h"
#include "cli/words.h"

namespace sluice::cli {
namespace {

constexpr std::uint64_t kLargest = 1ull << 60;
constexpr std::uint64_t kDeepest = 1000;

struct Wish {
  std::vector<std::string> names;  ///< any of them; empty = every name
  std::optional<std::uint64_t> larger, smaller;
  std::optional<TimePoint> newer, older;
  std::uint64_t max_depth = kDeepest;
  std::vector<std::string> command;  ///< what is to be done with each; empty = it is only told

  bool fits(const ObjectInfo& object, std::string_view name) const {
    if (larger && object.size <= *larger) return false;
    if (smaller && object.size >= *smaller) return false;
    if (newer && !(object.modified && *object.modified > *newer)) return false;
    if (older && !(object.modified && *object.modified < *older)) return false;
    if (static_cast<std::uint64_t>(std::count(name.begin(), name.end(), '/')) >= max_depth) return false;
    if (names.empty()) return true;
    const std::string last = base_name(object.key);
    return std::any_of(names.begin(), names.end(), [&](const std::string& pattern) {
      return ::fnmatch(pattern.c_str(), last.c_str(), 0) == 0;
    });
  }
};

/// Reads one option into `to`; nothing when it was not given.
template <class T, class Parse>
Result<void> read_option(const Args& args, const char* name, const char* flag, const Parse& parse,
                         std::optional<T>& to) {
  if (!args.has(name)) return {};
  Result<T> value = parse(args.get(name));
  if (!value) return unexpected(value.error().with(flag, ""));
  to = *value;
  return {};
}

Result<Wish> read_wish(const Args& args) {
  const TimePoint now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto size = [](const std::string& text) { return parse_size(text, 0, kLargest); };
  const auto time = [now](const std::string& text) { return parse_moment(text, now); };
  const auto depth = [](const std::string& text) { return parse_count(text, 1, kDeepest); };
  Wish wish;
  wish.names = args.all("name");
  std::optional<std::uint64_t> max_depth;
  for (const Result<void>& one :
       {read_option<std::uint64_t>(args, "larger", "--larger", size, wish.larger),
        read_option<std::uint64_t>(args, "smaller", "--smaller", size, wish.smaller),
        read_option<TimePoint>(args, "newer", "--newer", time, wish.newer),
        read_option<TimePoint>(args, "older", "--older", time, wish.older),
        read_option<std::uint64_t>(args, "max_depth", "--max-depth", depth, max_depth)})
    if (!one) return unexpected(one.error());
  wish.max_depth = max_depth.value_or(kDeepest);
  Result<std::vector<std::string>> command = split_words(args.get("command"));
  if (command && command->empty() && args.has("command"))
    command = fail(ErrorKind::argument, "there is no word in it");
  if (!command) return unexpected(command.error().with("--command", ""));
  wish.command = *std::move(command);
  return wish;
}

std::string row(const Context& context, const Wish& wish, const Location& at, const ObjectInfo& object) {
  if (!wish.command.empty()) {
    std::vector<std::string> words = wish.command;
    words.push_back(at.word());
    return planned(context.output, words, object.size);
  }
  if (context.output.json()) return context.output.row(object_json("found", object).text("url", at.word()));
  return (context.output.data_terminal() ? printable(at.word()) : at.word()) + "\n";
}

int run(Context& context) {
  Result<Location> named = parse_url(context.args.get("URL"));
  if (named && named->bucket.empty()) named = parse_bucket(context.args.get("URL"));
  if (!named) return report_failure(context, named.error());
  const Result<Wish> wish = read_wish(context.args);
  if (!wish) return report_failure(context, wish.error());
  Result<Session> session = open_session(context, *named);
  if (!session) return report_failure(context, session.error());

  const Location at = below(*named);
  // Its first level needs no listing of what is deeper.
  const ListOptions options{.prefix = at.key, .delimiter = wish->max_depth == 1 ? "/" : ""};
  bool any = false;
  std::string text;
  const Result<void> listed = each_page(session->store(), at.bucket, options, [&](ListPage& page) {
    any = any || !page.objects.empty() || !page.prefixes.empty();
    text.clear();
    for (const ObjectInfo& object : page.objects) {
      if (!wish->fits(object, std::string_view(object.key).substr(at.key.size()))) continue;
      Location one = at;
      one.key = object.key;
      text += row(context, *wish, one, object);
    }
    return text.empty() ? Result<void>() : context.output.data(text);
  });
  if (!listed) return report_failure(context, listed.error());
  return any || at.key.empty() ? kDone : report_failure(context, nothing_there("find", at));
}

}  // namespace

Verb find_verb() {
  return {
      .name = "find",
      .aliases = {},
      .summary = "print the URLs of objects that fit",
      .details =
          "An object must fit everything that is said. In a glob * stands for any text, ? for one byte and\n"
          "[a-z] for one of those; it is held against what follows the last '/'. A time is an age (90s, "
          "15m,\n"
          "2h, 7d) or a date in UTC (2026-11-03, 2026-11-03T12:00:00Z).",
      .examples = {"sluice find oss://bucket/logs/ --name '*.gz' --older 30d",
                   "sluice find s3://bucket --larger 1G --command rm | sluice run -"},
      .operands = {{"URL", "scheme://bucket[/prefix]"}},
      .options = {{"--name", "GLOB", "the last name fits; may be repeated, any of them does", true},
                  {"--larger", "N[K|M|G]", "more bytes than this (a bare number is MiB)"},
                  {"--smaller", "N[K|M|G]", "fewer bytes than this"},
                  {"--newer", "TIME", "modified after this"},
                  {"--older", "TIME", "modified before this"},
                  {"--max-depth", "N", "at most N names below the URL; 1 = its own level"},
                  {"--command", "WORDS", "lines for sluice run instead: WORDS and the URL, quoted"}},
      .shares = Shares::store,
      .in_run = true,
      .run = run,
  };
}

}  // namespace sluice::cli
