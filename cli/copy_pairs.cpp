// A tree taken apart: copy_command.h.
#include <cerrno>

#include <fmt/format.h>

#include "cli/at_once.h"
#include "cli/copy_command.h"
#include "cli/exit_code.h"
#include "cli/pages.h"
#include "cli/planned.h"
#include "cli/put_options.h"
#include "io/file_sink.h"
#include "io/walk.h"

namespace sluice::cli {
namespace {

constexpr std::size_t kPage = 1000;

Result<void> below_directory(const CopyCommand& tree, const OnPairs& on) {
  std::vector<CopyPair> page;
  Result<void> used;
  const auto flush = [&] {
    used = on.page(page);
    page.clear();
    return used.has_value();
  };
  io::WalkCallbacks callbacks;
  callbacks.file = [&](const io::WalkEntry& entry) {
    if (io::is_part_name(entry.path)) {
      on.skipped(fmt::format("skipped {}: an unfinished download", entry.path));
      return true;
    }
    if (!tree.filter.admits(entry.path, entry.size, entry.modified())) return true;
    CopyPair pair;
    pair.copy.from.path = tree.from.path + "/" + entry.path;
    pair.copy.to = tree.to;
    pair.copy.to.key += entry.path;
    pair.bytes = entry.size;
    page.push_back(std::move(pair));
    return page.size() < kPage || flush();
  };
  callbacks.skipped = [&](const std::string& path, std::string_view what) {
    on.skipped(fmt::format("skipped {}: {}", path, what));
  };
  callbacks.failed = on.failed;
  callbacks.enter = [&](std::string_view directory) { return tree.filter.may_admit_below(directory); };
  Result<void> walked = io::walk(tree.from.path, callbacks);
  if (walked && used && !page.empty()) flush();
  return used ? walked : used;
}

/// Named as the engine names them: relative, and the object that is the prefix itself by its last segment.
std::string name_below(const std::string& prefix, const std::string& key) {
  return key.size() > prefix.size() ? key.substr(prefix.size()) : base_name(key);
}

Result<CopyPair> pair_of(const CopyCommand& tree, const ObjectInfo& object) {
  CopyPair pair;
  pair.bytes = object.size;
  pair.copy.from = tree.from;
  pair.copy.from.key = object.key;
  pair.copy.to = tree.to;
  const std::string name = name_below(tree.from.key, object.key);
  if (tree.to.is_object()) {
    pair.copy.to.key += name;
    pair.copy.raw = pair.copy.to.names_prefix();
    return pair;
  }
  Result<std::string> path = io::safe_join(tree.to.path, name);
  if (!path) return unexpected(path.error().with({}, pair.copy.from.text()));
  pair.copy.to.path = *std::move(path);
  return pair;
}

Result<void> below_prefix(Session& session, const CopyCommand& tree, const OnPairs& on) {
  return each_page(session.stores.front(), tree.from.bucket, {.prefix = tree.from.key}, [&](ListPage& page) {
    std::vector<CopyPair> pairs;
    for (const ObjectInfo& object : page.objects) {
      // A marker of a folder, as consoles make them, is no file, and none has a name at a bucket's root.
      const bool marker = object.size == 0 && object.key.ends_with('/');
      if (marker && (!tree.to.is_object() || (tree.to.key + name_below(tree.from.key, object.key)).empty()))
        continue;
      if (!tree.filter.admits(name_below(tree.from.key, object.key), object.size, object.modified)) continue;
      Result<CopyPair> pair = pair_of(tree, object);
      if (pair)
        pairs.push_back(*std::move(pair));
      else
        on.failed(pair.error());
    }
    return on.page(pairs);
  });
}

std::string planned_copy(const Context& context, const std::string& verb, const CopyCommand& copy,
                         std::optional<std::uint64_t> bytes) {
  std::vector<std::string> words = put_option_words(context.args);
  words.insert(words.begin(), verb);
  if (copy.to.is_object() && copy.to.names_prefix()) words.push_back("--raw");
  words.push_back(copy.from.word());
  words.push_back(copy.to.word());
  return planned(context.output, words, bytes);
}

/// With --no-clobber: an error, errno EEXIST, where the copy would be refused.
Result<void> check_target(Session& session, const CopyCommand& copy) {
  if (!session.transfer.forbid_overwrite) return {};
  if (!copy.to.is_object()) return io::check_free(copy.to.path);
  const Result<Answered<bool>> there = session.stores.back().object_exists(copy.to.bucket, copy.to.key);
  if (!there) return unexpected(there.error());
  if (!there->value) return {};
  Error taken = make_error(ErrorKind::disk, "the object exists already, and is left alone");
  taken.target = copy.to.text();
  taken.system_error = EEXIST;
  return unexpected(std::move(taken));
}

}  // namespace

Result<void> each_pair(Session& session, const CopyCommand& tree, const OnPairs& on) {
  return tree.from.is_object() ? below_prefix(session, tree, on) : below_directory(tree, on);
}

int show_copy(Context& context, Session& session, const std::string& verb, const CopyCommand& command) {
  if (!command.tree) {
    std::optional<std::uint64_t> bytes;
    if (command.from.is_object()) {
      const Result<ObjectInfo> there = session.stores.front().head(command.from.bucket, command.from.key);
      if (!there) return report_failure(context, there.error());
      bytes = there->size;
    }
    if (Result<void> free = check_target(session, command); !free)
      return report_failure(context, free.error());
    const Result<void> shown = context.output.data(planned_copy(context, verb, command, bytes));
    return shown ? kDone : report_failure(context, shown.error());
  }
  std::uint64_t seen = 0, failed = 0;
  OnPairs on;
  on.failed = [&](const Error& error) {
    ++failed;
    report_failure(context, error);
  };
  on.skipped = [&](const std::string& note) { context.output.say(note); };
  on.page = [&](std::vector<CopyPair>& pairs) {
    std::vector<Result<void>> free(pairs.size());
    const auto check = [&](std::size_t i) { free[i] = check_target(session, pairs[i].copy); };
    if (session.transfer.forbid_overwrite) at_once(pairs.size(), session.objects_at_once, check);
    std::string text;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const CopyCommand& copy = pairs[i].copy;
      if (free[i])
        text += planned_copy(context, verb, copy, pairs[i].bytes);
      else if (is_already_exists(free[i].error()))
        on.skipped(fmt::format("skipped {}: it is there already", copy.to.text()));
      else
        on.failed(free[i].error());
    }
    seen += pairs.size();
    return context.output.data(text);
  };
  const Result<void> walked = each_pair(session, command, on);
  if (!walked) return report_failure(context, walked.error());
  if (seen == 0 && failed == 0 && command.from.is_object() && command.filter.empty())
    return report_failure(context, nothing_there(verb, command.from));
  return failed == 0 ? kDone : kSomeFailed;
}

}  // namespace sluice::cli
