// sluice check SRC DST: are these the same? Directories and prefixes, name by name in the order of both, or
// one file or object and another. Writes nothing. Contents are compared by cli/same_content.
#include <algorithm>
#include <filesystem>
#include <mutex>

#include <fmt/format.h>

#include "cli/at_once.h"
#include "cli/compare_names.h"
#include "cli/exit_code.h"
#include "cli/filter_options.h"
#include "cli/pages.h"
#include "cli/same_content.h"
#include "cli/session.h"
#include "cli/units.h"
#include "io/file_sink.h"
#include "io/walk.h"

namespace sluice::cli {
namespace {

constexpr std::size_t kBatch = 256;

/// One of the two things compared.
struct Place {
  Location at;
  Store* store = nullptr;  ///< null: local

  std::string text(const NamedObject& one) const {
    if (store) {
      Location object = at;
      object.key = one.info.key;
      return object.text();
    }
    return one.name.empty() ? at.path : at.path + "/" + one.name;
  }
};

class Check {
 public:
  Check(Context& context, Place from, Place to, bulk::Filter filter, unsigned threads)
      : context_(context),
        from_(std::move(from)),
        to_(std::move(to)),
        filter_(std::move(filter)),
        threads_(threads),
        size_only_(context.args.has("size_only")) {}

  Result<void> trees() {
    // One side is walked and the other asked for the next: a store can always be asked.
    const bool swapped = to_.store == nullptr;
    const Place &left = swapped ? to_ : from_, &right = swapped ? from_ : to_;
    const bool files_only = !left.store;
    NameMerge merge(Pages(right, files_only),
                    [&](std::optional<NamedObject> l, std::optional<NamedObject> r) {
                      return swapped ? add(std::move(r), std::move(l)) : add(std::move(l), std::move(r));
                    });
    if (Result<void> walked = left.store ? each_key(left, merge) : each_file(left, merge); !walked)
      return walked;
    if (Result<void> rest = merge.finish(); !rest) return rest;
    return flush();
  }

  /// One thing and one thing, whatever their names.
  Result<void> pair(NamedObject from, std::optional<NamedObject> to) {
    if (Result<void> added = add(std::move(from), std::move(to)); !added) return added;
    return flush();
  }

  int report() {
    context_.output.event(JsonLine()
                              .text("event", "checked")
                              .number("same", same_)
                              .number("same_size", same_size_)
                              .number("differ", differ_)
                              .number("missing", missing_)
                              .number("extra", extra_)
                              .number("failed", failed_));
    if (!context_.output.json())
      context_.output.say(fmt::format(
          "{} the same, {} of the same size (contents not compared), {} differ, "
          "{} missing, {} extra{}",
          same_, same_size_, differ_, missing_, extra_, failed_ ? fmt::format(", {} FAILED", failed_) : ""));
    return differ_ + missing_ + extra_ + failed_ == 0 ? kDone : kSomeFailed;
  }

 private:
  struct Both {
    NamedObject from, to;
  };

  /// The objects below a place, one after the other.
  class Pages {
   public:
    Pages(const Place& place, bool files_only) : place_(place), files_only_(files_only) {}

    Result<std::optional<NamedObject>> operator()() {
      for (;;) {
        while (next_ < page_.objects.size()) {
          ObjectInfo& object = page_.objects[next_++];
          if (files_only_ && object.size == 0 && object.key.ends_with('/')) continue;
          NamedObject one;
          one.name = object.key.substr(place_.at.key.size());
          one.info = std::move(object);
          return std::optional<NamedObject>(std::move(one));
        }
        if (begun_ && page_.next_marker.empty()) return std::optional<NamedObject>();
        ListOptions options{.prefix = place_.at.key, .marker = page_.next_marker};
        Result<ListPage> page = place_.store->list(place_.at.bucket, std::move(options));
        if (!page) return unexpected(page.error());
        page_ = *std::move(page);
        next_ = 0;
        begun_ = true;
      }
    }

   private:
    const Place& place_;
    const bool files_only_;
    ListPage page_;
    std::size_t next_ = 0;
    bool begun_ = false;
  };

  Result<void> each_key(const Place& place, NameMerge& merge) {
    return each_page(*place.store, place.at.bucket, {.prefix = place.at.key},
                     [&](ListPage& page) -> Result<void> {
                       for (ObjectInfo& object : page.objects) {
                         NamedObject one;
                         one.name = object.key.substr(place.at.key.size());
                         one.info = std::move(object);
                         if (Result<void> merged = merge.left(std::move(one)); !merged) return merged;
                       }
                       return {};
                     });
  }

  Result<void> each_file(const Place& place, NameMerge& merge) {
    Result<void> merged;
    io::WalkCallbacks callbacks;
    callbacks.file = [&](const io::WalkEntry& entry) {
      if (io::is_part_name(entry.path)) return true;
      NamedObject one;
      one.name = entry.path;
      one.info.size = entry.size;
      one.info.modified = entry.modified();
      merged = merge.left(std::move(one));
      return merged.has_value();
    };
    callbacks.skipped = [&](const std::string& path, std::string_view what) {
      context_.output.say(fmt::format("skipped {}: {}", path, what));
    };
    callbacks.failed = [&](const Error& error) { failed(error); };
    callbacks.enter = [&](std::string_view directory) { return filter_.may_admit_below(directory); };
    const Result<void> walked = io::walk(place.at.path, callbacks);
    return merged ? walked : merged;
  }

  Result<void> add(std::optional<NamedObject> from, std::optional<NamedObject> to) {
    // As a sync sees it: where both are there, the source decides.
    const NamedObject& decides = from ? *from : *to;
    if (!filter_.admits(decides.name, decides.info.size, decides.info.modified)) return {};
    if (from && to) {
      waiting_.push_back({*std::move(from), *std::move(to)});
      return waiting_.size() < kBatch ? Result<void>() : flush();
    }
    ++(from ? missing_ : extra_);
    return from ? told("missing", from_.text(*from), *from) : told("extra", to_.text(*to), *to);
  }

  Result<void> flush() {
    std::vector<Both> batch;
    batch.swap(waiting_);
    std::vector<Result<Verdict>> verdicts(batch.size(), Result<Verdict>(Verdict::same));
    at_once(batch.size(), threads_, [&](std::size_t i) { verdicts[i] = judge(batch[i]); });
    for (std::size_t i = 0; i < batch.size(); ++i)
      if (Result<void> said = count(batch[i], verdicts[i]); !said) return said;
    return {};
  }

  Result<Verdict> judge(Both& both) const {
    if (both.from.info.size != both.to.info.size) return Verdict::size;
    if (size_only_) return Verdict::same_size;
    for (const auto& [place, one] : {std::pair{&from_, &both.from}, std::pair{&to_, &both.to}})
      if (Result<void> asked = ask_checksum(*place, one->info); !asked) return unexpected(asked.error());
    return same_content(both);
  }

  /// Not every listing tells what HEAD does.
  static Result<void> ask_checksum(const Place& place, ObjectInfo& info) {
    if (!place.store || info.crc64) return {};
    Result<ObjectInfo> head = place.store->head(place.at.bucket, info.key);
    if (!head) return unexpected(head.error());
    info.crc64 = head->crc64;
    info.etag = head->etag;
    info.opaque_etag = head->opaque_etag;
    return {};
  }

  Result<Verdict> same_content(const Both& both) const {
    const Told from{from_.at.scheme, both.from.info}, to{to_.at.scheme, both.to.info};
    if (!from_.store) return compare_file(from_.text(both.from), to);
    if (!to_.store) return compare_file(to_.text(both.to), from);
    return compare_objects(from, to);
  }

  Result<void> count(const Both& both, const Result<Verdict>& verdict) {
    if (!verdict) {
      failed(verdict.error());
      return {};
    }
    if (*verdict == Verdict::same) return ++same_, Result<void>();
    if (*verdict == Verdict::same_size) return ++same_size_, Result<void>();
    ++differ_;
    return told(*verdict == Verdict::size ? "size" : "checksum", to_.text(both.to), both.to);
  }

  void failed(const Error& error) {
    ++failed_;
    report_failure(context_, error);
  }

  /// `url`: where it is, in DST if it is in both.
  Result<void> told(const char* what, const std::string& url, const NamedObject& one) {
    if (context_.output.json())
      return context_.output.data(context_.output.row(
          JsonLine().text("event", "difference").text("what", what).text("name", one.name).text("url", url)));
    return context_.output.data(
        fmt::format("{:8}  {}\n", what, context_.output.data_terminal() ? printable(url) : url));
  }

  Context& context_;
  const Place from_, to_;
  const bulk::Filter filter_;
  const unsigned threads_;
  const bool size_only_;
  std::vector<Both> waiting_;
  std::uint64_t same_ = 0, same_size_ = 0, differ_ = 0, missing_ = 0, extra_ = 0, failed_ = 0;
};

/// What `place` names by itself; nothing where it stands for what is below it, or is not there.
Result<std::optional<NamedObject>> single(const Place& place) {
  NamedObject one;
  if (place.store) {
    if (place.at.names_prefix()) return std::optional<NamedObject>();
    Result<ObjectInfo> info = place.store->head(place.at.bucket, place.at.key);
    if (!info && is_not_found(info.error())) return std::optional<NamedObject>();
    if (!info) return unexpected(info.error());
    one.info = *std::move(info);
    one.info.key = place.at.key;
    return std::optional<NamedObject>(std::move(one));
  }
  std::error_code failed;
  const auto size = std::filesystem::file_size(place.at.path, failed);
  if (failed) return std::optional<NamedObject>();
  one.info.size = size;
  return std::optional<NamedObject>(std::move(one));
}

bool is_directory(const Place& place) {
  std::error_code ignored;
  return !place.store && std::filesystem::is_directory(place.at.path, ignored);
}

/// As cp names a target "into".
void complete(const Place& from, Place& to) {
  const std::string name = base_name(from.store ? from.at.key : from.at.path);
  if (to.store && to.at.names_prefix()) to.at.key += name;
  if (is_directory(to)) to.at.path += "/" + name;
}

/// A mistyped SRC is told as such, and not by all that DST has and it has not.
Result<void> has_objects(const Place& from) {
  if (!from.store || from.at.key.empty()) return {};
  const Result<ListPage> page = from.store->list(from.at.bucket, {.prefix = from.at.key, .limit = 1});
  if (!page) return unexpected(page.error());
  if (page->objects.empty()) return unexpected(nothing_there("check", from.at));
  return {};
}

Result<std::vector<Location>> read_places(const Args& args) {
  std::vector<Location> places;
  for (const char* operand : {"SRC", "DST"}) {
    Result<Location> at = parse_location(args.get(operand));
    if (!at) return unexpected(at.error());
    if (at->kind == Location::Kind::standard)
      return fail(ErrorKind::argument, "- cannot be checked", "sluice hash - prints its checksum");
    if (at->is_object() && at->bucket.empty()) return names_no_bucket(*at);
    places.push_back(*std::move(at));
  }
  if (!places[0].is_object() && !places[1].is_object())
    return fail(ErrorKind::argument, "neither of the two is in a store", "two directories: diff -r");
  return places;
}

Result<Session> open_places(Context& context, const std::vector<Location>& places) {
  if (places[0].is_object() && places[1].is_object())
    return open_session(context, {{places[0].scheme, places[0].profile, Side::source},
                                  {places[1].scheme, places[1].profile, Side::target}});
  return open_session(context, places[places[0].is_object() ? 0 : 1]);
}

Result<int> compare(Context& context, Session& session, const std::vector<Location>& places,
                    const bulk::Filter& filter) {
  Place from{places[0], places[0].is_object() ? &session.stores.front() : nullptr};
  Place to{places[1], places[1].is_object() ? &session.stores.back() : nullptr};
  Result<std::optional<NamedObject>> one = single(from);
  if (!one) return unexpected(one.error());
  if (*one) {
    if (!filter.empty()) return unexpected(filters_need_a_tree());
    complete(from, to);
    Result<std::optional<NamedObject>> other = single(to);
    if (!other) return unexpected(other.error());
    Check check(context, from, to, filter, 1);
    if (Result<void> compared = check.pair(**std::move(one), *std::move(other)); !compared)
      return unexpected(compared.error());
    return check.report();
  }
  for (Place* place : {&from, &to})
    if (place->store) place->at = below(std::move(place->at));
  if (Result<void> there = has_objects(from); !there) return unexpected(there.error());
  Check check(context, from, to, filter, session.objects_at_once);
  if (Result<void> compared = check.trees(); !compared) return unexpected(compared.error());
  return check.report();
}

int run(Context& context) {
  const Result<std::vector<Location>> places = read_places(context.args);
  if (!places) return report_failure(context, places.error());
  const Result<bulk::Filter> filter = read_filter(context.args);
  if (!filter) return report_failure(context, filter.error());
  Result<Session> session = open_places(context, *places);
  if (!session) return report_failure(context, session.error());
  const Result<int> code = compare(context, *session, *places, *filter);
  return code ? *code : report_failure(context, code.error());
}

}  // namespace

Verb check_verb() {
  return {
      .name = "check",
      .aliases = {"verify", "diff", "audit"},
      .summary = "compare a directory or prefix with another",
      .details =
          "Prints what differs: missing (in DST), extra (in DST alone), size, checksum; exit 1 when "
          "anything\n"
          "does. Checksums are compared where both sides tell one, or one side is local: CRC64, else an "
          "ETag\n"
          "that is an MD5. Those of a store that encrypts with keys of its own are none: --size-only.",
      .examples = {"sluice check photos/ oss://bucket/photos/",
                   "sluice check --size-only oss://bucket/a/ s3://other/a/"},
      .operands = {{"SRC", "a path or a URL"}, {"DST", "a path or a URL"}},
      .options = {{"--size-only", "", "compare no contents"}},
      .shares = Shares::stores,
      .filters = true,
      .in_run = true,
      .run = run,
  };
}

}  // namespace sluice::cli
