// One transfer, from its start to its summary: run_transfer.h.
#include "cli/run_transfer.h"

#include <unistd.h>

#include <cerrno>

#include <fmt/format.h>

#include "cli/exit_code.h"
#include "cli/input.h"
#include "cli/progress_line.h"
#include "cli/units.h"

namespace sluice::cli {
namespace {

std::string summary(const Running& running, const TransferReport& report) {
  const double seconds = report.elapsed.count();
  const double moved = static_cast<double>(report.bytes - std::min(report.bytes, report.bytes_resumed));
  std::string line = fmt::format("{} {}", running.done, format_bytes(static_cast<double>(report.bytes)));
  if (running.tree) line += fmt::format(" in {} objects", report.objects);
  line += fmt::format(" in {:.1f} s", seconds);
  if (seconds > 0.001) line += fmt::format(" ({}/s)", format_bytes(moved / seconds));
  line += fmt::format(", {} parts", report.parts);
  if (report.parts_resumed > 0)
    line += fmt::format(", {} parts ({}) were there from before", report.parts_resumed,
                        format_bytes(static_cast<double>(report.bytes_resumed)));
  if (report.retries > 0) line += fmt::format(", {} retries", report.retries);
  if (!report.checked.empty()) line += ", checked by " + report.checked;
  if (report.left_alone > 0) line += fmt::format("; {} were there already", report.left_alone);
  if (report.failed > 0) line += fmt::format("; {} FAILED", report.failed);
  return line;
}

JsonLine result_event(const Running& running, const TransferReport& report) {
  JsonLine line;
  line.text("event", "result")
      .text("action", running.done)
      .text("source", running.from)
      .text("target", running.to);
  line.number("bytes", report.bytes).number("bytes_resumed", report.bytes_resumed);
  line.number("parts", report.parts).number("parts_resumed", report.parts_resumed);
  line.number("requests", report.requests).number("retries", report.retries).number("stolen", report.stolen);
  line.numbers("parts_by_worker", report.parts_by_worker);
  line.text_if("etag", report.etag);
  // As text: the value does not fit the numbers of every JSON reader.
  if (report.crc64) line.text("crc64", fmt::to_string(*report.crc64));
  if (report.crc32c) line.text("crc32c", fmt::format("{:08x}", *report.crc32c));
  line.text_if("checked", report.checked).decimal("seconds", report.elapsed.count());
  if (running.tree)
    line.number("objects", report.objects)
        .number("left_alone", report.left_alone)
        .number("failed", report.failed)
        .texts("failures", report.failures);
  return line.texts("notes", report.notes);
}

int report_success(Context& context, const Running& running, const TransferReport& report) {
  Output& out = context.output;
  for (const std::string& note : report.notes) out.say(note);
  for (const std::string& failure : report.failures) out.fail(failure);
  if (report.failed > report.failures.size() && !report.failures.empty())
    out.fail(fmt::format("and {} more failures", report.failed - report.failures.size()));
  if (running.wants_objects && report.objects + report.left_alone + report.failed == 0) {
    Error none = make_error(ErrorKind::disk, "nothing there",
                            "a prefix is matched up to its '/'; sluice ls shows what exists");
    none.target = running.from;
    none.system_error = ENOENT;
    return report_failure(context, none);
  }
  out.event(result_event(running, report));
  if (!out.json()) out.say(summary(running, report));
  return exit_code(report);
}

}  // namespace

int run_transfer(Context& context, Session& session, Running running, const Start& start) {
  ProgressDisplay display(context.output);
  TransferOptions options = session.transfer;
  if (context.output.shows_progress())
    options.progress = [&display](const Progress& now) { display.update(now); };

  Transfer transfer = start(std::move(options));
  const Interrupt::Guard guard(context.interrupt, [&transfer] { transfer.cancel(); });
  if (context.interrupt.signal() != 0) transfer.cancel();  // it came before the guard

  const Result<TransferReport> end = transfer.wait();
  context.output.live_line("");
  if (end) return report_success(context, running, *end);
  std::string go_on = "run the same command again to go on where it stopped";
  if (!session.resumes) go_on = "run it again without --no-resume to keep what a later run finishes";
  if (!running.resumable) go_on = "a stream cannot be resumed: nothing was stored";
  return report_failure(context, end.error(), go_on);
}

Source standard_input(Interrupt& interrupt) {
  return Source::stream([&interrupt](std::span<char> into) {
    return read_some(STDIN_FILENO, "standard input", interrupt, into);
  });
}

Sink standard_output(Output& output) {
  return Sink::stream([&output](std::string_view bytes) { return output.data(bytes); });
}

}  // namespace sluice::cli
