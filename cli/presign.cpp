// sluice presign URL: a URL that lets anyone who has it do one thing to one object, for a while.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "cli/exit_code.h"
#include "cli/session.h"
#include "cli/units.h"

namespace sluice::cli {
namespace {

using namespace std::chrono_literals;
constexpr std::array kMethods = {"GET", "PUT", "HEAD", "DELETE"};

int run(Context& context) {
  const Result<Location> at = parse_object(context.args.get("URL"));
  if (!at) return report_failure(context, at.error());
  // Seven days is what the stores take at most.
  const Result<std::chrono::seconds> lifetime =
      parse_duration(context.args.get("expires", "3600"), 1s, 7 * 24h);
  if (!lifetime) return report_failure(context, lifetime.error().with("--expires", ""));
  const std::string method = context.args.get("method", "GET");
  if (std::find(kMethods.begin(), kMethods.end(), method) == kMethods.end())
    return report_failure(
        context, make_error(ErrorKind::argument,
                            fmt::format("\"{}\" is none of: GET, PUT, HEAD, DELETE", printable(method)))
                     .with("--method", ""));
  Result<Session> session = open_session(context, *at);
  if (!session) return report_failure(context, session.error());
  const Result<std::string> url = session->store().presign(method, at->bucket, at->key, *lifetime);
  if (!url) return report_failure(context, url.error());
  const Result<void> written = context.output.data(
      context.output.json()
          ? context.output.row(JsonLine()
                                   .text("event", "presigned")
                                   .text("url", *url)
                                   .text("method", method)
                                   .number("expires_in", static_cast<std::uint64_t>(lifetime->count())))
          : *url + "\n");
  return written ? kDone : report_failure(context, written.error());
}

}  // namespace

Verb presign_verb() {
  return {.name = "presign",
          .aliases = {"sign", "signurl", "share", "link"},
          .summary = "a URL that works without keys, for a while",
          .details = "",
          .examples = {"sluice presign oss://bucket/key",
                       "sluice presign s3://bucket/key --method PUT --expires 15m"},
          .operands = {{"URL", "scheme://bucket/key"}},
          .options = {{"--expires", "TIME", "how long: seconds, or 15m, 2h, 7d (default 1h)"},
                      {"--method", "GET|PUT|HEAD|DELETE", "what it allows (default GET)"}},
          .shares = Shares::store,
          .in_run = true,
          .run = run};
}

}  // namespace sluice::cli
