// GET and HEAD of an object: synthetic, uploaded (its bytes are then the pattern's) or a file.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "bench/sink/answer.h"
#include "bench/sink/etag.h"
#include "bench/sink/operations.h"
#include "bench/sink/synthetic.h"
#include "bench/sink/text.h"

namespace sink {
namespace {

/// Bodies up to this go out with their head: one send is cheaper than two calls.
constexpr std::uint64_t kInline = 32768;

class File {
 public:
  File() = default;
  explicit File(int fd) : fd_(fd) {}
  File(File&& other) noexcept : fd_(other.release()) {}
  File& operator=(File&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

struct Found {
  std::uint64_t size = 0, base = 0, part_size = 8 << 20;
  std::string etag, checksum;
  File file;  ///< none: the bytes are the pattern's
};

struct Span {
  std::uint64_t from = 0, to = 0;
  bool partial = false, wrong = false;
  std::uint64_t parts = 0;
};

std::optional<Found> find_synthetic(const Synthetic& bucket, const std::string& key) {
  const auto index = bucket.index(key);
  if (!index) return {};
  Found found;
  found.size = bucket.size;
  found.base = Pattern::base(*index);
  found.etag = synthetic_etag(found.size, found.base);
  return found;
}

std::optional<Found> find_file(const Shared& shared, const Request& request, Found found) {
  if (shared.options.root.empty() || !safe_key(request.key)) return {};
  const std::string path = object_path(shared.options.root, request.bucket, request.key);
  found.file = File(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat about;
  if (found.file.get() < 0 || fstat(found.file.get(), &about) != 0 || !S_ISREG(about.st_mode)) return {};
  found.size = static_cast<std::uint64_t>(about.st_size);
  if (found.etag.empty()) {
    const auto age = static_cast<std::uint64_t>(about.st_mtim.tv_nsec) ^
                     static_cast<std::uint64_t>(about.st_mtime) << 20 ^ about.st_ino;
    found.etag = synthetic_etag(found.size, age);
  }
  return found;
}

std::optional<Found> find_object(const Shared& shared, const Request& request) {
  if (const auto bucket = Synthetic::parse(request.bucket)) return find_synthetic(*bucket, request.key);
  Found found;
  const auto object = shared.objects.find(request.bucket, request.key);
  if (object) {
    found.size = object->size;
    found.etag = object->etag;
    found.checksum = object->checksum;
    found.part_size = object->part_size > 0 ? object->part_size : object->size;
  }
  if (object && !object->on_disk) return found;
  return find_file(shared, request, std::move(found));
}

Span wrong_span() {
  Span span;
  span.wrong = true;
  return span;
}

/// "bytes=..." of one range; anything else means the whole.
Span span_of_range(std::string_view range, std::uint64_t size) {
  const Span whole{.from = 0, .to = size};
  if (!range.starts_with("bytes=") || range.find(',') != std::string_view::npos) return whole;
  range.remove_prefix(6);
  const std::size_t dash = range.find('-');
  if (dash == std::string_view::npos) return whole;
  const std::string first(range.substr(0, dash)), last(range.substr(dash + 1));
  Span span{.from = 0, .to = size, .partial = true};
  if (first.empty()) {
    const std::uint64_t count = std::strtoull(last.c_str(), nullptr, 10);
    if (count == 0 || size == 0) return wrong_span();
    span.from = size - std::min(count, size);
    return span;
  }
  span.from = std::strtoull(first.c_str(), nullptr, 10);
  if (!last.empty()) span.to = std::min<std::uint64_t>(size, std::strtoull(last.c_str(), nullptr, 10) + 1);
  return span.from < span.to ? span : wrong_span();
}

Span span_of_part(const std::string& number_text, const Found& found) {
  Span span{.from = 0, .to = found.size};
  const std::uint64_t number = std::strtoull(number_text.c_str(), nullptr, 10), each = found.part_size;
  span.parts = each > 0 ? std::max<std::uint64_t>(1, (found.size + each - 1) / each) : 1;
  if (number < 1 || number > span.parts || found.size == 0) return span;
  span.from = (number - 1) * each;
  span.to = std::min(found.size, span.from + each);
  span.partial = true;
  return span;
}

Span span_of(const Request& request, const Found& found) {
  const std::string* part = request.range.empty() ? request.parameter("partNumber") : nullptr;
  return part ? span_of_part(*part, found) : span_of_range(request.range, found.size);
}

bool named_in(const std::string& condition, const std::string& etag) {
  return condition.find(etag) != std::string::npos;
}

/// True: a condition did not hold and that was answered.
bool refused(Loop& loop, Connection& c, const Found& found) {
  const Request& request = c.request;
  if (!request.if_match.empty() && request.if_match != "*" && !named_in(request.if_match, found.etag)) {
    answer_error(loop, c, 412, "PreconditionFailed",
                 "At least one of the pre-conditions you specified did not hold");
    return true;
  }
  if (request.if_none_match.empty() || !named_in(request.if_none_match, found.etag)) return false;
  answer_xml(loop, c, 304, "");
  return true;
}

void write_head(Loop& loop, Connection& c, const Found& found, const Span& span) {
  begin_answer(loop, c, span.partial ? 206 : 200);
  c.out.append("Accept-Ranges: bytes\r\nContent-Type: binary/octet-stream\r\nLast-Modified: ")
      .append(kModified);
  c.out.append("\r\nETag: \"").append(found.etag);
  c.out.append("\"\r\nContent-Length: ").append(std::to_string(span.to - span.from));
  if (span.partial) {
    c.out.append("\r\nContent-Range: bytes ").append(std::to_string(span.from)).append("-");
    c.out.append(std::to_string(span.to - 1)).append("/").append(std::to_string(found.size));
  }
  if (span.parts > 1) c.out.append("\r\nx-amz-mp-parts-count: ").append(std::to_string(span.parts));
  c.out += "\r\n";
  if (c.request.wants_checksum && !span.partial && !found.checksum.empty())
    c.out.append(found.checksum).append("x-amz-checksum-type: FULL_OBJECT\r\n");
  c.out += "\r\n";
}

void write_body(Loop& loop, Connection& c, Found& found, const Span& span) {
  Shared& shared = loop.shared();
  const std::uint64_t count = span.to - span.from;
  if (c.operation == Operation::head || count == 0) return;
  const bool patterned = found.file.get() < 0;
  const std::uint64_t offset = span.from + (patterned ? found.base : 0);
  if (patterned && count <= kInline && c.cut == Cut::none &&
      shared.knobs.cap.load(std::memory_order_relaxed) <= 0) {
    c.out.append(shared.pattern.at(offset), count);
    shared.counters.body_out.add(count);
    return;
  }
  c.answer.source = patterned ? Outgoing::Source::pattern : Outgoing::Source::file;
  c.answer.file = found.file.release();
  c.answer.offset = offset;
  c.answer.left = count;
}

}  // namespace

void get_object(Loop& loop, Connection& c) {
  const bool head = c.request.method == "HEAD";
  c.operation = head ? Operation::head : Operation::get;
  auto found = find_object(loop.shared(), c.request);
  if (!found)
    return answer_error(loop, c, 404, head ? "NotFound" : "NoSuchKey", "The specified key does not exist.");
  if (refused(loop, c, *found)) return;
  const Span span = span_of(c.request, *found);
  if (span.wrong)
    return answer_xml(loop, c, 416,
                      kXmlHead + "<Error>" + element("Code", "InvalidRange") +
                          element("Message", "The requested range is not satisfiable") + "</Error>",
                      "Content-Range: bytes */" + std::to_string(found->size) + "\r\n");
  write_head(loop, c, *found, span);
  write_body(loop, c, *found, span);
}

}  // namespace sink
