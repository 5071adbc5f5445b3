// From raw fields to pages: encodings undone, ends of lists found, contradictions refused.
#include "engine/codec_decode.h"

#include "engine/codec_checksum.h"
#include "engine/codec_read.h"
#include "io/percent.h"

namespace sluice::engine::decode {
namespace {

void decode_name(const Dialect& d, std::string& name) {
  io::percent_decode_in_place(name, d.has(kFormEncodedLists));
}

}  // namespace

Result<ListPage> list(const Dialect& d, std::string body, std::vector<Listed> reuse, ListForm form) {
  codec::RawList list;
  list.owners = form.owners;
  list.objects = std::move(reuse);
  auto raw = read(d, std::move(body), std::move(list));
  if (!raw) return unexpected(std::move(raw).error());
  ListPage page;
  page.objects = std::move(raw->objects);
  page.objects.resize(raw->count);
  page.prefixes = std::move(raw->prefixes);
  if (form.owners && !raw->owner.empty())
    for (auto& o : page.objects) {
      o.owner = raw->owner;
      o.owner_name = raw->owner_name;
    }
  // The answer decides, not the question: a server may ignore encoding-type.
  if (raw->encoding == "url") {
    for (auto& o : page.objects) decode_name(d, o.key);
    for (auto& p : page.prefixes) decode_name(d, p);
    decode_name(d, raw->next_marker);
    if (d.has(kEncodedToken)) decode_name(d, raw->next_token);
  }
  auto next = raw->next_token.empty() ? std::move(raw->next_marker) : std::move(raw->next_token);
  // Older QingStor answers have no has_more: a marker means more.
  if (!raw->truncated.value_or(d.wire == Wire::json && !next.empty())) return page;
  // Ceph encodes the keys of this version of its list, and not the marker: the last name says the same.
  if (form.first_version && d.has(kFormEncodedLists)) next.clear();
  if (next.empty() && (form.first_version || d.query.list_type.empty())) {
    // The first version of the list may leave the marker out: it is the last name of the page.
    if (!page.objects.empty()) next = page.objects.back().key;
    if (!page.prefixes.empty() && page.prefixes.back() > next) next = page.prefixes.back();
  }
  if (next.empty()) return refuse("a list that is cut off and does not say where to go on");
  page.next_marker = std::move(next);
  return page;
}

Result<BucketPage> buckets(const Dialect& d, std::string body) {
  auto raw = read<codec::RawBuckets>(d, std::move(body));
  if (!raw) return unexpected(std::move(raw).error());
  BucketPage page{.buckets = std::move(raw->buckets)};
  for (auto& b : page.buckets)
    if (!d.hosts.region_prefix.empty() && b.region.starts_with(d.hosts.region_prefix))
      b.region.erase(0, d.hosts.region_prefix.size());
  if (!raw->next_token.empty())
    page.next_marker = std::move(raw->next_token);
  else if (raw->truncated.value_or(false))
    page.next_marker = std::move(raw->next_marker);
  return page;
}

Result<std::string> upload_id(const Dialect& d, std::string body) {
  auto raw = read<codec::RawUpload>(d, std::move(body));
  if (!raw) return unexpected(std::move(raw).error());
  if (raw->upload_id.empty()) return refuse("no upload id");
  return std::move(raw->upload_id);
}

Result<PartPage> parts(const Dialect& d, std::string body) {
  auto raw = read<codec::RawParts>(d, std::move(body));
  if (!raw) return unexpected(std::move(raw).error());
  PartPage page{.parts = std::move(raw->parts)};
  for (const auto& p : page.parts)
    if (p.number < d.limits.first_part) return refuse("a part without its number");
  // QingStor tells no end: a page with parts may be followed by another.
  if (d.has(kOpenEndedParts)) {
    if (!page.parts.empty()) page.next_marker = std::to_string(page.parts.back().number);
  } else if (raw->truncated.value_or(false)) {
    page.next_marker = std::move(raw->next_marker);
    if (page.next_marker.empty() && !page.parts.empty())
      page.next_marker = std::to_string(page.parts.back().number);
    if (page.next_marker.empty())
      return refuse("a list of parts that is cut off and does not say where to go on");
  }
  return page;
}

Result<UploadList> uploads(const Dialect& d, std::string body) {
  auto raw = read<codec::RawUploads>(d, std::move(body));
  if (!raw) return unexpected(std::move(raw).error());
  UploadList page;
  page.uploads = std::move(raw->uploads);
  if (raw->encoding == "url") {
    for (auto& u : page.uploads) decode_name(d, u.key);
    decode_name(d, raw->next_key_marker);
  }
  if (!raw->truncated.value_or(d.wire == Wire::json)) return page;
  page.next_key_marker = std::move(raw->next_key_marker);
  page.next_upload_id_marker = std::move(raw->next_upload_id_marker);
  if (raw->truncated && page.next_key_marker.empty() && page.next_upload_id_marker.empty())
    return refuse("a list of uploads that is cut off and does not say where to go on");
  return page;
}

Result<Outcome> outcome(const Dialect& d, std::string body) {
  if (body.empty() && !d.has(kErrorInside200)) return Outcome{};
  auto raw = read<codec::RawOutcome>(d, std::move(body));
  if (!raw) return unexpected(std::move(raw).error());
  // The answer began before the work was done: what has no ETag at its end has not come to one.
  if (!raw->has_etag && d.has(kErrorInside200)) return refuse("no ETag");
  Outcome out{.etag = std::move(raw->etag), .crc64 = raw->crc64, .crc32c = {}};
  if (raw->checksum_type != "COMPOSITE") out.crc32c = decode_checksum<std::uint32_t>(raw->crc32c);
  return out;
}

std::optional<codec::RawError> error(const std::string& body) {
  const auto first = body.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  if (first == body.npos) return {};
  codec::RawError raw;
  const auto why = body[first] == '{' ? codec::read_json(body, raw) : codec::read_xml(body, raw);
  if (!why.empty() || raw.code.empty()) return {};
  return raw;
}

}  // namespace sluice::engine::decode
