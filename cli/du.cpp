// sluice du URL...: bytes and objects below a prefix, and of its folders, in constant memory.
#include <fmt/format.h>

#include "cli/exit_code.h"
#include "cli/folder_usage.h"
#include "cli/pages.h"
#include "cli/session.h"
#include "cli/units.h"

namespace sluice::cli {
namespace {

constexpr std::uint64_t kDeepest = 1000;

std::string row(const Context& context, const Location& at, const FolderUsage::Row& usage) {
  Location folder = at;
  folder.key += usage.folder;
  if (context.output.json())
    return context.output.row(JsonLine()
                                  .text("event", "usage")
                                  .text("url", folder.text())
                                  .number("bytes", usage.bytes)
                                  .number("objects", usage.objects));
  const std::string bytes = context.args.has("human") ? format_bytes(static_cast<double>(usage.bytes))
                                                      : fmt::to_string(usage.bytes);
  const std::string url = context.output.data_terminal() ? printable(folder.text()) : folder.text();
  return fmt::format("{:>15}  {:>12}  {}\n", bytes, usage.objects, url);
}

/// A URL without '/' at its end may name an object.
Result<FolderUsage::Row> of_object(Store& store, const Location& at) {
  if (at.names_prefix()) return unexpected(nothing_there("du", at));
  const Result<ObjectInfo> info = store.head(at.bucket, at.key);
  if (!info) return unexpected(info.error());
  return FolderUsage::Row{"", info->size, 1};
}

Result<void> measure(Context& context, Store& store, const Location& named, unsigned depth) {
  const Location at = below(named);
  std::string text;
  FolderUsage usage(depth, [&](const FolderUsage::Row& folder) { text += row(context, at, folder); });
  const Result<void> listed = each_page(store, at.bucket, {.prefix = at.key}, [&](ListPage& page) {
    for (const ObjectInfo& object : page.objects)
      usage.add(std::string_view(object.key).substr(at.key.size()), object.size);
    const Result<void> written = text.empty() ? Result<void>() : context.output.data(text);
    text.clear();
    return written;
  });
  if (!listed) return listed;
  const FolderUsage::Row all = usage.finish();
  if (all.objects > 0 || at.key.empty()) return context.output.data(text + row(context, at, all));
  const Result<FolderUsage::Row> one = of_object(store, named);
  return one ? context.output.data(row(context, named, *one)) : unexpected(one.error());
}

int run(Context& context) {
  const Result<std::uint64_t> depth = parse_count(context.args.get("depth", "0"), 0, kDeepest);
  if (!depth) return report_failure(context, depth.error().with("--depth", ""));
  std::vector<Location> all;
  for (const std::string& text : context.args.all("URL")) {
    Result<Location> at = parse_url(text);
    if (at && at->bucket.empty()) at = parse_bucket(text);
    if (!at) return report_failure(context, at.error());
    all.push_back(*std::move(at));
  }
  for (const Location& at : all) {
    Result<Session> session = open_session(context, at);
    if (!session) return report_failure(context, session.error());
    const Result<void> measured = measure(context, session->store(), at, static_cast<unsigned>(*depth));
    if (!measured) return report_failure(context, measured.error());
  }
  return kDone;
}

}  // namespace

Verb du_verb() {
  return {
      .name = "du",
      .aliases = {"size"},
      .summary = "bytes and objects below a prefix",
      .details = "Columns: bytes, objects, URL. The last line is all that is below the URL.",
      .examples = {"sluice du -H oss://bucket/logs/", "sluice du --depth 1 s3://bucket"},
      .operands = {{"URL", "scheme://bucket[/prefix]", 1, 10000}},
      .options = {{"--depth", "N", "folders down to N names below the URL as well (default 0)"},
                  {"-H,--human", "", "sizes as KiB, MiB, ..."}},
      .shares = Shares::store,
      .in_run = true,
      .run = run,
  };
}

}  // namespace sluice::cli
