#include "cli/bench_report.h"

#include <cmath>

#include <fmt/format.h>

#include "cli/json_line.h"
#include "cli/units.h"

namespace sluice::cli {
namespace {

std::uint64_t whole(double value) {
  return static_cast<std::uint64_t>(std::llround(std::max(0.0, value)));
}

const char* direction(bool upload) {
  return upload ? "upload" : "download";
}

void put_percentiles(JsonLine& line, const char* name, const std::optional<Percentiles>& values) {
  if (!values) {
    line.nothing(name);
    return;
  }
  JsonLine ms;
  ms.decimal("p50", values->p50 * 1e3).decimal("p90", values->p90 * 1e3).decimal("p99", values->p99 * 1e3);
  line.object(name, ms);
}

JsonLine json_of(const Step& step) {
  JsonLine line;
  line.text("direction", direction(step.upload)).number("bytes", step.bytes);
  line.number("connections", step.connections).number("bytes_per_second", whole(step.bytes_per_second));
  line.decimal("requests_per_second", step.requests_per_second);
  put_percentiles(line, "first_byte_ms", step.first_byte);
  put_percentiles(line, "request_ms", step.request);
  line.number("requests", step.done).number("throttled", step.throttled).number("errors", step.failed);
  return line.decimal("busy", step.busy);
}

JsonLine json_of(const Limit& limit) {
  JsonLine line;
  line.text("kind", name_of(limit.kind)).text("direction", direction(limit.upload));
  line.number("bytes", limit.bytes).number("connections", limit.connections);
  line.number("bytes_per_second", whole(limit.bytes_per_second));
  line.decimal("requests_per_second", limit.requests_per_second);
  if (limit.kind == Limit::Kind::latency) line.decimal("latency_ms", limit.seconds * 1e3);
  return line;
}

JsonLine json_of(const Tuned& tuned) {
  JsonLine line;
  line.number("concurrency", tuned.concurrency).number("jobs", tuned.jobs);
  return line.text("part_size", part_wish(tuned.part_size));
}

std::string times(const std::optional<Percentiles>& values) {
  if (!values) return fmt::format("{:>8} {:>8} {:>8}", "-", "-", "-");
  const auto ms = [](double seconds) {
    return fmt::format("{:.{}f}", seconds * 1e3, seconds < 0.01 ? 2 : seconds < 0.1 ? 1 : 0);
  };
  return fmt::format("{:>8} {:>8} {:>8}", ms(values->p50), ms(values->p90), ms(values->p99));
}

std::string row(const Step& step) {
  return fmt::format("{:8} {:>6} {:>6} {:>12}/s {:>9.{}f} {} {} {:>5} {:>6}\n", direction(step.upload),
                     format_size_exactly(step.bytes), step.connections, format_bytes(step.bytes_per_second),
                     step.requests_per_second, step.requests_per_second < 100 ? 1 : 0, times(step.first_byte),
                     times(step.request), step.throttled, step.failed);
}

std::string sentence(const Limit& limit) {
  const std::string rate = format_bytes(limit.bytes_per_second) + "/s";
  const std::string requests = fmt::format("{:.0f} requests/s", limit.requests_per_second);
  const std::string all = limit.bytes < (1 << 20) ? requests : rate;
  switch (limit.kind) {
    case Limit::Kind::connection:
      return fmt::format("the connection: each moves {}, seen with up to {}", rate, limit.connections);
    case Limit::Kind::latency:
      return fmt::format("latency: a request waits {:.1f} ms, whatever their number, seen with up to {}",
                         limit.seconds * 1e3, limit.connections);
    case Limit::Kind::requests:
      return fmt::format("the rate of requests: the store says \"slow down\" above {}", requests);
    case Limit::Kind::cpu:
      return fmt::format("this machine: sluice used its cores up at {}", all);
    case Limit::Kind::store_or_network:
      return fmt::format("the store or the network: {} in all, reached with {} connections", all,
                         limit.connections);
  }
  return {};
}

}  // namespace

std::string part_wish(std::uint64_t bytes) {
  return "~" + format_size_exactly(bytes);
}

std::string json_of(const BenchReport& report) {
  JsonLine line;
  line.text("event", "bench").text("url", report.url).text("scheme", report.scheme);
  line.text("endpoint", report.endpoint).text("region", report.region);
  std::vector<JsonLine> steps, limits;
  for (const Step& step : report.steps) steps.push_back(json_of(step));
  for (const Limit& limit : report.limits) limits.push_back(json_of(limit));
  line.objects("steps", steps).objects("limits", limits);
  if (report.limit)
    line.object("limit", json_of(*report.limit));
  else
    line.nothing("limit");
  line.object("profile", json_of(report.tuned)).text_if("saved", report.file);
  return line.str();
}

std::string text_of(const BenchReport& report) {
  std::string text =
      fmt::format("{:8} {:>6} {:>6} {:>14} {:>9} {:^26} {:^26} {:>5} {:>6}\n", "", "bytes", "conns",
                  "goodput", "requests", "first byte, ms", "request, ms", "503s", "failed");
  text += fmt::format("{:8} {:>6} {:>6} {:>14} {:>9}", "", "", "", "", "a second");
  for (const char* rank : {"p50", "p90", "p99", "p50", "p90", "p99"}) text += fmt::format(" {:>8}", rank);
  text += '\n';
  for (const Step& step : report.steps) text += row(step);
  text += "\nWhat limits:\n";
  for (const Limit& limit : report.limits)
    text += fmt::format("  {}s of {}: {}\n", direction(limit.upload), format_size_exactly(limit.bytes),
                        sentence(limit));
  if (report.limits.empty()) text += "  too few steps to tell\n";
  text += fmt::format("\nMeasured best: concurrency = {}, jobs = {}, part_size = \"{}\"\n",
                      report.tuned.concurrency, report.tuned.jobs, part_wish(report.tuned.part_size));
  if (!report.file.empty())
    text += fmt::format("Saved for {}:// {}in {}\n", report.scheme,
                        report.endpoint.empty() ? "" : "at " + printable(report.endpoint) + " ",
                        printable(report.file));
  return text;
}

}  // namespace sluice::cli
