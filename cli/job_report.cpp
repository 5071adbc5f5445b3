#include "cli/job_report.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include <fmt/format.h>

#include "io/file_error.h"
#include "io/walk.h"

namespace sluice::cli {
namespace {

Result<void> write_all(int fd, const std::string& path, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return io::disk_error("write", path, errno);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

}  // namespace

JsonLine outcome_line(const bulk::Outcome& outcome) {
  JsonLine line;
  line.text("result", bulk::word(outcome.what)).text("name", outcome.step.entry.name);
  line.text("why", bulk::word(outcome.step.why)).number("size", outcome.step.entry.info.size);
  if (outcome.what == bulk::Outcome::What::copied) line.number("bytes", outcome.bytes);
  // As text: the value does not fit the numbers of every JSON reader.
  if (outcome.crc64) line.text("crc64", fmt::to_string(*outcome.crc64));
  line.number("requests", outcome.attempts).number("retries", outcome.retries);
  if (outcome.cause) line.text("class", bulk::word(*outcome.cause));
  return line.text_if("message", outcome.message);
}

void add_totals(JsonLine& line, const bulk::Totals& totals) {
  line.number("copied", totals.copied).number("bytes", totals.copied_bytes).number("same", totals.same);
  line.number("left", totals.left).number("deleted", totals.removed).number("vanished", totals.vanished);
  line.number("failed", totals.failed).number("unread", totals.unread);
  line.number("requests", totals.requests).number("retries", totals.retries);
}

Result<std::unique_ptr<ReportFile>> ReportFile::open(const std::string& directory) {
  if (Result<void> made = io::make_directories(directory); !made) return unexpected(made.error());
  const std::string path = directory + "/report.ndjson";
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (fd < 0) return io::disk_error("write", path, errno);
  return std::unique_ptr<ReportFile>(new ReportFile(directory, fd));
}

ReportFile::~ReportFile() {
  ::close(fd_);
}

Result<void> ReportFile::add(const std::vector<bulk::Outcome>& outcomes) {
  std::string text;
  for (const bulk::Outcome& outcome : outcomes) text += outcome_line(outcome).str();
  return write_all(fd_, directory_ + "/report.ndjson", text);
}

Result<void> ReportFile::summary(const JsonLine& line) {
  const std::string path = directory_ + "/summary.json", fresh = path + ".new";
  const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return io::disk_error("write", fresh, errno);
  Result<void> written = write_all(fd, fresh, line.str());
  if (::close(fd) != 0 && written) written = io::disk_error("write", fresh, errno);
  if (written && std::rename(fresh.c_str(), path.c_str()) != 0)
    written = io::disk_error("rename", fresh, errno);
  return written;
}

}  // namespace sluice::cli
