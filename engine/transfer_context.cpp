#include "engine/transfer_context.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "engine/request_metadata.h"
#include "io/checksum.h"
#include "io/http.h"

namespace sluice::engine {
namespace {

Unexpected differs(const std::string& what, const char* kind, std::string sent, std::string stored) {
  return fail(ErrorKind::integrity,
              fmt::format("{}: {} of the bytes sent is {}, the store has {}", what, kind, sent, stored));
}

// The types that browsers and the vendors' own consoles treat specially; anything else is data.
constexpr std::array<std::pair<std::string_view, std::string_view>, 34> kTypes{{
    {"avi", "video/x-msvideo"},   {"bmp", "image/bmp"},       {"bz2", "application/x-bzip2"},
    {"css", "text/css"},          {"csv", "text/csv"},        {"flac", "audio/flac"},
    {"gif", "image/gif"},         {"gz", "application/gzip"}, {"htm", "text/html"},
    {"html", "text/html"},        {"ico", "image/x-icon"},    {"jpeg", "image/jpeg"},
    {"jpg", "image/jpeg"},        {"js", "text/javascript"},  {"json", "application/json"},
    {"md", "text/markdown"},      {"mov", "video/quicktime"}, {"mp3", "audio/mpeg"},
    {"mp4", "video/mp4"},         {"ogg", "audio/ogg"},       {"pdf", "application/pdf"},
    {"png", "image/png"},         {"svg", "image/svg+xml"},   {"tar", "application/x-tar"},
    {"tif", "image/tiff"},        {"tiff", "image/tiff"},     {"txt", "text/plain"},
    {"wasm", "application/wasm"}, {"wav", "audio/wav"},       {"webm", "video/webm"},
    {"webp", "image/webp"},       {"xml", "application/xml"}, {"yaml", "application/yaml"},
    {"zip", "application/zip"},
}};

constexpr std::string_view kMark = " stored with ";

bool sets_properties(const TransferOptions& o) {
  return !o.content_type.empty() || !o.storage_class.empty() || !o.acl.empty() || !o.headers.empty() ||
         !o.metadata.empty() || !o.tags.empty();
}

}  // namespace

std::string fingerprint_of(const ObjectInfo& info) {
  return fmt::format("etag {} size {} modified {}", info.etag, info.size,
                     info.modified ? info.modified->time_since_epoch().count() : 0);
}

PutReply published(const ObjectInfo& info) {
  PutReply stored;
  stored.etag = info.etag;
  stored.opaque_etag = info.opaque_etag;
  stored.crc64 = info.crc64;
  stored.crc32c = info.crc32c;
  stored.crc64nvme = info.crc64nvme;
  return stored;
}

bool etag_is_md5(const PutReply& stored) {
  const std::string& etag = stored.etag;
  return !stored.opaque_etag && etag.size() == 32 &&
         etag.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
}

io::DigestFlags digests_for(const Dialect& dialect) {
  switch (dialect.integrity) {
    case Integrity::crc64_ecma:
      return io::kCrc64;
    case Integrity::crc32c:
      return io::kCrc32c;
    case Integrity::md5:
      return io::kMd5 | io::kCrc64;
  }
  return io::kCrc64;
}

io::DigestFlags digests_told(const PutReply& told) {
  io::DigestFlags flags = io::kCrc64;
  if (told.crc32c) {
    flags |= io::kCrc32c;
  } else if (told.crc64nvme) {
    flags |= io::kCrc64Nvme;
  }
  return flags;
}

Result<std::string> verify(const io::DigestValues& sent, const PutReply& stored, const std::string& what) {
  std::string how = "size";
  if (sent.crc64nvme && stored.crc64nvme) {
    if (*sent.crc64nvme != *stored.crc64nvme)
      return differs(what, "CRC64NVME", fmt::format("{:016x}", *sent.crc64nvme),
                     fmt::format("{:016x}", *stored.crc64nvme));
    how = "crc64nvme";
  }
  if (sent.crc32c && stored.crc32c) {
    if (*sent.crc32c != *stored.crc32c)
      return differs(what, "CRC32C", fmt::format("{:08x}", *sent.crc32c),
                     fmt::format("{:08x}", *stored.crc32c));
    how = "crc32c";
  }
  if (sent.crc64 && stored.crc64) {
    if (*sent.crc64 != *stored.crc64)
      return differs(what, "CRC64", fmt::format("{:016x}", *sent.crc64),
                     fmt::format("{:016x}", *stored.crc64));
    how = "crc64";
  }
  // An ETag is an MD5 by custom only: it is not asked where a checksum has spoken.
  if (how == "size" && !sent.md5_hex.empty() && etag_is_md5(stored)) {
    if (!io::equal_ignoring_case(sent.md5_hex, stored.etag))
      return differs(what, "MD5", sent.md5_hex, stored.etag);
    how = "md5";
  }
  return how;
}

TransferReport report_of(const TransferContext& context, std::uint64_t bytes, const scheduler::Job* job) {
  TransferReport report;
  report.bytes = bytes;
  const Tally& tally = *context.tally;
  report.bytes_resumed = tally.bytes_resumed;
  report.parts = tally.parts;
  report.parts_resumed = tally.parts_resumed;
  report.requests = tally.requests;
  report.retries = tally.retries;
  report.notes = tally.notes();
  report.elapsed = std::chrono::steady_clock::now() - context.started;
  if (job) {
    report.stolen = job->stolen();
    report.parts_by_worker = job->by_worker(context.runtime->workers->count());
  }
  return report;
}

std::string content_type_of(std::string_view key) {
  const auto dot = key.rfind('.');
  if (dot != std::string_view::npos) {
    const std::string extension = io::lower_case(key.substr(dot + 1));
    const auto* found =
        std::find_if(kTypes.begin(), kTypes.end(), [&](const auto& type) { return type.first == extension; });
    if (found != kTypes.end()) return std::string(found->second);
  }
  return "application/octet-stream";
}

PutOptions put_options(const TransferOptions& options, const std::string& key) {
  PutOptions put;
  put.content_type = options.content_type.empty() ? content_type_of(key) : options.content_type;
  put.storage_class = options.storage_class;
  put.acl = options.acl;
  put.tags = options.tags;
  for (const auto& [name, value] : options.headers) put.system_headers.set(name, value);
  put.metadata = options.metadata;
  put.forbid_overwrite = options.forbid_overwrite;
  return put;
}

Result<void> check_properties(const Dialect& dialect, const TransferOptions& options) {
  if (!sets_properties(options)) return {};
  io::Headers unsent;
  return add_object_headers(dialect, put_options(options, {}), unsent);
}

std::string properties_mark(const TransferOptions& options) {
  if (!sets_properties(options)) return {};
  std::string all;
  const auto add = [&all](const std::string& text) { all += fmt::format("{}:{}", text.size(), text); };
  for (const std::string* text : {&options.content_type, &options.storage_class, &options.acl}) add(*text);
  for (const auto* pairs : {&options.headers, &options.metadata, &options.tags}) {
    all += fmt::format("{};", pairs->size());
    for (const auto& [name, value] : *pairs) {
      add(name);
      add(value);
    }
  }
  return fmt::format("{}{:016x}", kMark, io::crc64_ecma(0, all));
}

std::string_view without_mark(std::string_view fingerprint) {
  return fingerprint.substr(0, fingerprint.find(kMark));
}

}  // namespace sluice::engine
