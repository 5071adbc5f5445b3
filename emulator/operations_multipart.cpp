// Multipart uploads: create, part, part copy, list parts, complete, abort.
#include <algorithm>
#include <charconv>

#include "emulator/checksums.h"
#include "emulator/dialects/parts.h"
#include "emulator/operations_list.h"
#include "io/percent.h"
#include "signers/digest.h"

namespace sluice::emulator {
namespace {

UploadRef upload_ref(const Call& call) {
  return {bucket_ref(call), call.key(), call.query(call.dialect->words.upload_id)};
}

Outcome<std::uint32_t> part_number(const Call& call) {
  const Dialect& dialect = *call.dialect;
  const std::string text = call.query(dialect.words.part_number);
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool clean = error == std::errc() && end == text.data() + text.size() && !text.empty();
  if (!clean || number < dialect.limits.part_first || number > dialect.limits.part_last) {
    return Failure{Trouble::invalid_part_number,
                   {},
                   {{"ArgumentName", std::string(dialect.words.part_number)}, {"ArgumentValue", text}},
                   {}};
  }
  return static_cast<std::uint32_t>(number);
}

std::string url_of(const Call& call) {
  const std::string host = call.header("Host");
  const std::string base = "http://" + host + "/";
  return base + (call.virtual_host ? "" : call.bucket() + "/") + io::encode_path(call.key());
}

Outcome<std::vector<PartInfo>> all_parts(Backend& backend, const Call& call) {
  std::vector<PartInfo> parts;
  for (std::int64_t after = -1;;) {
    auto page = backend.storage.list_parts(upload_ref(call), after);
    if (!page) return failure_of(call, page.error());
    parts.insert(parts.end(), page->parts.begin(), page->parts.end());
    if (!page->truncated || page->parts.empty()) return parts;
    after = page->parts.back().number;
  }
}

/// What S3 does with checksums at Complete: each part's as told, and the whole object's.
struct CompleteChecksums {
  Sums expect;
  std::string composite;  // to be kept with the object
};

Outcome<CompleteChecksums> judge_checksums(Backend& backend, const Call& call, const UploadInfo& upload,
                                           const CompleteRequest& asked) {
  CompleteChecksums result;
  const std::string algorithm = entry_of(upload.attributes, "checksum-algorithm");
  const bool composite = entry_of(upload.attributes, "checksum-type") == "COMPOSITE";
  const auto declared = declared_checksum(call.request.headers);
  const bool told = std::any_of(asked.parts.begin(), asked.parts.end(),
                                [](const NamedPart& part) { return !part.checksums.empty(); });
  if (declared && !declared->in_trailer && !composite &&
      !set_checksum(result.expect, declared->name, declared->value)) {
    return Failure{Trouble::invalid_checksum, {}, {}, {}};
  }
  if (!composite && !told) return result;
  auto parts = all_parts(backend, call);
  if (!parts) return std::move(parts.failure());
  std::vector<Sums> sums;
  for (const NamedPart& part : asked.parts) {
    const auto found = std::find_if(parts->begin(), parts->end(), [&](const PartInfo& info) {
      return static_cast<int>(info.number) == part.number;
    });
    if (found == parts->end()) return result;  // the storage refuses it in its own words
    for (const auto& [name, value] : part.checksums) {
      if (checksum_text(found->sums, name) != value) {
        return Failure{Trouble::invalid_part, {}, {{"PartNumber", std::to_string(part.number)}}, {}};
      }
    }
    sums.push_back(found->sums);
  }
  if (composite) result.composite = composite_checksum(sums, algorithm);
  if (declared && composite && !declared->value.empty()) {
    const std::string bare = declared->value.substr(0, declared->value.find('-'));
    if (bare != result.composite.substr(0, result.composite.find('-'))) {
      return Failure{Trouble::bad_checksum, {}, {}, {}};
    }
  }
  return result;
}

}  // namespace

Outcome<Reply> run_create_upload(Backend& backend, Call& call, Arrived&) {
  auto attributes = attributes_of(call);
  if (!attributes) return std::move(attributes.failure());
  inherit_class(backend, call, *attributes);
  if (write_conditions(call).if_absent && backend.storage.head(bucket_ref(call), call.key()))
    return Failure{Trouble::object_exists, {}, {}, {}};
  if (call.dialect->rules.checksums) {
    std::string algorithm = checksum_name(call.vendor("checksum-algorithm"));
    std::string type = call.vendor("checksum-type");
    if (algorithm.empty()) algorithm = "crc64nvme";
    if (type.empty()) type = algorithm == "crc64nvme" ? "FULL_OBJECT" : "COMPOSITE";
    const bool sha = algorithm.starts_with("sha");
    if ((sha && type == "FULL_OBJECT") || (algorithm == "crc64nvme" && type == "COMPOSITE")) {
      return Failure{
          Trouble::invalid_request, "The checksum type is not possible with this algorithm.", {}, {}};
    }
    attributes->headers.emplace_back("checksum-algorithm", algorithm);
    attributes->headers.emplace_back("checksum-type", type);
  }
  CreateUpload options;
  options.key = call.key();
  options.owner = call.account;
  options.attributes = std::move(*attributes);
  auto upload = backend.storage.create_upload(bucket_ref(call), std::move(options));
  if (!upload) return failure_of(call, upload.error());
  Reply reply = reply_to(call);
  call.dialect->shapes.created(call, {upload->id, call.query("encoding-type") == "url"}, reply);
  return reply;
}

Outcome<Done> admit_part(Backend& backend, const Call& call) {
  if (auto number = part_number(call); !number) return std::move(number.failure());
  auto upload = backend.storage.head_upload(upload_ref(call));
  if (!upload) return failure_of(call, upload.error());
  return Done{};
}

Outcome<Reply> run_put_part(Backend& backend, Call& call, Arrived& arrived) {
  auto number = part_number(call);
  if (!number) return std::move(number.failure());
  auto part = backend.storage.put_part(upload_ref(call), *number, std::move(*arrived.writer));
  if (!part) return failure_of(call, part.error());
  StoredView view;
  view.object.etag = part->etag;
  view.object.size = part->size;
  view.object.crc64 = part->sums.crc64;
  if (const auto declared = declared_checksum(call.request.headers);
      declared && call.dialect->rules.checksums) {
    view.object.checksums[declared->name] = checksum_text(part->sums, declared->name);
  }
  if (part->sums.md5) {
    view.content_md5 =
        signers::base64({reinterpret_cast<const char*>(part->sums.md5->data()), part->sums.md5->size()});
  }
  Reply reply = reply_to(call);
  call.dialect->shapes.stored(call, view, reply);
  return reply;
}

Outcome<Reply> run_copy_part(Backend& backend, Call& call, Arrived&) {
  auto number = part_number(call);
  if (!number) return std::move(number.failure());
  auto source = copy_source(call, call.dialect->words.copy_source);
  if (!source) return std::move(source.failure());
  auto info = backend.storage.head(source->bucket, source->key);
  if (!info) return failure_of(call, info.error());
  if (auto holds = check_copy_conditions(call, *info); !holds) return std::move(holds.failure());
  if (is_archived(call, info->attributes)) return Failure{Trouble::archived, {}, {}, {}};

  CopiedView view;
  view.part = true;
  view.source_size = info->size;
  CopyPartOptions options;
  options.source_if_match = info->etag;
  options.first = 0;
  options.size = info->size;
  if (const std::string range = call.vendor(call.dialect->words.copy_range); !range.empty()) {
    std::uint64_t first = 0, last = 0;
    char rest = 0;
    // Both bounds are required here, and none may lie outside.
    if (std::sscanf(range.c_str(), "bytes=%lu-%lu%c", &first, &last, &rest) != 2 || last < first ||
        last >= info->size) {
      return Failure{
          Trouble::invalid_argument,
          {},
          {{"ArgumentName", std::string(call.dialect->prefix) + std::string(call.dialect->words.copy_range)},
           {"ArgumentValue", range}},
          {}};
    }
    options.first = first;
    options.size = last - first + 1;
  }
  if (*options.size > call.dialect->limits.part_max) return Failure{Trouble::copy_too_large, {}, {}, {}};
  view.first = *options.first;
  view.last = *options.size == 0 ? view.first : view.first + *options.size - 1;
  // The MD5 of gigabytes would hold a thread for seconds: the ETag of a long slice is made from its CRC.
  constexpr std::uint64_t kLong = 64ull << 20;
  options.sums.md5 = *options.size <= kLong;
  options.sums.crc64 = !options.sums.md5 || !call.dialect->words.crc64.empty();
  options.sums.crc32c = false;
  if (call.dialect->rules.checksums) {
    if (auto upload = backend.storage.head_upload(upload_ref(call))) {
      want_checksum(options.sums, entry_of(upload->attributes, "checksum-algorithm"));
    }
  }
  auto part =
      backend.storage.copy_part(upload_ref(call), *number, source->bucket, source->key, std::move(options));
  if (!part) return failure_of(call, part.error());
  view.object.etag = part->etag;
  view.object.size = part->size;
  view.object.crc64 = part->sums.crc64;
  view.object.modified = time_of(part->modified);
  Reply reply = reply_to(call);
  call.dialect->shapes.copied(call, view, reply);
  return reply;
}

Outcome<Reply> run_list_parts(Backend& backend, Call& call, Arrived&) {
  const Dialect& dialect = *call.dialect;
  auto limit = page_size(call, dialect.words.parts_limit, dialect.limits.page_max, dialect.limits.page_max);
  if (!limit) return std::move(limit.failure());
  auto marker = query_number(call, dialect.words.part_marker, 0, 1'000'000);
  if (!marker) return std::move(marker.failure());
  auto upload = backend.storage.head_upload(upload_ref(call));
  if (!upload) return failure_of(call, upload.error());
  // Part 0 exists where numbers begin at 0: without a marker the list begins before it.
  const bool marked = !call.query(dialect.words.part_marker).empty();
  auto page =
      backend.storage.list_parts(upload_ref(call), marked ? static_cast<std::int64_t>(*marker) : -1, *limit);
  if (!page) return failure_of(call, page.error());
  PartsView view;
  view.upload_id = upload->id;
  view.initiator = upload->owner;
  view.marker = static_cast<int>(*marker);
  view.limit = *limit;
  view.truncated = page->truncated;
  view.url_encoded = call.query("encoding-type") == "url";
  view.storage_class = upload->attributes.storage_class;
  view.checksum_algorithm = entry_of(upload->attributes, "checksum-algorithm");
  view.checksum_type = entry_of(upload->attributes, "checksum-type");
  for (const PartInfo& part : page->parts) view.parts.push_back(view_of(part));
  view.next_marker = view.parts.empty() ? view.marker : view.parts.back().number;
  Reply reply = reply_to(call);
  dialect.shapes.parts(call, view, reply);
  return reply;
}

Outcome<Reply> run_complete_upload(Backend& backend, Call& call, Arrived&) {
  const Dialect& dialect = *call.dialect;
  const UploadRef ref = upload_ref(call);
  auto upload = backend.storage.head_upload(ref);
  if (!upload) {
    auto made = dialect.rules.complete_repeats ? backend.recent.made_by(ref.id) : std::nullopt;
    if (!made) return failure_of(call, upload.error());
    CompletedView view;
    view.object = *std::move(made);
    view.location = url_of(call);
    Reply reply = reply_to(call);
    dialect.shapes.completed(call, view, reply);
    return reply;
  }
  if (auto known = check_write_conditions(call); !known) return std::move(known.failure());
  CompleteOptions options;
  options.all = io::equal_ignoring_case(call.vendor(dialect.words.complete_all), "yes");
  CompleteRequest asked;
  if (!options.all) {
    auto read = dialect.shapes.read_complete(call);
    if (!read) return std::move(read.failure());
    asked = std::move(*read);
    for (const NamedPart& part : asked.parts) {
      if (part.number < dialect.limits.part_first || part.number > dialect.limits.part_last) {
        return Failure{Trouble::invalid_part, {}, {{"PartNumber", std::to_string(part.number)}}, {}};
      }
      if (part.etag.empty() && !dialect.rules.part_etag_optional)
        return Failure{Trouble::malformed_body, {}, {}, {}};
      options.parts.push_back({static_cast<std::uint32_t>(part.number), part.etag});
    }
  }
  options.sort = dialect.rules.sort_parts;
  options.min_part_size = dialect.limits.part_min;
  options.conditions = write_conditions(call);
  if (dialect.rules.etag_given) options.etag = bare_etag(call.header("ETag"));
  if (const std::string size = call.vendor("mp-object-size"); !size.empty() && dialect.rules.checksums) {
    options.expect_size = std::strtoull(size.c_str(), nullptr, 10);
  }
  if (dialect.rules.checksums) {
    auto checksums = judge_checksums(backend, call, *upload, asked);
    if (!checksums) return std::move(checksums.failure());
    options.expect = checksums->expect;
    if (!checksums->composite.empty()) options.add_headers = {{"checksum-value", checksums->composite}};
  }
  CompletedView view;
  if (options.all) {
    auto parts = all_parts(backend, call);
    if (!parts) return std::move(parts.failure());
    for (const PartInfo& part : *parts) view.parts.push_back(view_of(part));
  }
  auto info = backend.storage.complete(ref, std::move(options));
  if (!info) return write_failure(call, info.error());
  view.object = view_of(*info);
  if (dialect.rules.complete_repeats) backend.recent.add(ref.id, view.object);
  view.location = url_of(call);
  view.url_encoded = call.query("encoding-type") == "url";
  Reply reply = reply_to(call);
  dialect.shapes.completed(call, view, reply);
  return reply;
}

Outcome<Reply> run_abort_upload(Backend& backend, Call& call, Arrived&) {
  auto gone = backend.storage.abort(upload_ref(call));
  if (!gone) return failure_of(call, gone.error());
  return reply_to(call);
}

}  // namespace sluice::emulator
