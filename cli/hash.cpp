// sluice hash PATH|URL...: checksums of files, objects and standard input, read once and kept nowhere.
#include <fmt/format.h>

#include "cli/checksums.h"
#include "cli/exit_code.h"
#include "cli/session.h"
#include "cli/units.h"

namespace sluice::cli {
namespace {

Result<void> of_object(Context& context, const Location& at, Checksum& checksum) {
  Result<Session> session = open_session(context, at);
  if (!session) return unexpected(session.error());
  const auto take = [&checksum](std::string_view bytes) -> Result<void> {
    checksum.update(bytes);
    return {};
  };
  Transfer transfer =
      session->client.download(session->store(), at.bucket, at.key, Sink::stream(take), session->transfer);
  const Interrupt::Guard guard(context.interrupt, [&transfer] { transfer.cancel(); });
  if (context.interrupt.signal() != 0) transfer.cancel();
  const Result<TransferReport> end = transfer.wait();
  if (!end) return unexpected(end.error());
  return {};
}

Result<void> of_local(const Location& at, Checksum& checksum) {
  return add_file(checksum, at.kind == Location::Kind::standard ? "/dev/stdin" : at.path);
}

int run(Context& context) {
  const std::string type = context.args.get("type", "crc64");
  const Result<ChecksumKind> kind = parse_checksum_kind(type);
  if (!kind) return report_failure(context, kind.error().with("--type", ""));
  std::vector<Location> all;
  for (const std::string& text : context.args.all("WHAT")) {
    Result<Location> at = parse_location(text);
    if (at && at->is_object()) at = parse_object(text);
    if (!at) return report_failure(context, at.error());
    all.push_back(*std::move(at));
  }
  int code = kDone;
  for (const Location& at : all) {
    Checksum checksum(*kind);
    const Result<void> read = at.is_object() ? of_object(context, at, checksum) : of_local(at, checksum);
    if (!read) {
      const int one = report_failure(context, read.error());
      code = all.size() == 1 ? one : kSomeFailed;
      if (context.interrupt.signal() != 0) return one;
      continue;
    }
    const std::string value = checksum.finish();
    const std::string name = context.output.data_terminal() ? printable(at.text()) : at.text();
    const Result<void> written =
        context.output.data(context.output.json() ? context.output.row(JsonLine()
                                                                           .text("event", "hash")
                                                                           .text("url", at.text())
                                                                           .text("type", type)
                                                                           .text("value", value)
                                                                           .number("bytes", checksum.bytes()))
                                                  : fmt::format("{}  {}\n", value, name));
    if (!written) return report_failure(context, written.error());
  }
  return code;
}

}  // namespace

Verb hash_verb() {
  return {
      .name = "hash",
      .aliases = {"hashsum"},
      .summary = "checksums of files and objects",
      .details =
          "crc64 is CRC-64/ECMA in decimal, as OSS, COS and TOS tell it (sluice stat); the others are in "
          "hex,\n"
          "as md5sum and sha256sum print them.",
      .examples = {"sluice hash backup.tar oss://bucket/backup.tar",
                   "sluice hash --type sha256 s3://bucket/key"},
      .operands = {{"WHAT", "a path, - or a URL", 1, 10000}},
      .options = {{"--type", "crc64|crc32c|md5|sha256", "which one (default crc64)"}},
      .shares = Shares::store,
      .in_run = true,
      .run = run,
  };
}

}  // namespace sluice::cli
