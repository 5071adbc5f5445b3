// Draws progress: progress_line.h.
#include "cli/progress_line.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/units.h"

namespace sluice::cli {
namespace {

constexpr std::chrono::milliseconds kEventGap{500};
constexpr std::chrono::milliseconds kPlainGap{5000};

}  // namespace

std::string progress_line(const Progress& now, unsigned columns) {
  std::string line;
  const auto add = [&line](const std::string& text) { line += (line.empty() ? "" : "  ") + text; };
  const double done = static_cast<double>(now.bytes_done);
  if (now.bytes_total) {
    const double total = static_cast<double>(*now.bytes_total);
    // 100 % is said when it is true and not when it rounds to it.
    const double share = total <= 0 ? (now.finished ? 100 : 0) : 100 * done / total;
    add(fmt::format("{:3.0f}%",
                    now.bytes_done >= *now.bytes_total && total > 0 ? 100 : std::min(share, 99.0)));
    add(fmt::format("{} of {}", format_bytes(done), format_bytes(total)));
  } else {
    add(format_bytes(done));
  }
  add(format_bytes(now.bytes_per_second) + "/s");
  if (now.bytes_total && now.bytes_per_second > 1 && *now.bytes_total > now.bytes_done) {
    const double left = static_cast<double>(*now.bytes_total - now.bytes_done) / now.bytes_per_second;
    add("ETA " + format_duration(std::chrono::seconds(static_cast<std::int64_t>(std::min(left, 3.6e8)) + 1)));
  }
  if (now.parts_total)
    add(fmt::format("parts {}/{}", now.parts_done, *now.parts_total));
  else
    add(fmt::format("parts {}", now.parts_done));
  if (now.objects_done > 1) add(fmt::format("objects {}", now.objects_done));
  if (line.size() >= columns) line.resize(columns > 0 ? columns - 1 : 0);
  return line;
}

JsonLine progress_event(const Progress& now) {
  JsonLine line;
  line.text("event", "progress").number("bytes_done", now.bytes_done);
  now.bytes_total ? line.number("bytes_total", *now.bytes_total) : line.nothing("bytes_total");
  line.number("parts_done", now.parts_done);
  now.parts_total ? line.number("parts_total", *now.parts_total) : line.nothing("parts_total");
  line.number("objects_done", now.objects_done).decimal("bytes_per_second", now.bytes_per_second);
  return line.boolean("finished", now.finished);
}

void ProgressDisplay::update(const Progress& now) {
  if (!output_.shows_progress()) return;
  const auto time = std::chrono::steady_clock::now();
  if (output_.terminal() && !output_.json()) {
    output_.live_line(now.finished ? "" : progress_line(now, output_.columns()));
    return;
  }
  if (last_ == std::chrono::steady_clock::time_point{}) last_ = output_.json() ? time - kEventGap : time;
  const bool due = time - last_ >= (output_.json() ? kEventGap : kPlainGap);
  if (output_.json() && (due || now.finished)) output_.event(progress_event(now));
  if (!output_.json() && due && !now.finished) output_.say(progress_line(now, 200));
  if (due) last_ = time;
}

}  // namespace sluice::cli
