// sluice bench URL: measures a store, says what limits it, and saves the knobs that were best for `cp`.
//
// Uploads objects of its own below a prefix that nothing else has, downloads them, and removes what it
// made however the run ends. With --download-only it reads what is there and writes nothing.
#include <charconv>
#include <stop_token>
#include <thread>

#include <fmt/format.h>

#include "cli/bench_data.h"
#include "cli/bench_ladder.h"
#include "cli/bench_objects.h"
#include "cli/bench_report.h"
#include "cli/exit_code.h"
#include "cli/planned.h"
#include "cli/session.h"
#include "cli/units.h"

namespace sluice::cli {
namespace {

constexpr std::uint64_t kSmall = 4096;
constexpr std::uint64_t kPart = 8ull << 20, kLargestPart = 64ull << 20;

struct Request {
  Location at;
  bool download_only = false, save = true;
  std::uint64_t part = kPart;
  bool part_given = false;
  std::uint64_t most = 0;  ///< bytes moved
  Bounds bounds;           ///< but for the bytes of a step
};

Result<double> parse_seconds(std::string_view text) {
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size() || !(seconds >= 0.05 && seconds <= 600))
    return fail(ErrorKind::argument,
                fmt::format("--seconds: \"{}\" is no number from 0.05 to 600", printable(text)));
  return seconds;
}

Result<Request> read_request(const Args& args) {
  Request request;
  Result<Location> at = parse_url(args.get("URL"));
  if (!at) return unexpected(at.error());
  if (at->bucket.empty()) return names_no_bucket(*at);
  for (const char* name : {"bwlimit", "tpslimit"})
    if (args.has(name))
      return fail(ErrorKind::argument, fmt::format("--{} would be all that is measured", name),
                  "bench takes no notice of limits; --max-data bounds what it moves");
  request.at = *std::move(at);
  request.download_only = args.has("download_only");
  request.save = !args.has("no_save");
  // What an earlier run or a profile chose must not bound what is looked for: only this command's words do.
  Tuning given;
  for (const char* name : {"concurrency", "part_size"})
    if (args.has(name))
      if (Result<void> fine = find_knob(name)->apply(args.get(name), given); !fine)
        return unexpected(fine.error());
  if (given.client.concurrency) request.bounds.connections = given.client.concurrency;
  request.part_given = args.has("part_size");
  if (request.part_given)
    request.part = given.transfer.part_size ? given.transfer.part_size : given.transfer.usual_part;
  if (args.has("seconds")) {
    const Result<double> seconds = parse_seconds(args.get("seconds"));
    if (!seconds) return unexpected(seconds.error());
    request.bounds.step_seconds = *seconds;
  }
  const Result<std::uint64_t> most = parse_size(args.get("max_data", "16G"), 16ull << 20, 1ull << 50);
  if (!most) return unexpected(most.error().with("--max-data", ""));
  request.most = *most;
  return request;
}

class Bench {
 public:
  Bench(Context& context, Request request, const SessionPlan& plan, Session session)
      : context_(context),
        request_(std::move(request)),
        plan_(plan),
        session_(std::move(session)),
        objects_(request_.at),
        data_(request_.most),
        bounds_(request_.bounds) {}

  int run() {
    const Interrupt::Guard guard(context_.interrupt, [this] { stop_.request_stop(); });
    if (context_.interrupt.signal() != 0) stop_.request_stop();  // it came before the guard
    const Result<std::vector<Findings>> found = measure_all();
    context_.output.live_line("");
    const bool clean = remove_made();
    if (!found)
      return report_failure(context_, found.error(),
                            clean && objects_.began_any() ? "what it had made is removed" : "");
    const int code = report(*found);
    return code == kDone && !clean ? kSomeFailed : code;
  }

 private:
  Result<std::vector<Findings>> measure_all() {
    std::vector<Findings> all;
    if (request_.download_only) {
      if (Result<void> found = objects_.find(session_.store()); !found) return unexpected(found.error());
    } else {
      Result<Findings> up = measure_direction(true);
      if (!up) return unexpected(up.error());
      all.push_back(*std::move(up));
    }
    Result<Findings> down = measure_direction(false);
    if (!down) return unexpected(down.error());
    all.push_back(*std::move(down));
    return all;
  }

  Result<Findings> measure_direction(bool upload) {
    data_.keep_back(upload ? request_.most / 2 : 0);
    bounds_.step_bytes = data_.for_a_step();
    const Measure measure = [this, upload](std::uint64_t bytes, unsigned connections) {
      return measure_step(upload, bytes, connections);
    };
    const std::uint64_t largest = upload ? std::max(kLargestPart, request_.part) : objects_.largest();
    Findings found;
    Result<std::vector<Step>> small = climb_connections(measure, std::min(kSmall, largest), bounds_);
    if (!small) return unexpected(small.error());
    found.small = *std::move(small);
    Result<std::vector<Step>> parts = climb_parts(measure, std::min(request_.part, largest), bounds_);
    if (!parts) return unexpected(parts.error());
    found.parts = *std::move(parts);

    std::optional<double> latency;
    if (found.small[0].request) latency = found.small[0].request->p50;
    note_limit(limit_of(found.small, latency));
    const std::optional<Limit> limit = limit_of(found.parts, latency);
    note_limit(limit);
    // Only what every request pays becomes less with larger ones.
    const bool pays = limit && (limit->kind == Limit::Kind::requests || limit->kind == Limit::Kind::latency);
    if (!pays || request_.part_given) return found;
    Result<std::vector<Step>> larger =
        climb_sizes(measure, enough(found.parts), std::min(largest, kLargestPart), bounds_);
    if (!larger) return unexpected(larger.error());
    found.larger = *std::move(larger);
    return found;
  }

  void note_limit(const std::optional<Limit>& limit) {
    if (limit) limits_.push_back(*limit);
  }

  Result<Step> measure_step(bool upload, std::uint64_t bytes, unsigned connections) {
    if (context_.output.terminal() && !context_.output.quiet())
      context_.output.live_line(fmt::format("{}s of {} over {} connections", upload ? "upload" : "download",
                                            format_size_exactly(bytes), connections));
    if (bounds_.step_bytes < bytes)
      return fail(ErrorKind::argument,
                  fmt::format("--max-data is used up before {} can be measured", format_size_exactly(bytes)));
    ProbeOptions options;
    options.upload = upload;
    options.objects = upload ? objects_.to_make(bytes, connections) : objects_.holding(bytes);
    options.bytes = bytes;
    options.connections = connections;
    options.duration =
        std::chrono::milliseconds(static_cast<std::int64_t>(request_.bounds.step_seconds * 1000));
    options.max_bytes = bounds_.step_bytes;
    const Result<ProbeReport> probed = session_.store().probe(request_.at.bucket, options, stop_.get_token());
    if (upload) objects_.made(options, probed);
    if (!probed) return unexpected(probed.error());
    data_.moved(probed->bytes_begun);
    bounds_.step_bytes = data_.for_a_step();
    return summarize(options, *probed, std::thread::hardware_concurrency());
  }

  /// False: something may be left, and the user knows.
  bool remove_made() {
    const Result<void> removed = try_to_remove();
    if (removed) return true;
    context_.output.warn(
        fmt::format("something may be left of what was made ({}); sluice rm -r {} removes it",
                    removed.error().describe(), objects_.left_at()));
    return false;
  }

  Result<void> try_to_remove() {
    if (!objects_.began_any()) return {};
    if (objects_.any() || stop_.stop_requested()) return objects_.remove(session_.store());
    // No upload was ever acknowledged: there is hardly anything, and maybe nobody to ask twice.
    SessionPlan once = plan_;
    once.tuning.client.max_attempts = 1;
    Result<Session> session = open_session(once);
    if (!session) return unexpected(session.error());
    return objects_.remove(session->store());
  }

  int report(const std::vector<Findings>& found) {
    const StoreSettings& store = plan_.settings[0];
    BenchReport out;
    out.url = request_.at.text();
    out.scheme = store.scheme;
    out.endpoint = store.endpoint.value;
    out.region = store.region.value;
    for (const Findings& one : found) {
      out.steps.insert(out.steps.end(), one.small.begin(), one.small.end());
      out.steps.insert(out.steps.end(), one.parts.begin(), one.parts.end());
      if (!one.larger.empty()) out.steps.insert(out.steps.end(), one.larger.begin() + 1, one.larger.end());
    }
    out.limits = limits_;
    out.limit = limit_of_transfers(found);
    out.tuned = tuned(found, request_.part);
    Result<void> saved;
    if (request_.save) {
      const std::string file = measured_file(plan_.config_file);
      saved = save(file, out.tuned);
      if (saved) out.file = file;
    }
    const Result<void> written = context_.output.data(context_.output.json() ? json_of(out) : text_of(out));
    if (!written) return report_failure(context_, written.error());
    return saved ? kDone : report_failure(context_, saved.error());
  }

  /// Of parts, in the slower direction.
  std::optional<Limit> limit_of_transfers(const std::vector<Findings>& found) const {
    const Findings* slower = &found[0];
    for (const Findings& one : found)
      if (enough(one.parts).bytes_per_second < enough(slower->parts).bytes_per_second) slower = &one;
    for (const Limit& limit : limits_)
      if (limit.upload == slower->parts[0].upload && limit.bytes == slower->parts[0].bytes) return limit;
    return {};
  }

  Result<void> save(const std::string& file, const Tuned& best) const {
    const StoreSettings& from = plan_.settings[0];
    MeasuredStore store{from.scheme, from.endpoint.value, from.region.value, {}, {}};
    store.measured =
        format_time(std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()));
    store.values["concurrency"].text = fmt::to_string(best.concurrency);
    store.values["jobs"].text = fmt::to_string(best.jobs);
    store.values["part_size"].text = part_wish(best.part_size);
    return save_measured(file, store);
  }

  Context& context_;
  const Request request_;
  const SessionPlan& plan_;
  Session session_;
  BenchObjects objects_;
  DataBudget data_;
  Bounds bounds_;
  std::stop_source stop_;
  std::vector<Limit> limits_;
};

int run(Context& context) {
  Result<Request> request = read_request(context.args);
  if (!request) return report_failure(context, request.error());
  const Location& at = request->at;
  const Result<SessionPlan> plan = plan_session(context, {{at.scheme, at.profile, Side::only}});
  if (!plan) return report_failure(context, plan.error());
  if (request->part > plan->tuning.client.memory)
    return report_failure(context, make_error(ErrorKind::argument, "a part does not fit into --memory"));
  if (is_dry_run(context)) {
    const Result<void> shown = context.output.data(planned(context.output, {"bench", at.word()}));
    return shown ? kDone : report_failure(context, shown.error());
  }
  Result<Session> session = open_session(*plan);
  if (!session) return report_failure(context, session.error());
  return Bench(context, *std::move(request), *plan, *std::move(session)).run();
}

}  // namespace

Verb bench_verb() {
  return {
      .name = "bench",
      .aliases = {"probe", "perf"},
      .summary = "measure a store, and save what cp does best with it",
      .details =
          "Uploads objects of its own below URL/.sluice-bench-*/, downloads them and removes them: small\n"
          "requests (4K) and parts, over 1, 4, 16, ... connections (up to -c) for as long as more of them\n"
          "bring more. Says what limits - the connection, the latency, the rate of requests, this machine,\n"
          "the store or the network - and saves concurrency, jobs and part_size beside the configuration,\n"
          "where later runs with the same scheme, endpoint and region find them unless an option, a profile\n"
          "or [defaults] says otherwise (sluice config show URL). The saved concurrency is a fixed number:\n"
          "such runs find it no longer themselves, unless told -c auto. Moves up to --max-data through the\n"
          "network, which the vendor may charge for; limits of the configuration do not count here. Where\n"
          "the bucket keeps versions, those of the removed objects stay. What could not be removed is named,\n"
          "and the exit code is not 0.",
      .examples = {"sluice bench s3://bucket --endpoint https://minio.example.com",
                   "sluice bench oss://bucket/dir/ --download-only --no-save"},
      .operands = {{"URL", "scheme://bucket[/prefix]"}},
      .options = {{"--download-only", "", "read what is at URL, write nothing"},
                  {"--no-save", "", "change nothing for later runs"},
                  {"--seconds", "S", "of each step, 0.05 to 600, default 2"},
                  {"--max-data", "N[K|M|G]", "bytes of objects moved at most, default 16G"},
                  dry_run_option()},
      .shares = Shares::store,
      .run = run,
  };
}

}  // namespace sluice::cli
